/**
 * What trained networks do with the test images: predictions one by one, how the hemispheres'
 * features resemble each other, how much the heads rely on each hemisphere, and where in an image
 * they look. Reads networks by {@code train} and leaves its results in the {@code store}; knows
 * nothing of Spark.
 */
package org.bilateralbrain.analysis;
