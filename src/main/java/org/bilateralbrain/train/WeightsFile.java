package org.bilateralbrain.train;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.SafeTensors;
import org.bilateralbrain.nn.Weights;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.ArtifactWriter;

/** The weights of an artifact's network. */
final class WeightsFile {

  static final String NAME = "weights" + SafeTensors.EXTENSION;

  private WeightsFile() {}

  /** Also notes in the manifest which weights they are. */
  static void write(
      ArtifactWriter artifact, Architecture architecture, Weights weights, String engine)
      throws IOException {
    artifact.holds(weights.digest());
    Map<String, String> metadata = metadata(architecture);
    metadata.put("engine", engine);
    artifact.write(NAME, out -> SafeTensors.write(weights, metadata, out));
  }

  /** For whoever opens the file elsewhere. */
  static Map<String, String> metadata(Architecture architecture) {
    Map<String, String> metadata = new TreeMap<>();
    metadata.put("format", "pt"); // what Hugging Face's libraries call PyTorch's names and layout
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
   * @throws org.bilateralbrain.nn.InvalidWeightsException if they are another architecture's
   */
  static Weights read(Artifact artifact, Architecture architecture) throws IOException {
    return SafeTensors.read(artifact.map(NAME), architecture.parameters());
  }
}
