/**
 * How trained networks behave on the test images: individual predictions, similarities of the
 * hemispheres' features, the heads' reliance on each hemisphere, and saliency maps. Reads networks
 * through {@code train} and commits its results to the {@code store}; doesn't depend on Spark.
 */
package org.bilateralbrain.analysis;
