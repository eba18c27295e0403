package org.bilateralbrain.nn;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.Optional;
import java.util.OptionalLong;
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

  /**
   * Makes the calling thread compute on a device from now on. To be called before the thread
   * creates its first network.
   *
   * @param gpu the address assigned by the cluster; empty for the CPU
   * @param threads number of CPU threads
   * @throws UnsuitableBuildException if this build of the program can't use the device on any
   *     machine
   * @throws IllegalStateException if this machine's device can't be used; another machine's might
   */
  void bind(Optional<String> gpu, int threads);

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

  /** How the results of data-parallel workers are averaged. */
  Averaging<?> averaging();

  /** Writes a network in the native format of the engine's library. */
  void export(Architecture architecture, Weights weights, OutputStream out) throws IOException;

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
