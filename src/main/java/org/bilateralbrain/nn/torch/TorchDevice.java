package org.bilateralbrain.nn.torch;

import java.util.Optional;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;

/**
 * Where a network's tensors are. On a GPU, whatever can be computed there from a few numbers is:
 * images are kept there as bytes and cropped there, and dropout masks are hashed there. On the CPU
 * both are faster in Java.
 *
 * @param gpu number of the GPU; empty for the CPU
 * @param computesInputs whether images are cropped and masks hashed by tensor operations
 */
record TorchDevice(Optional<Integer> gpu, boolean computesInputs) {

  static final TorchDevice CPU = new TorchDevice(Optional.empty(), false);

  /** The CPU, used as if it were a GPU: to test there what a GPU does. */
  static final TorchDevice CPU_AS_GPU = new TorchDevice(Optional.empty(), true);

  static TorchDevice gpu(int number) {
    return new TorchDevice(Optional.of(number), true);
  }

  DeviceType type() {
    return gpu.isPresent() ? DeviceType.CUDA : DeviceType.CPU;
  }

  /** A tensor on this device, which is the same one if it is there already. */
  Tensor place(Tensor tensor) {
    return gpu.map(number -> tensor.to(cuda(number), tensor.scalar_type())).orElse(tensor);
  }

  /** Waits until everything that was started on this device is done. */
  void await() {
    if (gpu.isPresent()) {
      torch.cuda_synchronize(gpu.get());
    }
  }

  private static Device cuda(int number) {
    return new Device(DeviceType.CUDA, (byte) number);
  }
}
