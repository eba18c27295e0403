/**
 * How far a sweep is, for people: a snapshot of it, made by its driver or from the store alone, in
 * words; and where people see it. What a terminal needs is not here but in {@code cli}.
 */
package org.bilateralbrain.report.progress;
