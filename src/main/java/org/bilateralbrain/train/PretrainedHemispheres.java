package org.bilateralbrain.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.data.DataException;
import org.bilateralbrain.data.Locations;
import org.bilateralbrain.data.TorchFile;
import org.bilateralbrain.grid.DataKey;
import org.bilateralbrain.grid.PretrainedHemisphereJob;
import org.bilateralbrain.grid.SweepPlan.Checkpoints;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Parameter;
import org.bilateralbrain.nn.SafeTensors;
import org.bilateralbrain.nn.Weights;
import org.bilateralbrain.nn.Weights.InvalidWeightsException;
import org.bilateralbrain.store.Store;

/**
 * Reads trained hemispheres that a configuration names: folders of our own artifacts, and PyTorch's
 * files with the reference's names. Both must have exactly the wanted network's parameters.
 */
public final class PretrainedHemispheres implements Checkpoints {

  private static final List<String> TORCH = List.of(".ckpt", ".pt", ".pth");

  /** The reference registers its modules a second time, in a list of this name. */
  private static final String SECOND_TIME = Architecture.HEMISPHERE + "net.";

  /** Counts steps; nothing of ours depends on it. */
  private static final String COUNTER = ".num_batches_tracked";

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
          String qualified = Locations.qualified(location, hadoop);
          return new Checkpoint(qualified, DigestUtils.sha256Hex(content));
        });
  }

  /**
   * @throws DataException if it is not what it was when the sweep was planned
   */
  StoredNetworks.Stored load(PretrainedHemisphereJob job) {
    byte[] content = read(job.location());
    if (!DigestUtils.sha256Hex(content).equals(job.digest())) {
      throw new DataException(
          "the checkpoint %s has changed since the sweep was planned".formatted(job.location()));
    }
    return load(job.location(), content, job.shape(), job.heads());
  }

  /** A PyTorch file itself, of an artifact the weights. */
  private byte[] read(String location) {
    try {
      if (!isTorch(location)) {
        return Store.readArtifact(location, hadoop).read(WeightsFile.NAME);
      }
      return Locations.read(location, hadoop);
    } catch (IOException | RuntimeException e) {
      throw new DataException(
          "The checkpoint %s can't be read: %s".formatted(location, e.getMessage()), e);
    }
  }

  private static boolean isTorch(String location) {
    return TORCH.stream().anyMatch(location::endsWith);
  }

  private StoredNetworks.Stored load(
      String location, byte[] content, HemisphereShape shape, List<Head> heads) {
    Map<Head, Integer> ofHeads = new EnumMap<>(classes);
    ofHeads.keySet().retainAll(heads);
    Architecture architecture = Architecture.unilateral(DataKey.IMAGE, shape, ofHeads);
    try {
      Weights weights =
          isTorch(location)
              ? weights(TorchFile.read(location, content), architecture.parameters())
              : SafeTensors.read(ByteBuffer.wrap(content), architecture.parameters());
      return new StoredNetworks.Stored(architecture, weights);
    } catch (InvalidWeightsException e) {
      throw new DataException(
          "The checkpoint %s is not of a %s with the labels %s:%n  %s"
              .formatted(location, shape.title(), heads, e.getMessage()),
          e);
    }
  }

  /** Names may have something before the reference's own, the same for all. */
  private static Weights weights(Map<String, TorchFile.Tensor> dictionary, List<Parameter> wanted) {
    String prefix = prefix(dictionary, wanted.get(0).name());
    Map<String, TorchFile.Tensor> given = new LinkedHashMap<>();
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    dictionary.forEach(
        (name, tensor) -> {
          if (!name.endsWith(COUNTER) && !name.startsWith(prefix + SECOND_TIME)) {
            String ours = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
            given.put(ours, tensor);
            shapes.put(ours, Arrays.stream(tensor.shape()).mapToObj(Math::toIntExact).toList());
          }
        });
    List<String> differences = Weights.differences(shapes, wanted);
    if (!differences.isEmpty()) {
      throw new InvalidWeightsException(String.join("%n  ".formatted(), differences));
    }
    Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
    for (Parameter parameter : wanted) {
      float[] values = Objects.requireNonNull(given.get(parameter.name())).values();
      tensors.put(parameter.name(), new Weights.Tensor(parameter.shape(), values));
    }
    return new Weights(tensors);
  }

  private static String prefix(Map<String, TorchFile.Tensor> dictionary, String first) {
    return dictionary.keySet().stream()
        .filter(name -> name.endsWith(first))
        .map(name -> name.substring(0, name.length() - first.length()))
        .findFirst()
        .orElse("");
  }
}
