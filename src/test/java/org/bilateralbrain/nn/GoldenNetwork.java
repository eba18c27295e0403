package org.bilateralbrain.nn;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bilateralbrain.nn.Layer.Plasticity;

/** The network that golden vectors were computed with. */
record GoldenNetwork(Architecture architecture, Hyperparameters hyperparameters, Weights weights) {

  private static final Shape IMAGE = new Shape(32, 32, 3);
  private static final Map<Head, Integer> CLASSES =
      new EnumMap<>(Map.of(Head.FINE, 100, Head.COARSE, 20));
  private static final int WIDTH = 64;

  /** One hemisphere; the vectors were computed without dropout, even inside hemispheres. */
  static GoldenNetwork unilateral(GoldenVectors golden) {
    Map<Head, Integer> classes = new EnumMap<>(CLASSES);
    classes.keySet().retainAll(heads(golden));
    HemisphereShape shape = shape(golden, "arch", sparsity(golden));
    Architecture architecture =
        TestNetworks.withoutDropout(Architecture.unilateral(IMAGE, shape, classes));
    Hyperparameters hyperparameters =
        Hyperparameters.adam(golden.json().at("/adam/weight_decay").asDouble(), 0);
    return new GoldenNetwork(
        architecture,
        hyperparameters,
        golden.weights(architecture, UnaryOperator.identity(), golden.salt()));
  }

  /** Two frozen hemispheres, named by their labels in the reference. */
  static GoldenNetwork bilateral(GoldenVectors golden) {
    Architecture architecture =
        Architecture.bilateral(
            IMAGE,
            shape(golden, "farch", Sparsity.NONE),
            Plasticity.FROZEN,
            shape(golden, "carch", Sparsity.NONE),
            Plasticity.FROZEN,
            CLASSES);
    Weights weights =
        golden.weights(
            architecture,
            name -> name.replaceFirst("^left", "fine_hemi").replaceFirst("^right", "coarse_hemi"),
            golden.salt() + 0.5);
    return new GoldenNetwork(architecture, Hyperparameters.NONE, weights);
  }

  private static HemisphereShape shape(GoldenVectors golden, String key, Sparsity sparsity) {
    Backbone backbone = Backbone.named(golden.json().get(key).asText()).orElseThrow();
    return new HemisphereShape(backbone, WIDTH, sparsity);
  }

  static Sparsity sparsity(GoldenVectors golden) {
    JsonNode json = golden.json();
    return json.get("k").isNull()
        ? Sparsity.NONE
        : new Sparsity(
            json.get("k").asDouble(), json.get("k_percent").asDouble(), Sparsity.Testing.BATCH);
  }

  private static List<Head> heads(GoldenVectors golden) {
    return switch (golden.json().get("heads").asText()) {
      case "fine" -> List.of(Head.FINE);
      case "coarse" -> List.of(Head.COARSE);
      default -> Head.BOTH;
    };
  }
}
