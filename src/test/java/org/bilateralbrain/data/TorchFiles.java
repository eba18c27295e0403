package org.bilateralbrain.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import org.bilateralbrain.nn.Weights;

/** Writes files as torch.save does. */
public final class TorchFiles {

  private TorchFiles() {}

  /** A state dictionary. */
  public static byte[] stateDictionary(Map<String, Weights.Tensor> tensors) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TorchFileWriter file = new TorchFileWriter(out);
    for (Map.Entry<String, Weights.Tensor> entry : tensors.entrySet()) {
      file.add(entry.getKey(), entry.getValue());
    }
    file.finish();
    return out.toByteArray();
  }
}
