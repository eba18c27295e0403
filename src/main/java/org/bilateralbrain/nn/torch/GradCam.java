package org.bilateralbrain.nn.torch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Layer;
import org.bilateralbrain.nn.Network.ClassMap;
import org.bilateralbrain.nn.torch.ForwardPass.Mode;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Grad-CAM (Selvaraju et al., arXiv:1610.02391, equations 1 and 2): autograd gives the logit's
 * gradient with respect to the maps.
 */
final class GradCam {

  private final Architecture architecture;
  private final ForwardPass forward;

  GradCam(Architecture architecture, ForwardPass forward) {
    this.architecture = architecture;
    this.forward = forward;
  }

  /** One map per layer. */
  List<ClassMap> maps(Tensor image, List<String> layers, Head head, int target) {
    layers.forEach(architecture::layer); // fails if there is no such layer
    Set<String> above = above(layers);
    Set<String> kept = new HashSet<>(layers);
    kept.addAll(architecture.tops());
    Map<String, Tensor> outputs = new HashMap<>(Map.of(Architecture.INPUT, image));
    runBelow(above, kept, outputs);
    forward.run(layers(above::contains), outputs, Mode.EVALUATION, kept);
    Tensor logits = forward.logits(head, forward.joinedTops(outputs), Mode.EVALUATION);
    List<Tensor> maps =
        layers.stream().map(layer -> Objects.requireNonNull(outputs.get(layer))).toList();
    TensorVector gradients =
        torch.grad(
            new TensorVector(logits.select(1, target).sum()),
            new TensorVector(maps.toArray(Tensor[]::new)));
    List<ClassMap> weighted = new ArrayList<>();
    for (int i = 0; i < maps.size(); i++) {
      weighted.add(weighted(maps.get(i).detach(), gradients.get(i)));
    }
    return weighted;
  }

  /** The layers that some layers lead to: all others need no gradients. */
  private Set<String> above(List<String> layers) {
    Set<String> above = new HashSet<>();
    for (Layer layer : architecture.layers()) {
      if (layer.inputs().stream().anyMatch(read -> layers.contains(read) || above.contains(read))) {
        above.add(layer.name());
      }
    }
    return above;
  }

  /** Runs the layers that need no gradients; leaves in the outputs what others read. */
  private void runBelow(Set<String> above, Set<String> kept, Map<String, Tensor> outputs) {
    Set<String> read = new HashSet<>(kept);
    layers(above::contains).forEach(layer -> read.addAll(layer.inputs()));
    Tensors.withoutGradients(
        () -> {
          forward.run(layers(name -> !above.contains(name)), outputs, Mode.EVALUATION, read);
          outputs.replaceAll((name, maps) -> maps.retainReference());
          return outputs;
        });
    outputs.replaceAll((name, maps) -> leaf(maps));
  }

  private List<Layer> layers(Predicate<String> chosen) {
    return architecture.layers().stream().filter(layer -> chosen.test(layer.name())).toList();
  }

  /** A tensor with a gradient of its own, in the current scope. */
  private static Tensor leaf(Tensor maps) {
    Tensor leaf = maps.detach();
    leaf.set_requires_grad(true);
    maps.releaseReference();
    return leaf;
  }

  /** The sum over maps of each map times its mean gradient. */
  @SuppressWarnings("try") // the resource is only a scope
  private static ClassMap weighted(Tensor maps, Tensor gradients) {
    try (PointerScope scope = new PointerScope()) {
      Tensor sum = maps.mul(gradients.mean(new long[] {2, 3}, true, Tensors.NO_TYPE)).sum(1);
      return new ClassMap((int) maps.size(2), (int) maps.size(3), Tensors.values(sum));
    }
  }
}
