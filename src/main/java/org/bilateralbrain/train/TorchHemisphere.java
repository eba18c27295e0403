package org.bilateralbrain.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.data.TorchFile;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.TorchTensor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.factory.Nd4j;

/** Brings a PyTorch state dictionary of the reference's into one of our networks. */
final class TorchHemisphere {

  private static final String HEMISPHERE = "hemisphere.";

  /** The reference registers its modules a second time, in a list of this name. */
  private static final String SECOND_TIME = HEMISPHERE + "net.";

  /** Counts steps; nothing of ours depends on it. */
  private static final String COUNTER = ".num_batches_tracked";

  private TorchHemisphere() {}

  /**
   * Names may have something before the reference's own, the same for all.
   *
   * @return what doesn't fit; if that is nothing, the network has the dictionary's parameters
   */
  static List<String> copy(
      Map<String, TorchFile.Tensor> dictionary, ComputationGraph network, Backbone backbone) {
    List<TorchTensor> wanted = TorchTensor.of(network, backbone, HEMISPHERE);
    String prefix = prefix(dictionary, wanted.get(0).name());
    Map<String, TorchFile.Tensor> unused = new LinkedHashMap<>(dictionary);
    unused
        .keySet()
        .removeIf(name -> name.endsWith(COUNTER) || name.startsWith(prefix + SECOND_TIME));
    List<String> differences = new ArrayList<>();
    for (TorchTensor tensor : wanted) {
      TorchFile.Tensor given = unused.remove(prefix + tensor.name());
      if (given == null) {
        differences.add("%s is missing".formatted(prefix + tensor.name()));
      } else if (!Arrays.equals(given.shape(), tensor.shape())) {
        differences.add(
            "%s has the shape %s, wanted is %s"
                .formatted(
                    tensor.name(),
                    Arrays.toString(given.shape()),
                    Arrays.toString(tensor.shape())));
      } else {
        tensor.assign(Nd4j.createFromArray(given.values()));
      }
    }
    unused
        .keySet()
        .forEach(name -> differences.add("%s is not a parameter of this network".formatted(name)));
    return differences;
  }

  private static String prefix(Map<String, TorchFile.Tensor> dictionary, String first) {
    return dictionary.keySet().stream()
        .filter(name -> name.endsWith(first))
        .map(name -> name.substring(0, name.length() - first.length()))
        .findFirst()
        .orElse("");
  }
}
