/**
 * Carries out one job: trains a hemisphere or the heads of a bilateral network, tests it and commits it to the store.
 * Knows jobs as values, data, networks and the store; nothing of Spark.
 */
package org.bilateralbrain.train;
