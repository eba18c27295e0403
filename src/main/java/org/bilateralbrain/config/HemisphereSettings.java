package org.bilateralbrain.config;

import java.util.List;
import java.util.Optional;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;

/**
 * One side of a variant: every setting in which the left and the right hemisphere can differ.
 *
 * @param labels what it is trained on
 * @param trainShare fraction of the training images that it is trained on, in (0, 1]
 * @param frozen whether its weights stay fixed while a bilateral network's heads are trained
 * @param checkpoint location of a pretrained hemisphere to use instead of training one; {@code
 *     {seed}} in it stands for the seed
 */
public record HemisphereSettings(
    HemisphereShape shape,
    TrainingSettings training,
    List<Head> labels,
    double trainShare,
    boolean frozen,
    Optional<String> checkpoint,
    Parallelism parallelism) {}
