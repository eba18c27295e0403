package org.bilateralbrain.nn.dl4j;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Engine;
import org.bilateralbrain.nn.Engine.Averaging;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.Precision;
import org.bilateralbrain.nn.Weights;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.util.ModelSerializer;

/**
 * The engine on DL4J and ND4J: on CPUs with oneDNN, on GPUs with cuDNN. The build decides which
 * (Maven's profiles cpu and cuda).
 */
public final class Dl4jEngine implements Engine {

  @Override
  public String name() {
    return "dl4j";
  }

  @Override
  public Set<Precision> precisions() {
    return Set.of(Precision.FLOAT32);
  }

  @Override
  public Engine in(Precision precision) {
    return this;
  }

  @Override
  public void bind(Optional<Gpu> gpu, int threads) {
    Devices.requireCudaLibraries();
    gpu.ifPresent(assigned -> Devices.ofThisProcess().bind(assigned.address()));
    NativeThreads.use(threads);
  }

  @Override
  public Device device() {
    return new Device(Devices.ofThisProcess().nameOfCurrent(), NativeThreads.ofThisTask());
  }

  /** JavaCPP's limit; none on a GPU, whose own memory holds the networks. */
  @Override
  public OptionalLong memoryLimit() {
    long bytes = Pointer.maxPhysicalBytes();
    return bytes <= 0 || Devices.ofThisProcess().areGpus()
        ? OptionalLong.empty()
        : OptionalLong.of(bytes);
  }

  @Override
  public Network create(Architecture architecture, Hyperparameters hyperparameters) {
    return new Dl4jNetwork(architecture, hyperparameters);
  }

  @Override
  public Optional<Averaging<?>> averaging() {
    return Optional.of(new ParameterAveraging());
  }

  /**
   * Writes DL4J's zip, which {@code ModelSerializer.restoreComputationGraph} reads if this
   * program's layers are on the class path.
   */
  @Override
  public void export(Architecture architecture, Weights weights, OutputStream out)
      throws IOException {
    try (Dl4jNetwork network = new Dl4jNetwork(architecture, Hyperparameters.NONE)) {
      network.load(weights);
      ModelSerializer.writeModel(network.graph(), out, false);
    }
  }
}
