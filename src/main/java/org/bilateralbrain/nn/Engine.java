package org.bilateralbrain.nn;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.Optional;
import java.util.OptionalLong;
import org.bilateralbrain.nn.Network.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * Runs networks on one kind of native library. Everything at its boundary is a plain Java value.
 * Implementations are found by {@link java.util.ServiceLoader}; making one loads nothing native.
 */
public interface Engine {

  /** In configurations. */
  String name();

  /**
   * Has the calling thread compute on a device, from now on and before its first network.
   *
   * @param gpu the address that the cluster gave; empty for the processor
   * @param threads of the processor
   * @throws UnsuitableBuildException if this program can't use the device on any machine
   * @throws IllegalStateException if this machine's device can't be used; another one's may
   */
  void bind(Optional<String> gpu, int threads);

  /** What the calling thread computes on. */
  Device device();

  /**
   * @param gpu its name; empty if it is the processor
   * @param threads of the processor
   */
  record Device(Optional<String> gpu, int threads) {}

  /**
   * How many bytes networks may use outside of Java's heap; empty if nothing limits them but the
   * machine.
   */
  OptionalLong memoryLimit();

  /** A network with starting weights of zero, which waits for {@link Network#load}. */
  Network create(Architecture architecture, Hyperparameters hyperparameters);

  Averaging<?> averaging();

  /** Writes a network as programs built on the engine's library read it. */
  void export(Architecture architecture, Weights weights, OutputStream out) throws IOException;

  /**
   * Averages what several workers have come to from the same snapshot: weights, running statistics
   * and moments.
   *
   * @param <S> a sum of snapshots that can travel between machines
   */
  interface Averaging<S> extends Serializable {

    /** What a sum starts from; null if the first snapshot starts it. */
    @Nullable S none();

    S add(@Nullable S sum, Snapshot snapshot);

    @Nullable S combine(@Nullable S sum, @Nullable S other);

    /**
     * @param like any of the snapshots that were added
     */
    Snapshot mean(S sum, Snapshot like);
  }

  /**
   * This build of the program can't do what is wanted of it, on whatever machine; the message says
   * which build can.
   */
  class UnsuitableBuildException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UnsuitableBuildException(String message) {
      super(message);
    }
  }
}
