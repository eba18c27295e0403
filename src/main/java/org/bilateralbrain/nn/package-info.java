/**
 * Networks as data: backbones and macro-architectures as records of layers that read top to bottom
 * like the tables in the paper, their parameters under PyTorch's names, starting weights, cost;
 * weights and their file format; and the small interface {@link org.bilateralbrain.nn.Engine} /
 * {@link org.bilateralbrain.nn.Network} to what runs them. Depends on {@code data}'s batches, but
 * on no engine.
 */
package org.bilateralbrain.nn;
