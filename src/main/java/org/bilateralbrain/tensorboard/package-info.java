/**
 * TensorBoard's event files: writes them from plain values, and gathers those of a sweep under
 * names that people understand. Of ND4J it uses nothing but TensorFlow's {@code Summary} classes,
 * which come with it; of our packages it knows the store alone.
 */
package org.bilateralbrain.tensorboard;
