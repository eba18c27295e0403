package org.bilateralbrain.data;

/**
 * Seeds of the independent random streams of one training.
 *
 * @param start of the initial weights
 * @param order of the order of the images in each epoch
 * @param augmentation of the crops and flips
 * @param dropout of the dropout masks
 */
public record Streams(long start, long order, long augmentation, long dropout) {}
