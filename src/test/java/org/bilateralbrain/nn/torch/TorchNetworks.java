package org.bilateralbrain.nn.torch;

import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.bilateralbrain.data.Batches;
import org.bilateralbrain.data.ChannelStatistics;
import org.bilateralbrain.data.Images;
import org.bilateralbrain.data.Normalisation;
import org.bilateralbrain.data.Streams;
import org.bilateralbrain.data.Subset;
import org.bilateralbrain.data.TestImages;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Engine.Gpu;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Initialisation;
import org.bilateralbrain.nn.Precision;
import org.bilateralbrain.nn.Rates;
import org.bilateralbrain.nn.TestNetworks;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Small networks on libtorch, and what they are trained on. */
final class TorchNetworks {

  /** The variable that names the GPU to test on, by its number. */
  static final String GPU = "BILATERAL_GPU";

  static final Rates RATES = TestNetworks.rates(1e-4);
  static final Hyperparameters PAPER = Hyperparameters.adam(1e-5, 0.6);

  private static final int BATCH = 16;
  private static final Images IMAGES = TestImages.of(10 * BATCH, 10, 3, 1);

  private TorchNetworks() {}

  static void useThreads(int threads) {
    Library.load();
    Library.useThreads(threads);
  }

  /** The GPU to test on, on which the calling thread computes from now on. */
  static TorchDevice gpu() {
    String number = System.getenv(GPU);
    new TorchEngine().bind(Optional.of(new Gpu(number, 1)), 1);
    return TorchDevice.gpu(Integer.parseInt(number));
  }

  /** Runs work whose networks compute in double precision. */
  static void inDoublePrecision(Runnable work) {
    torch.set_default_dtype(torch.scalarTypeToTypeMeta(ScalarType.Double));
    try {
      work.run();
    } finally {
      torch.set_default_dtype(torch.scalarTypeToTypeMeta(ScalarType.Float));
    }
  }

  static TorchNetwork create(Architecture architecture, TorchDevice device) {
    return create(architecture, PAPER, device, Precision.FLOAT32);
  }

  /** With the initial weights of seed 1. */
  static TorchNetwork create(
      Architecture architecture,
      Hyperparameters hyperparameters,
      TorchDevice device,
      Precision precision) {
    TorchNetwork network = new TorchNetwork(architecture, hyperparameters, device, precision);
    network.load(Initialisation.draw(architecture, 1));
    return network;
  }

  /** The augmented batches of one epoch, ten of them. */
  static List<Examples> batches() {
    return batches(BATCH);
  }

  static List<Examples> batches(int size) {
    Batches batches =
        new Batches(Subset.all(IMAGES), new Normalisation(ChannelStatistics.of(IMAGES)), size);
    return StreamSupport.stream(batches.epoch(new Streams(0, 0, 0, 0), 0).spliterator(), false)
        .<Examples>map(Examples.OfImages::new)
        .toList();
  }

  /** Trains for an epoch, whose number is the seed of its dropout. */
  static void train(TorchNetwork network, List<Examples> batches, int epoch) {
    train(network, batches, epoch, RATES);
  }

  static void train(TorchNetwork network, List<Examples> batches, int epoch, Rates rates) {
    network.startEpoch(epoch);
    batches.forEach(batch -> network.step(batch, rates));
  }
}
