package org.bilateralbrain.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.bilateralbrain.data.DataException;
import org.bilateralbrain.data.Locations;
import org.bilateralbrain.data.TorchFile;
import org.bilateralbrain.grid.PretrainedHemisphereJob;
import org.bilateralbrain.grid.SweepPlan.Checkpoints;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Networks;
import org.bilateralbrain.store.Store;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Reads trained hemispheres that a configuration names: folders of our own artifacts, and PyTorch's
 * files with the reference's names. Both must have exactly the wanted network's parameters.
 */
public final class PretrainedHemispheres implements Checkpoints {

  private static final List<String> TORCH = List.of(".ckpt", ".pt", ".pth");

  /** What a network that is not trained is built with. */
  private static final Hyperparameters NONE = new Hyperparameters(1, 0, 0);

  private final Configuration hadoop;
  private final Map<Head, Integer> classes = new EnumMap<>(Head.class);
  private final Map<List<Object>, Checkpoint> found = new HashMap<>();

  /**
   * @param fineClasses number of fine classes, which the heads must have
   */
  public PretrainedHemispheres(Configuration hadoop, int fineClasses, int coarseClasses) {
    this.hadoop = hadoop;
    classes.put(Head.FINE, fineClasses);
    classes.put(Head.COARSE, coarseClasses);
  }

  @Override
  public Checkpoint find(String location, HemisphereShape shape, List<Head> heads) {
    return found.computeIfAbsent(
        List.of(location, shape, heads),
        key -> {
          byte[] content = read(location);
          load(location, content, shape, heads);
          String qualified = Locations.qualified(Locations.path(location), hadoop).toString();
          return new Checkpoint(qualified, DigestUtils.sha256Hex(content));
        });
  }

  /**
   * @throws DataException if it is not what it was when the sweep was planned
   */
  ComputationGraph load(PretrainedHemisphereJob job) {
    byte[] content = read(job.location());
    if (!DigestUtils.sha256Hex(content).equals(job.digest())) {
      throw new DataException(
          "the checkpoint %s has changed since the sweep was planned".formatted(job.location()));
    }
    return load(job.location(), content, job.shape(), job.heads());
  }

  /** A PyTorch file itself, of an artifact the network. */
  private byte[] read(String location) {
    Path path = Locations.path(location);
    try {
      if (!isTorch(location)) {
        return Store.readArtifact(path, hadoop).read(TrainedNetwork.NETWORK_FILE);
      }
      try (var in = path.getFileSystem(hadoop).open(path)) {
        return in.readAllBytes();
      }
    } catch (IOException | RuntimeException e) {
      throw new DataException(
          "The checkpoint %s can't be read: %s".formatted(location, e.getMessage()), e);
    }
  }

  private static boolean isTorch(String location) {
    return TORCH.stream().anyMatch(location::endsWith);
  }

  private ComputationGraph load(
      String location, byte[] content, HemisphereShape shape, List<Head> heads) {
    Map<Head, Integer> ofHeads = new EnumMap<>(classes);
    ofHeads.keySet().retainAll(heads);
    ComputationGraph network = Networks.unilateral(JobData.IMAGE_SHAPE, shape, ofHeads, NONE, 0);
    List<String> differences =
        isTorch(location)
            ? TorchHemisphere.copy(TorchFile.read(location, content), network, shape.backbone())
            : copy(location, content, network);
    if (!differences.isEmpty()) {
      throw new DataException(
          "The checkpoint %s is not of a %s with the labels %s:%n  %s"
              .formatted(
                  location, shape.title(), heads, String.join("%n  ".formatted(), differences)));
    }
    return network;
  }

  private static List<String> copy(String location, byte[] content, ComputationGraph target) {
    ComputationGraph given;
    try {
      given = NetworkFile.read(content);
    } catch (IOException | RuntimeException e) {
      throw new DataException(
          "The network in %s can't be read: %s".formatted(location, e.getMessage()), e);
    }
    Map<String, INDArray> unused = parameters(given);
    List<String> differences = new ArrayList<>();
    parameters(target)
        .forEach(
            (name, parameter) -> {
              INDArray other = unused.remove(name);
              if (other == null) {
                differences.add(name + " is missing");
              } else if (!other.equalShapes(parameter)) {
                differences.add(
                    "%s has the shape %s, wanted is %s"
                        .formatted(
                            name,
                            Arrays.toString(other.shape()),
                            Arrays.toString(parameter.shape())));
              } else {
                parameter.assign(other);
              }
            });
    unused.keySet().forEach(name -> differences.add(name + " is not a parameter of this network"));
    return differences;
  }

  private static Map<String, INDArray> parameters(ComputationGraph network) {
    Map<String, INDArray> parameters = new LinkedHashMap<>();
    for (Layer layer : network.getLayers()) {
      String name = layer.conf().getLayer().getLayerName();
      layer.paramTable().forEach((key, value) -> parameters.put(name + "." + key, value));
    }
    return parameters;
  }
}
