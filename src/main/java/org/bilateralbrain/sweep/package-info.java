/**
 * Runs a plan on Spark: what is missing, in which order, on whatever cluster spark-submit gives,
 * with failures that stay with their job; has {@code report} write the tables at the end. The only
 * package that imports Spark.
 */
package org.bilateralbrain.sweep;
