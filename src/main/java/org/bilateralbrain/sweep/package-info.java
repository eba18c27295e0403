/**
 * Runs a plan on Spark: what is missing, in which order, on whatever cluster spark-submit gives, with failures that
 * stay with their job. The only package that imports Spark.
 */
package org.bilateralbrain.sweep;
