/**
 * Runs a plan on a {@link org.bilateralbrain.sweep.Cluster}: finds what is missing, orders the
 * jobs, processes their outcomes and writes the files of a sweep's folder, with tables from {@code
 * report}. Doesn't depend on Spark.
 */
package org.bilateralbrain.sweep;
