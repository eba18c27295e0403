package org.bilateralbrain.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.CheckpointSettings;
import org.bilateralbrain.data.DataException;
import org.bilateralbrain.data.Locations;
import org.bilateralbrain.data.StoredTensor;
import org.bilateralbrain.data.TorchFile;
import org.bilateralbrain.grid.Checkpoint;
import org.bilateralbrain.grid.SweepPlan.Checkpoints;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Parameter;
import org.bilateralbrain.nn.SafeTensors;
import org.bilateralbrain.nn.Weights;
import org.bilateralbrain.nn.Weights.InvalidWeightsException;
import org.bilateralbrain.store.Store;

/**
 * Reads the trained networks that a configuration names: folders of our own artifacts, and files of
 * PyTorch and of safetensors with the reference implementation's names or ours. All must hold
 * exactly the parameters of the configured network.
 */
public final class PretrainedNetworks implements Checkpoints {

  private final Configuration hadoop;
  private final Map<List<Object>, Checkpoint> found = new HashMap<>();

  public PretrainedNetworks(Configuration hadoop) {
    this.hadoop = hadoop;
  }

  @Override
  public Checkpoint find(CheckpointSettings settings, Architecture architecture, String network) {
    return found.computeIfAbsent(
        List.of(settings, architecture),
        key -> {
          byte[] content = read(settings.location());
          Checkpoint checkpoint =
              new Checkpoint(
                  Locations.qualified(settings.location(), hadoop),
                  DigestUtils.sha256Hex(content),
                  settings.classOrder(),
                  settings.prefix());
          weights(checkpoint, content, architecture, network);
          return checkpoint;
        });
  }

  /**
   * The weights of a network with these parameters, heads in the order of the classes' numbers.
   *
   * @param network its name in messages
   * @throws DataException if the checkpoint can't be read or has changed since the sweep was
   *     planned
   */
  StoredNetworks.Stored load(Checkpoint checkpoint, Architecture architecture, String network) {
    byte[] content = read(checkpoint.location());
    if (!DigestUtils.sha256Hex(content).equals(checkpoint.digest())) {
      throw new DataException(
          "the checkpoint %s has changed since the sweep was planned"
              .formatted(checkpoint.location()));
    }
    Weights weights = weights(checkpoint, content, architecture, network);
    return new StoredNetworks.Stored(
        architecture, checkpoint.classOrder().numeric(architecture, weights));
  }

  /** The content of a file, or of an artifact's weights file. */
  private byte[] read(String location) {
    try {
      if (isForeign(location)) {
        return Locations.read(location, hadoop);
      }
      if (Locations.isFile(location, hadoop)) {
        throw new DataException(
            "it is neither an artifact's folder nor a file named *%s or *%s"
                .formatted(String.join(", *", TorchFile.EXTENSIONS), SafeTensors.EXTENSION));
      }
      return Store.readArtifact(location, hadoop).read(WeightsFile.NAME);
    } catch (IOException | RuntimeException e) {
      throw new DataException(
          "The checkpoint %s can't be read: %s".formatted(location, e.getMessage()), e);
    }
  }

  private static boolean isForeign(String location) {
    return TorchFile.isNamed(location) || location.endsWith(SafeTensors.EXTENSION);
  }

  private static Weights weights(
      Checkpoint checkpoint, byte[] content, Architecture architecture, String network) {
    String location = checkpoint.location();
    try {
      Weights weights = weights(checkpoint, content, architecture.parameters());
      if (!weights.areFinite()) {
        throw new DataException(
            "The checkpoint %s holds numbers that are infinite or NaN, so its training has diverged; name another one"
                .formatted(location));
      }
      return weights;
    } catch (InvalidWeightsException e) {
      throw new DataException(
          "The checkpoint %s doesn't hold %s:%n  %s".formatted(location, network, e.getMessage()),
          e);
    }
  }

  private static Weights weights(Checkpoint checkpoint, byte[] content, List<Parameter> expected) {
    String location = checkpoint.location();
    if (!isForeign(location)) {
      return SafeTensors.read(ByteBuffer.wrap(content), expected);
    }
    Map<String, StoredTensor> tensors =
        TorchFile.isNamed(location)
            ? TorchFile.read(location, content)
            : SafeTensors.readAll(ByteBuffer.wrap(content));
    return weights(ReferenceNames.replaced(tensors, expected, checkpoint.prefix()), expected);
  }

  private static Weights weights(Map<String, StoredTensor> byName, List<Parameter> expected) {
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    byName.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    List<String> differences = Weights.differences(shapes, expected);
    if (!differences.isEmpty()) {
      boolean more = !byName.keySet().stream().allMatch(name -> isExpected(name, expected));
      differences = new ArrayList<>(differences);
      if (more) {
        differences.add(
            "(leave out what isn't the network's, such as a loss's weights: save the rest of the state dictionary in PyTorch)");
      }
      throw new InvalidWeightsException(String.join("%n  ".formatted(), differences));
    }
    Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
    for (Parameter parameter : expected) {
      float[] values = Objects.requireNonNull(byName.get(parameter.name())).values();
      tensors.put(parameter.name(), new Weights.Tensor(parameter.shape(), values));
    }
    return new Weights(tensors);
  }

  private static boolean isExpected(String name, List<Parameter> expected) {
    return expected.stream().anyMatch(parameter -> parameter.name().equals(name));
  }
}
