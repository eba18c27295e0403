package org.bilateralbrain.config;

import java.io.Serializable;
import org.bilateralbrain.nn.HemisphereShape;

/** Everything that can differ between the left and the right hemisphere. */
public record HemisphereSettings(HemisphereShape shape, TrainingSettings training) implements Serializable {}
