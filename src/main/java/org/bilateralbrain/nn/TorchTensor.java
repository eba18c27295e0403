package org.bilateralbrain.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A parameter of one of our networks as PyTorch has it.
 *
 * @param name in the state dictionary
 * @param ours where its values are with us: kernels as (height, width, in, out), linear weights as
 *     (in, out)
 */
public record TorchTensor(String name, INDArray ours) {

  /**
   * All parameters of a unilateral network, running statistics included, in the order of its
   * layers.
   *
   * @param prefix of the hemisphere's names, for instance {@code "hemisphere."}
   */
  public static List<TorchTensor> of(
      ComputationGraph unilateral, Backbone backbone, String prefix) {
    List<TorchTensor> tensors = new ArrayList<>();
    for (Layer layer : unilateral.getLayers()) {
      String name = layer.conf().getLayer().getLayerName();
      String module =
          Arrays.stream(Head.values())
              .filter(head -> head.label().equals(name))
              .map(TorchNames::head)
              .findFirst()
              .orElseGet(() -> prefix + TorchNames.layer(backbone, name));
      for (Map.Entry<String, INDArray> parameter : layer.paramTable().entrySet()) {
        tensors.add(
            new TorchTensor(
                module + "." + TorchNames.parameter(parameter.getKey()), parameter.getValue()));
      }
    }
    return tensors;
  }

  /**
   * PyTorch's: kernels as (out, in, height, width), linear weights as (out, in), everything else a
   * vector.
   */
  public long[] shape() {
    return isVector() ? new long[] {ours.length()} : inTorchsOrder().shape();
  }

  /** In C order of {@link #shape}. */
  public INDArray values() {
    return (isVector() ? ours : inTorchsOrder()).dup('c').reshape(ours.length());
  }

  /**
   * @param values in C order of {@link #shape}
   */
  public void assign(INDArray values) {
    if (isVector()) {
      ours.assign(values.reshape(ours.shape()));
    } else {
      inTorchsOrder().assign(values.reshape('c', shape()));
    }
  }

  /** DL4J keeps a linear layer's bias as a row. */
  private boolean isVector() {
    return ours.rank() == 1 || ours.rank() == 2 && ours.size(0) == 1;
  }

  private INDArray inTorchsOrder() {
    return ours.rank() == 4 ? ours.permute(3, 2, 0, 1) : ours.permute(1, 0);
  }
}
