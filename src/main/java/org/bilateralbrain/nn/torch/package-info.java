/**
 * The engine on libtorch, PyTorch's C++ library, through JavaCPP. Tensors have PyTorch's logical
 * shapes and their channels last in memory. The only package that imports libtorch; depends only on
 * {@code nn} and {@code data}.
 *
 * <p>Native memory is freed deterministically: every tensor belongs to a {@link
 * org.bytedeco.javacpp.PointerScope} that ends with the step, or to a network that closes it.
 */
package org.bilateralbrain.nn.torch;
