package org.bilateralbrain.nn;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.bilateralbrain.nn.Network.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * Runs networks with one native library. Only plain Java values cross this interface.
 * Implementations are found by {@link java.util.ServiceLoader}; creating one doesn't load the
 * library.
 */
public interface Engine {

  /** The name in configurations. */
  String name();

  /** What it can compute in; which of these a device can is told by {@link #bind}. */
  Set<Precision> precisions();

  /** This engine, computing in one of its precisions. */
  Engine in(Precision precision);

  /**
   * Makes the calling thread compute on a device from now on. To be called before the thread
   * creates its first network.
   *
   * @param gpu what the cluster has assigned; empty for the CPU
   * @param threads number of CPU threads
   * @throws UnsuitableBuildException if this build of the program can't use the device on any
   *     machine
   * @throws IllegalStateException if this machine's device can't be used; another machine's might
   */
  void bind(Optional<Gpu> gpu, int threads);

  /**
   * A GPU, or a part of one.
   *
   * @param address the GPU's number, as in nvidia-smi's list
   * @param share of its memory, in (0, 1]
   */
  record Gpu(String address, double share) {}

  /** The device that the calling thread computes on. */
  Device device();

  /**
   * @param gpu the GPU's name; empty if the device is the CPU
   * @param threads number of CPU threads
   */
  record Device(Optional<String> gpu, int threads) {}

  /** How many bytes networks may use outside Java's heap; empty if only the machine limits them. */
  OptionalLong memoryLimit();

  /** A network whose weights are placeholders until {@link Network#load}. */
  Network create(Architecture architecture, Hyperparameters hyperparameters);

  /**
   * A network with these weights.
   *
   * @throws IllegalArgumentException if the weights are not the architecture's
   */
  default Network create(
      Architecture architecture, Hyperparameters hyperparameters, Weights weights) {
    Network network = create(architecture, hyperparameters);
    try {
      network.load(weights);
      return network;
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  /** How the results of data-parallel workers are averaged; empty if they can't be. */
  default Optional<Averaging<?>> averaging() {
    return Optional.empty();
  }

  /**
   * Writes a network in the native format of the engine's library.
   *
   * @throws UnsupportedOperationException if it has none
   */
  default void export(Architecture architecture, Weights weights, OutputStream out)
      throws IOException {
    throw new UnsupportedOperationException("The engine " + name() + " has no format of its own");
  }

  /**
   * Averages the snapshots that several workers have reached from a common one: weights, running
   * statistics and optimiser moments.
   *
   * @param <S> a partial sum of snapshots; it can be sent between machines
   */
  interface Averaging<S> extends Serializable {

    /** The empty sum; may be null, which the other methods accept as a sum. */
    @Nullable S emptySum();

    S add(@Nullable S sum, Snapshot snapshot);

    @Nullable S combine(@Nullable S sum, @Nullable S other);

    /**
     * @param like any of the added snapshots, which supplies names, shapes and step
     */
    Snapshot mean(S sum, Snapshot like);
  }

  /**
   * This build of the program can't do what was asked on any machine; the message names the build
   * that can.
   */
  class UnsuitableBuildException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UnsuitableBuildException(String message) {
      super(message);
    }
  }
}
