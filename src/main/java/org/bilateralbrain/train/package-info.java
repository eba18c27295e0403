/**
 * Runs one job: trains a hemisphere, a whole bilateral network or only its heads, computes
 * features, imports a pretrained network or tests an ensemble, and commits the result to the store.
 * {@link org.bilateralbrain.train.Training} is the one training loop, {@link
 * org.bilateralbrain.train.Evaluation} the one comparison with labels. Depends on jobs as values,
 * data, networks and the store; not on engines' libraries or Spark.
 */
package org.bilateralbrain.train;
