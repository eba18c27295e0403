/**
 * Runs a plan on a {@link org.bilateralbrain.sweep.Cluster}: what is missing, in which order, what
 * becomes of each job, the files of a sweep's folder; has {@code report} write the tables at the
 * end. Knows nothing of Spark.
 */
package org.bilateralbrain.sweep;
