/**
 * From a configuration to a plan: the grid's cells and the jobs behind them, each job a pure value
 * with a hash of its content for a name, so that what several cells need is trained once. Knows
 * configurations and nothing that runs.
 */
package org.bilateralbrain.grid;
