package org.bilateralbrain.kubernetes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The nodes that pods can be on, all of them this machine: two plain ones and one with GPUs. */
final class Nodes {

  private static final String GPU = "nvidia.com/gpu";

  /** As cloud providers make pools of nodes with GPUs: nothing else shall run there. */
  static final List<Node> ALL =
      List.of(
          node("plain-1", Map.of("pool", "plain"), 0),
          node("plain-2", Map.of("pool", "plain"), 0),
          node("gpu-1", Map.of("pool", "gpu"), 4));

  private Nodes() {}

  private static Node node(String name, Map<String, String> labels, int gpus) {
    List<Taint> taints =
        gpus > 0 ? List.of(new Taint("NoSchedule", GPU, null, "present")) : List.of();
    return new NodeBuilder()
        .withNewMetadata()
        .withName(name)
        .withLabels(labels)
        .endMetadata()
        .withNewSpec()
        .withTaints(taints)
        .endSpec()
        .withNewStatus()
        .addToCapacity(GPU, new Quantity(Integer.toString(gpus)))
        .endStatus()
        .build();
  }

  /** A node that the pod selects, that has the GPUs it wants, and whose taints it tolerates. */
  static Optional<String> of(Pod pod) {
    return ALL.stream()
        .filter(node -> selects(pod, node) && tolerates(pod, node) && fits(pod, node))
        .map(node -> node.getMetadata().getName())
        .findFirst();
  }

  private static boolean selects(Pod pod, Node node) {
    Map<String, String> selector = pod.getSpec().getNodeSelector();
    return selector == null
        || node.getMetadata().getLabels().entrySet().containsAll(selector.entrySet());
  }

  private static boolean tolerates(Pod pod, Node node) {
    return node.getSpec().getTaints().stream()
        .allMatch(taint -> pod.getSpec().getTolerations().stream().anyMatch(t -> covers(t, taint)));
  }

  private static boolean covers(Toleration toleration, Taint taint) {
    boolean isSameValue =
        "Exists".equals(toleration.getOperator()) || taint.getValue().equals(toleration.getValue());
    return taint.getKey().equals(toleration.getKey()) && isSameValue;
  }

  private static boolean fits(Pod pod, Node node) {
    Container container = pod.getSpec().getContainers().get(0);
    Map<String, Quantity> limits = container.getResources().getLimits();
    Quantity wanted = limits == null ? null : limits.get(GPU);
    return wanted == null
        || wanted
                .getNumericalAmount()
                .compareTo(node.getStatus().getCapacity().get(GPU).getNumericalAmount())
            <= 0;
  }
}
