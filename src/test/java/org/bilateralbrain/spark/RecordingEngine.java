package org.bilateralbrain.spark;

import java.io.OutputStream;
import java.util.Optional;
import java.util.OptionalLong;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Engine;
import org.bilateralbrain.nn.Engine.Averaging;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.Weights;

/** Records the device that a task binds to; runs no networks. */
public class RecordingEngine implements Engine {

  private Optional<String> gpu = Optional.empty();
  private int threads;

  public Optional<String> gpu() {
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
  public void bind(Optional<String> address, int ofProcessor) {
    gpu = address;
    threads = ofProcessor;
  }

  @Override
  public Device device() {
    return new Device(gpu, threads);
  }

  @Override
  public OptionalLong memoryLimit() {
    return OptionalLong.empty();
  }

  @Override
  public Network create(Architecture architecture, Hyperparameters hyperparameters) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Averaging<?> averaging() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void export(Architecture architecture, Weights weights, OutputStream out) {
    throw new UnsupportedOperationException();
  }
}
