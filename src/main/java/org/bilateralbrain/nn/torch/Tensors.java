package org.bilateralbrain.nn.torch;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Copies between tensors and Java arrays, and scopes. */
final class Tensors {

  /** For operations that can change the type, to keep it. */
  static final ScalarTypeOptional NO_TYPE = new ScalarTypeOptional();

  private Tensors() {}

  /** A tensor's values as floats, in the C order of its logical shape. Waits for the device. */
  @SuppressWarnings("try") // the resource is only a scope
  static float[] values(Tensor tensor) {
    try (PointerScope scope = new PointerScope()) {
      Tensor plain = tensor.to(ScalarType.Float).cpu().contiguous();
      float[] values = new float[Math.toIntExact(plain.numel())];
      plain.data_ptr_float().get(values);
      return values;
    }
  }

  /** A matrix's rows. */
  static float[][] rows(Tensor matrix) {
    float[] values = values(matrix);
    float[][] rows = new float[Math.toIntExact(matrix.size(0))][];
    int columns = values.length / Math.max(1, rows.length);
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new float[columns];
      System.arraycopy(values, i * columns, rows[i], 0, columns);
    }
    return rows;
  }

  /** Work on tensors that are freed when it ends. */
  interface Work<T> {
    T run();
  }

  /** Runs work without recording it for gradients, and frees its tensors. */
  @SuppressWarnings("try") // the resource is only a scope
  static <T> T withoutGradients(Work<T> work) {
    boolean before = GradMode.is_enabled();
    GradMode.set_enabled(false);
    try (PointerScope scope = new PointerScope()) {
      return work.run();
    } finally {
      GradMode.set_enabled(before);
    }
  }
}
