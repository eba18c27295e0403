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

/**
 * All parameters of a network, running statistics included, under PyTorch's names and in its layout
 * (kernels out, in, height, width; linear weights out, in). The arrays are shared, not copied:
 * nobody may write to them.
 */
public final class Weights implements Serializable {

  private static final long serialVersionUID = 1L;

  /**
   * @param values in C order of the shape
   */
  public record Tensor(List<Integer> shape, float[] values) implements Serializable {

    public Tensor {
      shape = new ArrayList<>(shape); // of Java's lists the one that every version can read back
      long count = shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
      if (count != values.length) {
        throw new IllegalArgumentException(
            "%s values don't have the shape %s".formatted(values.length, shape));
      }
    }
  }

  private final LinkedHashMap<String, Tensor> tensors;

  public Weights(Map<String, Tensor> tensors) {
    this.tensors = new LinkedHashMap<>(tensors);
  }

  /**
   * In their order, which for a network's own weights is that of {@link Architecture#parameters}.
   */
  public Map<String, Tensor> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  /**
   * @throws IllegalArgumentException if there is none of that name
   */
  public Tensor get(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("There is no parameter " + name);
    }
    return tensor;
  }

  /** The parameters whose names start with one prefix, under another instead. */
  public Weights moved(String from, String to) {
    Map<String, Tensor> moved = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          if (name.startsWith(from)) {
            moved.put(to + name.substring(from.length()), tensor);
          }
        });
    return new Weights(moved);
  }

  /** These, but where the others have a parameter of the same name, theirs. */
  public Weights with(Weights others) {
    Map<String, Tensor> all = new LinkedHashMap<>(tensors);
    all.putAll(others.tensors);
    return new Weights(all);
  }

  /**
   * What keeps these from being the weights of an architecture, for people; nothing if they are.
   */
  public List<String> differences(Architecture architecture) {
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    return differences(shapes, architecture.parameters());
  }

  /** The same from shapes alone, before there are any values. */
  public static List<String> differences(Map<String, List<Integer>> given, List<Parameter> wanted) {
    List<String> differences = new ArrayList<>();
    Set<String> unused = new LinkedHashSet<>(given.keySet());
    for (Parameter parameter : wanted) {
      List<Integer> shape = given.get(parameter.name());
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
   * @throws IllegalArgumentException if these are not the weights of the architecture
   */
  public Weights requireOf(Architecture architecture) {
    List<String> differences = differences(architecture);
    if (!differences.isEmpty()) {
      throw new IllegalArgumentException(
          "The weights don't fit: " + String.join("; ", differences));
    }
    return this;
  }

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

  /** SHA-256 of names, shapes and values. */
  public String digest() {
    MessageDigest digest = DigestUtils.getSha256Digest();
    tensors.forEach(
        (name, tensor) -> {
          digest.update("%s %s\n".formatted(name, tensor.shape()).getBytes(StandardCharsets.UTF_8));
          forEachPiece(tensor.values(), digest::update);
        });
    return Hex.encodeHexString(digest.digest());
  }

  interface PieceConsumer<E extends Exception> {
    void accept(ByteBuffer piece) throws E;
  }

  /** The bytes of floats, little-endian, without a second copy of all of them. */
  static <E extends Exception> void forEachPiece(float[] values, PieceConsumer<E> consumer)
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

  /** A file is not one of the weights that are expected; the message says how it differs. */
  public static class InvalidWeightsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public InvalidWeightsException(String message) {
      super(message);
    }
  }
}
