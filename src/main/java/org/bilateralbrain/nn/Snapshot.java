package org.bilateralbrain.nn;

import java.io.Serializable;

/**
 * Everything that the rest of a training depends on, but for the random numbers, which follow from
 * seeds.
 *
 * @param optimiser its moments, in the engine's own order
 * @param step how many steps were taken; bias corrections depend on it
 */
public record Snapshot(Weights weights, float[] optimiser, int step) implements Serializable {}
