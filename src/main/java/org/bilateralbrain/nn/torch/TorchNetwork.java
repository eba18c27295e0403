package org.bilateralbrain.nn.torch;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.Precision;
import org.bilateralbrain.nn.Prediction;
import org.bilateralbrain.nn.Rates;
import org.bilateralbrain.nn.Shape;
import org.bilateralbrain.nn.Weights;
import org.bilateralbrain.nn.torch.ForwardPass.Mode;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A network on libtorch. A step waits for the device only if it is the CPU. */
final class TorchNetwork implements Network {

  /** PyTorch's number for the mean over examples. */
  private static final long MEAN = 1;

  /** PyTorch's default for a label that stands for no class. */
  private static final long NO_CLASS = -100;

  private final Architecture architecture;
  private final TorchDevice device;
  private final Precision precision;
  private final Parameters parameters;
  private final DropoutMasks masks;
  private final FusedOptimiser optimiser;
  private final double labelSmoothing;
  private final ForwardPass forward;

  /** Sum of the losses of the epoch's examples so far, on the device. */
  private final Tensor lossSum;

  /** Number of the epoch's examples so far that were classified correctly, on the device. */
  private final Map<Head, Tensor> correct = new EnumMap<>(Head.class);

  private long examplesSeen;

  @SuppressWarnings("try") // the resource is only a scope
  TorchNetwork(
      Architecture architecture,
      Hyperparameters hyperparameters,
      TorchDevice device,
      Precision precision) {
    this.architecture = architecture;
    this.device = device;
    this.precision = precision;
    parameters = new Parameters(architecture, hyperparameters, device);
    masks = new DropoutMasks(architecture, hyperparameters.dropout(), device);
    labelSmoothing = hyperparameters.labelSmoothing();
    optimiser = new FusedOptimiser(parameters, hyperparameters, device);
    forward = new ForwardPass(architecture, parameters, masks, multipliesTiles());
    try (PointerScope scope = new PointerScope()) {
      lossSum = zero(ScalarType.Double);
      architecture.heads().forEach(head -> correct.put(head, zero(ScalarType.Long)));
    }
  }

  private boolean multipliesTiles() {
    return precision == Precision.BF16 && device.gpu().isEmpty() && Processor.hasTiles();
  }

  private Tensor zero(ScalarType type) {
    return device.place(torch.zeros(new long[] {}, new TensorOptions(type))).retainReference();
  }

  @Override
  public Architecture architecture() {
    return architecture;
  }

  @Override
  public Weights weights() {
    return parameters.read();
  }

  @Override
  public void load(Weights weights) {
    parameters.write(weights.requireMatch(architecture));
  }

  @Override
  public void startEpoch(long seed) {
    masks.startEpoch(seed);
    lossSum.zero_();
    correct.values().forEach(Tensor::zero_);
    examplesSeen = 0;
  }

  @Override
  @SuppressWarnings("try") // the resource is only a scope
  public void step(Examples examples, Rates rates) {
    Failures.translated(
        () -> {
          try (PointerScope step = new PointerScope()) {
            parameters.gradients().zero_();
            Tensor loss = loss(examples);
            loss.backward();
            optimiser.step(rates);
            lossSum.add_(loss.detach().to(ScalarType.Double), new Scalar(examples.count()));
            examplesSeen += examples.count();
            return this;
          }
        });
  }

  /** Mean cross-entropy with label smoothing, summed over heads. */
  private Tensor loss(Examples examples) {
    Tensor input = input(examples);
    return casting(
        () -> {
          Tensor features = forward.features(input, Mode.TRAINING);
          Tensor sum = null;
          for (Head head : architecture.heads()) {
            Tensor logits = forward.logits(head, features, Mode.TRAINING).to(ScalarType.Float);
            Tensor labels = labels(examples.labels(head));
            Objects.requireNonNull(correct.get(head))
                .add_(logits.detach().argmax(new LongOptional(1), false).eq(labels).sum());
            Tensor loss = crossEntropy(logits, labels);
            sum = sum == null ? loss : sum.add(loss);
          }
          return sum;
        });
  }

  private Tensor crossEntropy(Tensor logits, Tensor labels) {
    return labelSmoothing == 0
        ? torch.cross_entropy_loss(logits, labels)
        : torch.cross_entropy_loss(
            logits, labels, new TensorOptional(), MEAN, NO_CLASS, labelSmoothing);
  }

  private Tensor labels(int[] labels) {
    long[] classes = new long[labels.length];
    for (int i = 0; i < labels.length; i++) {
      classes[i] = labels[i];
    }
    return device.place(Tensor.create(classes));
  }

  /** In the type of the parameters. */
  private Tensor input(Examples examples) {
    return values(examples).to(parameters.learned().scalar_type());
  }

  private Tensor values(Examples examples) {
    if (examples instanceof Examples.OfImages images) {
      return device.computesInputs()
          ? DeviceImages.on(device, images.batch().images()).pixels(images.batch())
          : shaped(images.batch().pixels(), examples.count());
    }
    return shaped(((Examples.OfValues) examples).values(), examples.count());
  }

  /** Values in the order (example, row, column, channel) in PyTorch's logical shape. */
  private Tensor shaped(float[] values, int count) {
    Shape input = architecture.input();
    return architecture.readsImages()
        ? device
            .place(Tensor.create(values, count, input.height(), input.width(), input.channels()))
            .permute(0, 3, 1, 2)
        : device.place(Tensor.create(values, count, input.channels()));
  }

  /** Runs a forward pass in the network's precision. */
  private <T> T casting(Supplier<T> pass) {
    if (precision != Precision.BF16) {
      return pass.get();
    }
    torch.set_autocast_dtype(device.type(), ScalarType.BFloat16);
    torch.set_autocast_enabled(device.type(), true);
    try {
      return pass.get();
    } finally {
      torch.clear_cache(); // of cast weights, which the step changes
      torch.set_autocast_enabled(device.type(), false);
    }
  }

  @Override
  public double meanLoss() {
    return Tensors.withoutGradients(lossSum::item_double) / examplesSeen;
  }

  @Override
  public Map<Head, Double> trainingAccuracies() {
    Map<Head, Double> accuracies = new EnumMap<>(Head.class);
    correct.forEach(
        (head, count) ->
            accuracies.put(
                head, (double) Tensors.withoutGradients(count::item_long) / examplesSeen));
    return accuracies;
  }

  @Override
  public void loadAverage(Iterable<Examples> batches) {
    optimiser.loadAverage();
    if (forward.resetStatistics()) {
      for (Examples batch : batches) {
        Failures.translated(
            () ->
                Tensors.withoutGradients(
                    () -> casting(() -> forward.features(input(batch), Mode.STATISTICS))));
      }
    }
  }

  @Override
  public Prediction predict(Examples examples) {
    return Failures.translated(
        () -> Tensors.withoutGradients(() -> casting(() -> prediction(examples))));
  }

  private Prediction prediction(Examples examples) {
    Tensor features = forward.features(input(examples), Mode.EVALUATION);
    Map<Head, float[][]> logits = new EnumMap<>(Head.class);
    for (Head head : architecture.heads()) {
      logits.put(head, Tensors.rows(forward.logits(head, features, Mode.EVALUATION)));
    }
    return new Prediction(Tensors.rows(features), logits);
  }

  @Override
  @SuppressWarnings("try") // the resource is only a scope
  public List<ClassMap> gradCam(Examples image, List<String> layers, Head head, int target) {
    return Failures.translated(
        () -> {
          try (PointerScope scope = new PointerScope()) {
            Tensor input = input(image);
            return casting(
                () -> new GradCam(architecture, forward).maps(input, layers, head, target));
          }
        });
  }

  @Override
  public Snapshot snapshot() {
    return new Snapshot(weights(), optimiser.moments(), optimiser.stepsTaken());
  }

  @Override
  public void restore(Snapshot snapshot) {
    Weights weights = snapshot.weights().requireMatch(architecture);
    optimiser.restore(snapshot.optimiser(), snapshot.step());
    parameters.write(weights);
  }

  /** Gradients of one step's loss, without taking the step; for tests. */
  @SuppressWarnings("try") // the resource is only a scope
  Weights gradientsOf(Examples examples) {
    try (PointerScope scope = new PointerScope()) {
      parameters.gradients().zero_();
      loss(examples).backward();
      return parameters.readGradients();
    }
  }

  @Override
  public void close() {
    parameters.close();
    optimiser.close();
    lossSum.close();
    correct.values().forEach(Tensor::close);
  }
}
