/**
 * TensorBoard's event files: writes them from plain values, and gathers a sweep's files under
 * readable names. Depends only on {@code store}, and on TensorFlow's {@code Summary} classes, which
 * come with ND4J.
 */
package org.bilateralbrain.tensorboard;
