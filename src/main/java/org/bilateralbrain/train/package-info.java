/**
 * Carries out one job: trains a hemisphere, a bilateral network or its heads alone, computes
 * features, takes over a given checkpoint or tests an ensemble, and commits the result to the
 * store. Knows jobs as values, data, networks, the store and TensorBoard's event files; nothing of
 * Spark.
 */
package org.bilateralbrain.train;
