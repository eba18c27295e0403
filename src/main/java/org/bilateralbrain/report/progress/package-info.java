/**
 * A sweep's progress for people: a snapshot, taken by its driver or from the store alone, its text,
 * and where it is shown. Whatever needs a terminal is in {@code cli}.
 */
package org.bilateralbrain.report.progress;
