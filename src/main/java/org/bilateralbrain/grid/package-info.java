/**
 * From a configuration to a plan: the grid points and the jobs that they need. Each job is a pure
 * value identified by a hash of its content, so that what several grid points need is trained once.
 * Depends on {@code config} and the value types of {@code nn} and {@code data}; runs nothing.
 */
package org.bilateralbrain.grid;
