package org.bilateralbrain.nn.torch;

import org.bytedeco.cuda.cudart.cudaDeviceProp;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch_cuda;

/** The cards by CUDA itself. */
final class CudaCards implements Cards {

  /** Asks the class path: libtorch itself has CUDA only where it has found NVIDIA's libraries. */
  @Override
  public boolean areSupported() {
    return Library.isBuiltIn("torch_cuda", "-gpu");
  }

  @Override
  public void load() {
    Loader.load(torch_cuda.class);
  }

  @Override
  public int count() {
    return torch.cuda_device_count();
  }

  @Override
  @SuppressWarnings("try") // the resource is only a scope
  public Card card(int number) {
    try (PointerScope scope = new PointerScope()) {
      cudaDeviceProp card = torch_cuda.getDeviceProperties((byte) number);
      return new Card(card.name().getString(), card.major(), card.minor(), card.totalGlobalMem());
    }
  }

  /** With a stream per task, the operations of several tasks overlap on one card. */
  @Override
  @SuppressWarnings("try") // the resource is only a scope
  public void use(int number) {
    try (PointerScope scope = new PointerScope()) {
      torch_cuda.set_device((byte) number);
      torch_cuda.setCurrentCUDAStream(torch_cuda.getStreamFromPool(false, (byte) number));
    }
  }
}
