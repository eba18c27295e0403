/**
 * Runs a sweep's jobs as Spark tasks: their inputs and resources, the attribution of failures to
 * jobs, machines or the store, and data-parallel training. The only package that imports Spark;
 * depends on {@code sweep}, {@code train} and {@code analysis}.
 */
package org.bilateralbrain.spark;
