/**
 * A sweep's jobs as Spark's tasks, on whatever cluster spark-submit gives: what a task is given,
 * which failures are whose, data-parallel training. The only package that imports Spark; knows
 * {@code sweep}, {@code train} and {@code analysis}.
 */
package org.bilateralbrain.spark;
