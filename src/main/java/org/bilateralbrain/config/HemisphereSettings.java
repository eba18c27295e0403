package org.bilateralbrain.config;

import java.util.List;
import java.util.Optional;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;

/**
 * One side of a variant: everything that can differ between the left and the right hemisphere.
 *
 * @param labels what it is trained on
 * @param trainShare share of the training images that it is trained on, in (0, 1]
 * @param frozen whether it stays as it is while a bilateral network's heads are trained
 * @param checkpoint where the trained hemisphere is, if it is given; {@code {seed}} in it stands
 *     for the seed
 */
public record HemisphereSettings(
    HemisphereShape shape,
    TrainingSettings training,
    List<Head> labels,
    double trainShare,
    boolean frozen,
    Optional<String> checkpoint,
    Parallelism parallelism) {}
