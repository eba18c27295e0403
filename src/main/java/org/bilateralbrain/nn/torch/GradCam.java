package org.bilateralbrain.nn.torch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
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
 * Grad-CAM (Selvaraju et al., arXiv:1610.02391, equations 1 and 2) on the maps that each
 * hemisphere's last pooling layer reads: autograd gives the logit's gradient with respect to them.
 */
final class GradCam {

  private final Architecture architecture;
  private final ForwardPass forward;

  GradCam(Architecture architecture, ForwardPass forward) {
    this.architecture = architecture;
    this.forward = forward;
  }

  /** One map per hemisphere, left before right. */
  List<ClassMap> maps(Tensor image, Head head, int target) {
    List<String> last = architecture.tops().stream().map(architecture::lastMaps).toList();
    Set<String> below = below(last);
    Map<String, Tensor> outputs = new HashMap<>(Map.of(Architecture.INPUT, image));
    Tensors.withoutGradients(
        () -> {
          run(below, true, outputs, last);
          return last.stream()
              .map(name -> Objects.requireNonNull(outputs.get(name)).retainReference())
              .toList();
        });
    outputs.keySet().retainAll(last);
    outputs.replaceAll((name, maps) -> leaf(maps));
    List<Tensor> leaves = last.stream().map(outputs::get).toList();
    run(below, false, outputs, Stream.concat(last.stream(), architecture.tops().stream()).toList());
    Tensor logits = forward.logits(head, forward.joinedTops(outputs), Mode.EVALUATION);
    TensorVector gradients =
        torch.grad(
            new TensorVector(logits.select(1, target).sum()),
            new TensorVector(leaves.toArray(Tensor[]::new)));
    List<ClassMap> maps = new ArrayList<>();
    for (int i = 0; i < leaves.size(); i++) {
      maps.add(weighted(leaves.get(i).detach(), gradients.get(i)));
    }
    return maps;
  }

  /** The layers that are needed to compute some layers' outputs, these included. */
  private Set<String> below(List<String> tops) {
    Set<String> below = new HashSet<>();
    tops.forEach(top -> addWithInputs(top, below));
    return below;
  }

  private void addWithInputs(String name, Set<String> names) {
    if (!name.equals(Architecture.INPUT) && names.add(name)) {
      architecture.layer(name).inputs().forEach(input -> addWithInputs(input, names));
    }
  }

  private void run(
      Set<String> below, boolean inside, Map<String, Tensor> outputs, List<String> kept) {
    List<Layer> layers =
        architecture.layers().stream()
            .filter(layer -> below.contains(layer.name()) == inside)
            .toList();
    forward.run(layers, outputs, Mode.EVALUATION, new HashSet<>(kept));
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
