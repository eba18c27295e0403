package org.bilateralbrain.spark;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Engine;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.Precision;

/** Records the device that a task binds to; runs no networks. */
public class RecordingEngine implements Engine {

  private Optional<Gpu> gpu = Optional.empty();
  private int threads;

  public Optional<Gpu> gpu() {
    return gpu;
  }

  int threads() {
    return threads;
  }

  @Override
  public String name() {
    return "recording";
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
  public void bind(Optional<Gpu> assigned, int ofProcessor) {
    gpu = assigned;
    threads = ofProcessor;
  }

  @Override
  public Device device() {
    return new Device(gpu.map(Gpu::address), threads);
  }

  @Override
  public OptionalLong memoryLimit() {
    return OptionalLong.empty();
  }

  @Override
  public Network create(Architecture architecture, Hyperparameters hyperparameters) {
    throw new UnsupportedOperationException();
  }
}
