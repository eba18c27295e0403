/**
 * Carries out one job: trains a hemisphere, a bilateral network or its heads alone, computes
 * features, takes over a pretrained hemisphere or tests an ensemble, and commits the result to the
 * store. {@link org.bilateralbrain.train.Training} is the one training loop, {@link
 * org.bilateralbrain.train.Evaluation} the one comparison with labels. Knows jobs as values, data,
 * networks and the store; nothing of engines' libraries or Spark.
 */
package org.bilateralbrain.train;
