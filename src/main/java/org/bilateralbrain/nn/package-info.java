/**
 * Networks: backbones and macro-architectures as DL4J {@code ComputationGraph} configurations that
 * read top to bottom like the tables in the paper, their initialisation and their optimiser. Knows
 * nothing of data, jobs or Spark.
 */
package org.bilateralbrain.nn;
