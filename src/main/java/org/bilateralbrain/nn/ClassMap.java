package org.bilateralbrain.nn;

/**
 * How much each place of a hemisphere's last maps speaks for a class; below zero against it.
 *
 * @param values row by row
 */
public record ClassMap(int height, int width, float[] values) {}
