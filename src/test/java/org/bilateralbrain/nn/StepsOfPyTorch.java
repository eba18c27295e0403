package org.bilateralbrain.nn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A short training in PyTorch, written by {@code ci/pytorch-steps.py}, and what it starts from,
 * which both sides compute by the same formulas.
 */
record StepsOfPyTorch(JsonNode json) {

  private static final File FOLDER = new File("src/test/resources/pytorch/steps");
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Shape IMAGE = new Shape(16, 16, 3);
  private static final int FEATURES = 12;
  private static final int BATCH = 8;
  private static final Map<Head, Integer> CLASSES =
      new EnumMap<>(Map.of(Head.FINE, 5, Head.COARSE, 3));

  static JsonNode json(String name) throws IOException {
    return JSON.readTree(new File(FOLDER, name + ".json"));
  }

  static StepsOfPyTorch named(String name) throws IOException {
    return new StepsOfPyTorch(json(name));
  }

  private JsonNode setting(String key) {
    return json.get("settings").get(key);
  }

  private double number(String key) {
    return setting(key).asDouble();
  }

  private boolean readsImages() {
    return setting("architecture").asText().equals("resnet9");
  }

  Architecture architecture() {
    Map<Head, Integer> classes = new EnumMap<>(Head.class);
    setting("heads").forEach(name -> classes.put(head(name.asText()), classes(name.asText())));
    return readsImages()
        ? Architecture.unilateral(IMAGE, new HemisphereShape(Backbone.RESNET9, 1), classes)
            .withNormMomentum(number("norm_momentum"))
        : Architecture.heads(FEATURES, classes);
  }

  private static Head head(String label) {
    return Head.FINE.label().equals(label) ? Head.FINE : Head.COARSE;
  }

  private static int classes(String label) {
    return CLASSES.getOrDefault(head(label), 0);
  }

  Hyperparameters hyperparameters() {
    return new Hyperparameters(
        optimiser(setting("optimiser")),
        number("weight_decay"),
        setting("decays_norm_and_bias").asBoolean(),
        setting("clip_norm").isNull() ? Double.POSITIVE_INFINITY : number("clip_norm"),
        number("label_smoothing"),
        number("average_decay"),
        0);
  }

  private static Optimiser optimiser(JsonNode settings) {
    String name = settings.get("name").asText();
    return name.equals("sgd")
        ? new Optimiser.Sgd(
            settings.get("momentum").asDouble(), settings.get("nesterov").asBoolean())
        : new Optimiser.Adam(
            settings.get("beta1").asDouble(),
            settings.get("beta2").asDouble(),
            settings.get("eps").asDouble(),
            name.equals("adamw"));
  }

  int steps() {
    return json.get("losses").size();
  }

  Rates rates(int step) {
    JsonNode rates = json.get("rates").get(step);
    return new Rates(rates.get(0).asDouble(), rates.get(1).asDouble());
  }

  double loss(int step) {
    return json.get("losses").get(step).asDouble();
  }

  double projection(int step) {
    return json.get("projections").get(step).asDouble();
  }

  boolean averages() {
    return json.has("averaged_values");
  }

  /** After the last step. */
  Weights end() {
    return decoded("values");
  }

  /** The averaged parameters, with the statistics of the batches that follow the steps. */
  Weights average() {
    return decoded("averaged_values");
  }

  private Weights decoded(String key) {
    ByteBuffer values =
        ByteBuffer.wrap(Base64.getDecoder().decode(json.get(key).asText()))
            .order(ByteOrder.LITTLE_ENDIAN);
    Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
    for (Parameter parameter : architecture().parameters()) {
      float[] tensor = new float[parameter.count()];
      values.asFloatBuffer().get(tensor);
      values.position(values.position() + Float.BYTES * tensor.length);
      tensors.put(parameter.name(), new Weights.Tensor(parameter.shape(), tensor));
    }
    if (values.hasRemaining()) {
      throw new AssertionError("PyTorch's network has more values than ours");
    }
    return new Weights(tensors);
  }

  /** In the order of their values. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    json.get("names").forEach(name -> names.add(name.asText()));
    return names;
  }

  Weights start() {
    Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
    int stream = 0;
    for (Parameter parameter : architecture().parameters()) {
      tensors.put(
          parameter.name(), new Weights.Tensor(parameter.shape(), start(parameter, stream++)));
    }
    return new Weights(tensors);
  }

  private static float[] start(Parameter parameter, int stream) {
    int fanIn = parameter.shape().stream().skip(1).reduce(1, (a, b) -> a * b);
    return switch (parameter.kind()) {
      case WEIGHT -> symmetric(stream, parameter.count(), Math.sqrt(6.0 / fanIn), 0);
      case GAMMA, RUNNING_VARIANCE -> symmetric(stream, parameter.count(), 0.1, 1);
      case BIAS, BETA, RUNNING_MEAN -> symmetric(stream, parameter.count(), 0.1, 0);
    };
  }

  Examples batch(int step) {
    int values = readsImages() ? Math.toIntExact(IMAGE.values()) : FEATURES;
    return new Examples.OfValues(
        symmetric(1000 + step, BATCH * values, 1.7, 0),
        labels(2000 + step, Head.FINE),
        labels(3000 + step, Head.COARSE));
  }

  private static int[] labels(int stream, Head head) {
    return IntStream.range(0, BATCH)
        .map(i -> (int) (uniform(stream, i) * classes(head.label())))
        .toArray();
  }

  /** Of all values on fixed directions. */
  static double projection(Weights weights) {
    double sum = 0;
    int stream = 4000;
    for (Weights.Tensor tensor : weights.tensors().values()) {
      float[] direction = symmetric(stream++, tensor.values().length, 1, 0);
      for (int i = 0; i < direction.length; i++) {
        sum += (double) direction[i] * tensor.values()[i];
      }
    }
    return sum;
  }

  private static float[] symmetric(int stream, int count, double bound, double centre) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (centre + bound * (2 * uniform(stream, i) - 1));
    }
    return values;
  }

  /** A number in [0, 1), the same on every machine: integers of 32 bits, mixed. */
  private static double uniform(int stream, int i) {
    int x = i * 0x9E3779B1 + stream * 0x85EBCA77;
    x ^= x >>> 15;
    x *= 0x2C1B3C6D;
    x ^= x >>> 12;
    x *= 0x297A2D39;
    x ^= x >>> 15;
    return Integer.toUnsignedLong(x) / 0x1p32;
  }
}
