/**
 * The engine on DL4J and ND4J: our layers (channels last; PyTorch's numerics where DL4J's own
 * differ) on oneDNN, native operations and Java loops, and the translation of an {@link
 * org.bilateralbrain.nn.Architecture} into a graph of them. A layer is a configuration that DL4J
 * serialises; the class that computes it is nested inside. The only package that imports DL4J and
 * ND4J; depends only on {@code nn}.
 */
package org.bilateralbrain.nn.dl4j;
