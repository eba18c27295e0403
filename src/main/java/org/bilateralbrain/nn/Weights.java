package org.bilateralbrain.nn;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;
import org.bilateralbrain.data.StoredTensor;

/**
 * All parameters of a network, including running statistics, under PyTorch's names and in its
 * layout: kernels (out, in, height, width), linear weights (out, in). Arrays are shared, not
 * copied, and must not be modified.
 */
public final class Weights implements Serializable {

  private static final long serialVersionUID = 1L;

  /**
   * @param values in C order
   */
  public record Tensor(List<Integer> shape, float[] values) implements StoredTensor, Serializable {

    public Tensor {
      shape = new ArrayList<>(shape); // portable between Java versions, unlike List.of
      long count = shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
      if (count != values.length) {
        throw new IllegalArgumentException(
            "%s values don't fill the shape %s".formatted(values.length, shape));
      }
    }
  }

  private final LinkedHashMap<String, Tensor> tensors;

  public Weights(Map<String, Tensor> tensors) {
    this.tensors = new LinkedHashMap<>(tensors);
  }

  /**
   * All tensors by name; those of a network are in the order of {@link Architecture#parameters}.
   */
  public Map<String, Tensor> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  /**
   * @throws IllegalArgumentException if there is no parameter of that name
   */
  public Tensor get(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("No parameter is named " + name);
    }
    return tensor;
  }

  /**
   * The parameters whose names start with a prefix, with that prefix replaced; drops all others.
   */
  public Weights withPrefixReplaced(String from, String to) {
    Map<String, Tensor> renamed = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          if (name.startsWith(from)) {
            renamed.put(to + name.substring(from.length()), tensor);
          }
        });
    return new Weights(renamed);
  }

  /** These and the others; of two parameters of the same name, the other's. */
  public Weights with(Weights others) {
    Map<String, Tensor> all = new LinkedHashMap<>(tensors);
    all.putAll(others.tensors);
    return new Weights(all);
  }

  /**
   * How these differ from the weights of an architecture, one message per difference; empty if they
   * match.
   */
  public List<String> differences(Architecture architecture) {
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    return differences(shapes, architecture.parameters());
  }

  /** Likewise from shapes alone, before any values are read. */
  public static List<String> differences(
      Map<String, List<Integer>> actual, List<Parameter> expected) {
    List<String> differences = new ArrayList<>();
    Set<String> unused = new LinkedHashSet<>(actual.keySet());
    for (Parameter parameter : expected) {
      List<Integer> shape = actual.get(parameter.name());
      unused.remove(parameter.name());
      if (shape == null) {
        differences.add(parameter.name() + " is missing");
      } else if (!shape.equals(parameter.shape())) {
        differences.add(
            "%s has the shape %s, expected %s"
                .formatted(parameter.name(), shape, parameter.shape()));
      }
    }
    unused.forEach(name -> differences.add(name + " is not a parameter of this network"));
    return differences;
  }

  /**
   * @return these weights
   * @throws IllegalArgumentException if they don't match the architecture
   */
  public Weights requireMatch(Architecture architecture) {
    List<String> differences = differences(architecture);
    if (!differences.isEmpty()) {
      throw new IllegalArgumentException(
          "The weights don't match the architecture: " + String.join("; ", differences));
    }
    return this;
  }

  /** Whether no value is infinite or NaN. */
  public boolean areFinite() {
    for (Tensor tensor : tensors.values()) {
      for (float value : tensor.values()) {
        if (!Float.isFinite(value)) {
          return false;
        }
      }
    }
    return true;
  }

  /** SHA-256 of names, shapes and values, in hexadecimal. */
  public String digest() {
    MessageDigest digest = DigestUtils.getSha256Digest();
    tensors.forEach(
        (name, tensor) -> {
          digest.update("%s %s\n".formatted(name, tensor.shape()).getBytes(StandardCharsets.UTF_8));
          forEachPiece(tensor.values(), digest::update);
        });
    return Hex.encodeHexString(digest.digest());
  }

  /** Takes little-endian bytes. */
  public interface PieceConsumer<E extends Exception> {
    void accept(ByteBuffer piece) throws E;
  }

  /** Passes the little-endian bytes of floats on in pieces, which avoids a copy of all of them. */
  public static <E extends Exception> void forEachPiece(float[] values, PieceConsumer<E> consumer)
      throws E {
    int count = 1 << 14;
    ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < values.length; from += count) {
      int length = Math.min(count, values.length - from);
      bytes.clear();
      bytes.asFloatBuffer().put(values, from, length);
      bytes.limit(length * Float.BYTES);
      consumer.accept(bytes);
    }
  }

  /** A file doesn't hold the expected weights; the message says how it differs. */
  public static class InvalidWeightsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public InvalidWeightsException(String message) {
      super(message);
    }
  }
}
