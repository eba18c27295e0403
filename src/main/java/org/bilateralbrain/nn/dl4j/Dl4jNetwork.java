package org.bilateralbrain.nn.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Layer;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.Network.ClassMap;
import org.bilateralbrain.nn.Network.Snapshot;
import org.bilateralbrain.nn.Prediction;
import org.bilateralbrain.nn.Rates;
import org.bilateralbrain.nn.Shape;
import org.bilateralbrain.nn.Weights;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.CrashReportingUtil;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A network as two DL4J graphs that share their parameters: one for training, one that computes
 * features.
 */
final class Dl4jNetwork implements Network {

  static {
    CrashReportingUtil.crashDumpsEnabled(false); // they would fill the task's working folder
  }

  private final Architecture architecture;
  private final ComputationGraph training;

  /** Empty if the network's input is the features themselves. */
  private final Optional<ComputationGraph> features;

  private final ParameterTensors tensors;

  /** For Grad-CAM, kept because setting up a convolution takes longer than running it once. */
  private final ConvolutionForm convolutions =
      ConvolutionForm.bestFor(Nd4j.defaultFloatingPointType());

  private final Hyperparameters hyperparameters;

  /** Null until it is needed, because networks that only predict don't need its memory. */
  private @Nullable FlatOptimiser optimiser;

  private double lossSum;
  private long examplesSeen;

  Dl4jNetwork(Architecture architecture, Hyperparameters hyperparameters) {
    this.architecture = architecture;
    this.hyperparameters = hyperparameters;
    training = Graphs.training(architecture, hyperparameters);
    features =
        architecture.readsImages()
            ? Optional.of(sharingParameters(Graphs.features(architecture)))
            : Optional.empty();
    tensors = ParameterTensors.of(training, architecture);
  }

  /** In DL4J's flat parameter vector the heads come last, because they read all other layers. */
  private ComputationGraph sharingParameters(ComputationGraph body) {
    long headParameters =
        architecture.heads().stream()
            .mapToLong(head -> training.getLayer(head.label()).numParams())
            .sum();
    long bodyParameters = training.numParams() - headParameters;
    INDArray all = training.params().reshape(training.numParams());
    body.init(all.get(NDArrayIndex.interval(0, bodyParameters)).reshape(1, bodyParameters), false);
    return body;
  }

  ComputationGraph graph() {
    return training;
  }

  GradCam gradCam(Examples image) {
    return new GradCam(architecture, training, features.orElseThrow(), convolutions, input(image));
  }

  @Override
  public Architecture architecture() {
    return architecture;
  }

  @Override
  public Weights weights() {
    return tensors.read();
  }

  @Override
  public void load(Weights weights) {
    tensors.write(weights.requireMatch(architecture));
  }

  @Override
  public void startEpoch(long seed) {
    int number = 0;
    for (Layer layer : architecture.layers()) {
      startEpoch(layer.name(), seed, number++);
    }
    for (Head head : architecture.heads()) {
      startEpoch(head.label(), seed, number++);
      loss(head).startEpoch();
    }
    lossSum = 0;
    examplesSeen = 0;
  }

  private void startEpoch(String layer, long seed, int number) {
    org.deeplearning4j.nn.api.Layer running = training.getLayer(layer);
    if (running != null && running.conf().getLayer().getIDropout() instanceof LoopDropout dropout) {
      dropout.startEpoch(seed, number);
    }
  }

  @Override
  public void step(Examples examples, Rates rates) {
    FlatOptimiser used = optimiser();
    training.setInputs(input(examples));
    training.setLabels(labels(examples));
    training.computeGradientAndScore();
    used.step(examples.count(), rates);
    lossSum += training.score() * examples.count();
    examplesSeen += examples.count();
  }

  private FlatOptimiser optimiser() {
    if (optimiser == null) {
      if (training.getFlattenedGradients() == null) {
        training.initGradientsView();
      }
      optimiser =
          new FlatOptimiser(
              hyperparameters,
              Segment.of(tensors, architecture, hyperparameters),
              training.params(),
              training.getFlattenedGradients());
    }
    return optimiser;
  }

  @Override
  public double meanLoss() {
    return lossSum / examplesSeen;
  }

  @Override
  public Map<Head, Double> trainingAccuracies() {
    Map<Head, Double> accuracies = new EnumMap<>(Head.class);
    for (Head head : architecture.heads()) {
      accuracies.put(head, (double) loss(head).correct() / examplesSeen);
    }
    return accuracies;
  }

  private CrossEntropy loss(Head head) {
    BaseOutputLayer layer = (BaseOutputLayer) training.getLayer(head.label()).conf().getLayer();
    return (CrossEntropy) layer.getLossFn();
  }

  @Override
  public void loadAverage(Iterable<Examples> batches) {
    optimiser().loadAverage();
    if (features.isEmpty()) {
      return;
    }
    NormStatistics statistics = new NormStatistics(architecture, features.get());
    if (!statistics.isEmpty()) {
      batches.forEach(batch -> statistics.add(input(batch)));
    }
  }

  @Override
  public Prediction predict(Examples examples) {
    INDArray headInput = features(examples);
    Map<Head, float[][]> logits = new EnumMap<>(Head.class);
    for (Head head : architecture.heads()) {
      INDArray weights = training.getLayer(head.label()).getParam(ParameterTensors.LINEAR_WEIGHTS);
      INDArray bias = training.getLayer(head.label()).getParam(ParameterTensors.LINEAR_BIAS);
      try (INDArray headLogits = headInput.mmul(weights).addiRowVector(bias)) {
        logits.put(head, rows(headLogits));
      }
    }
    float[][] rows = rows(headInput);
    headInput.close();
    return new Prediction(rows, logits);
  }

  /**
   * The heads' input in evaluation mode. Callers must close it, because the garbage collector
   * doesn't see its native size.
   */
  private INDArray features(Examples examples) {
    INDArray input = input(examples);
    if (features.isEmpty()) {
      return input;
    }
    INDArray[] tops = features.get().output(false, input);
    input.close();
    if (tops.length == 1) {
      return tops[0];
    }
    INDArray joined = Nd4j.hstack(tops);
    Arrays.stream(tops).forEach(INDArray::close);
    return joined;
  }

  @Override
  public List<ClassMap> gradCam(Examples image, List<String> layers, Head head, int target) {
    try (GradCam gradCam = gradCam(image)) {
      return gradCam.maps(layers, head, target);
    }
  }

  INDArray input(Examples examples) {
    float[] values =
        examples instanceof Examples.OfImages images
            ? images.batch().pixels()
            : ((Examples.OfValues) examples).values();
    Shape input = architecture.input();
    INDArray array = Nd4j.createFromArray(values).castTo(Nd4j.defaultFloatingPointType());
    return architecture.readsImages()
        ? array.reshape('c', examples.count(), input.height(), input.width(), input.channels())
        : array.reshape('c', examples.count(), input.channels());
  }

  INDArray[] labels(Examples examples) {
    return architecture.classes().entrySet().stream()
        .map(head -> targets(examples.labels(head.getKey()), head.getValue()))
        .toArray(INDArray[]::new);
  }

  /** Rows of class probabilities, as DL4J's losses expect labels: one-hot but for smoothing. */
  private INDArray targets(int[] labels, int classes) {
    float[] rows = new float[Math.multiplyExact(labels.length, classes)];
    double spread = hyperparameters.labelSmoothing() / classes;
    Arrays.fill(rows, (float) spread);
    for (int i = 0; i < labels.length; i++) {
      rows[i * classes + labels[i]] = (float) (1 - hyperparameters.labelSmoothing() + spread);
    }
    return Nd4j.createFromArray(rows)
        .castTo(Nd4j.defaultFloatingPointType())
        .reshape('c', labels.length, classes);
  }

  private static float[][] rows(INDArray matrix) {
    float[] values = ParameterTensors.values(matrix);
    int columns = matrix.columns();
    List<float[]> rows = new ArrayList<>();
    for (int from = 0; from < values.length; from += columns) {
      rows.add(Arrays.copyOfRange(values, from, from + columns));
    }
    return rows.toArray(float[][]::new);
  }

  @Override
  public Snapshot snapshot() {
    FlatOptimiser used = optimiser();
    return new Snapshot(weights(), used.moments(), used.stepsTaken());
  }

  @Override
  public void restore(Snapshot snapshot) {
    Weights weights = snapshot.weights().requireMatch(architecture);
    optimiser().restore(snapshot.optimiser(), snapshot.step());
    tensors.write(weights);
  }

  /**
   * Frees the workspaces of the calling thread, which would outlive the task because tasks share a
   * thread pool.
   */
  @Override
  public void close() {
    Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
  }
}
