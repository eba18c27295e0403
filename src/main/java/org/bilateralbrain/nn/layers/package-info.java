/**
 * Our DL4J layers: ordinary layers for {@code ComputationGraph}, {@code FrozenLayer} and {@code
 * ModelSerializer}, channels last, whose numerics are PyTorch's where DL4J's own layers differ
 * (unbiased running variance, weight decay on batch-norm parameters). A layer is a configuration
 * class that users name and a runtime class beside it. Depends on DL4J and ND4J alone.
 */
package org.bilateralbrain.nn.layers;
