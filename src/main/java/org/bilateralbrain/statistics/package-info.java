/**
 * From rows to numbers: intervals, tests, contrasts, power, components of variance; no text.
 * Depends on nothing but the values that {@code store} reads and writes.
 */
package org.bilateralbrain.statistics;
