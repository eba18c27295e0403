package org.bilateralbrain.train;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Computation;
import org.bilateralbrain.nn.SafeTensors;
import org.bilateralbrain.nn.Weights;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.ArtifactWriter;

/** The weights file of an artifact. */
final class WeightsFile {

  static final String NAME = "weights" + SafeTensors.EXTENSION;

  private WeightsFile() {}

  /** Also records the weights' digest in the manifest. */
  static void write(
      ArtifactWriter artifact, Architecture architecture, Weights weights, Computation computation)
      throws IOException {
    artifact.holds(weights.digest());
    Map<String, String> metadata = metadata(architecture);
    metadata.put("engine", computation.engine());
    metadata.put("precision", computation.precision().label());
    artifact.write(NAME, out -> SafeTensors.write(weights, metadata, out));
  }

  /** A description for other programs that open the file. */
  static Map<String, String> metadata(Architecture architecture) {
    Map<String, String> metadata = new TreeMap<>();
    metadata.put("format", "pt"); // Hugging Face's term for PyTorch's names and layout
    metadata.put("features", Integer.toString(architecture.features()));
    metadata.put(
        "heads",
        architecture.classes().entrySet().stream()
            .map(head -> head.getKey().label() + " " + head.getValue())
            .collect(Collectors.joining(", ")));
    metadata.put("parameters", Long.toString(architecture.parameterCount()));
    return metadata;
  }

  /**
   * @throws org.bilateralbrain.nn.Weights.InvalidWeightsException if they don't match the
   *     architecture
   */
  static Weights read(Artifact artifact, Architecture architecture) throws IOException {
    return SafeTensors.read(artifact.map(NAME), architecture.parameters());
  }
}
