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
 * Reads the pretrained hemispheres that a configuration names: folders of our own artifacts, and
 * PyTorch files with the reference implementation's names. Both must hold exactly the parameters of
 * the configured network.
 */
public final class PretrainedHemispheres implements Checkpoints {

  private static final List<String> TORCH_EXTENSIONS = List.of(".ckpt", ".pt", ".pth");

  /** The reference implementation registers its modules a second time, in a list of this name. */
  private static final String DUPLICATES = Architecture.HEMISPHERE + "net.";

  /** Batch norm's step counter, which nothing here uses. */
  private static final String COUNTER = ".num_batches_tracked";

  private final Configuration hadoop;
  private final Map<Head, Integer> classes = new EnumMap<>(Head.class);
  private final Map<List<Object>, Checkpoint> found = new HashMap<>();

  /**
   * @param fineClasses number of classes that fine heads must have
   * @param coarseClasses number of classes that coarse heads must have
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
   * @throws DataException if the checkpoint can't be read or has changed since the sweep was
   *     planned
   */
  StoredNetworks.Stored load(PretrainedHemisphereJob job) {
    byte[] content = read(job.location());
    if (!DigestUtils.sha256Hex(content).equals(job.digest())) {
      throw new DataException(
          "the checkpoint %s has changed since the sweep was planned".formatted(job.location()));
    }
    return load(job.location(), content, job.shape(), job.heads());
  }

  /** The content of a PyTorch file, or of an artifact's weights file. */
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
    return TORCH_EXTENSIONS.stream().anyMatch(location::endsWith);
  }

  private StoredNetworks.Stored load(
      String location, byte[] content, HemisphereShape shape, List<Head> heads) {
    Map<Head, Integer> headClasses = new EnumMap<>(classes);
    headClasses.keySet().retainAll(heads);
    Architecture architecture = Architecture.unilateral(DataKey.IMAGE, shape, headClasses);
    try {
      Weights weights =
          isTorch(location)
              ? weights(TorchFile.read(location, content), architecture.parameters())
              : SafeTensors.read(ByteBuffer.wrap(content), architecture.parameters());
      return new StoredNetworks.Stored(architecture, weights);
    } catch (InvalidWeightsException e) {
      throw new DataException(
          "The checkpoint %s doesn't hold a %s with the heads %s:%n  %s"
              .formatted(location, shape.title(), heads, e.getMessage()),
          e);
    }
  }

  /** A state dict may have a common prefix before the reference implementation's names. */
  private static Weights weights(
      Map<String, TorchFile.Tensor> dictionary, List<Parameter> expected) {
    String prefix = prefix(dictionary, expected.get(0).name());
    Map<String, TorchFile.Tensor> byName = new LinkedHashMap<>();
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    dictionary.forEach(
        (name, tensor) -> {
          if (!name.endsWith(COUNTER) && !name.startsWith(prefix + DUPLICATES)) {
            String ourName = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
            byName.put(ourName, tensor);
            shapes.put(ourName, Arrays.stream(tensor.shape()).mapToObj(Math::toIntExact).toList());
          }
        });
    List<String> differences = Weights.differences(shapes, expected);
    if (!differences.isEmpty()) {
      throw new InvalidWeightsException(String.join("%n  ".formatted(), differences));
    }
    Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
    for (Parameter parameter : expected) {
      float[] values = Objects.requireNonNull(byName.get(parameter.name())).values();
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
