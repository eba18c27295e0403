package org.bilateralbrain.nn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.bilateralbrain.data.Batch;
import org.bilateralbrain.data.Batches;
import org.bilateralbrain.data.ChannelStatistics;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.data.ImageShape;
import org.bilateralbrain.data.Normalisation;
import org.bilateralbrain.data.Subset;

/**
 * Vectors computed by the reference implementation's modules, and their input images and weights.
 */
record GoldenVectors(JsonNode json, JsonNode inputs) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String INPUTS = "inputs.json";
  private static final ChannelStatistics PAPER =
      new ChannelStatistics(List.of(0.5071, 0.4867, 0.4408), List.of(0.2675, 0.2565, 0.2761));

  static List<String> names() {
    String[] names =
        folder().list((folder, name) -> name.endsWith(".json") && !name.equals(INPUTS));
    return names == null ? List.of() : Arrays.stream(names).sorted().toList();
  }

  static GoldenVectors read(String name) throws IOException {
    return new GoldenVectors(
        JSON.readTree(new File(folder(), name)), JSON.readTree(new File(folder(), INPUTS)));
  }

  private static File folder() {
    return new File(System.getenv("BILATERAL_GOLDEN"));
  }

  /** Of every step. */
  Rates rates() {
    return TestNetworks.rates(json.at("/adam/lr").asDouble());
  }

  double salt() {
    return inputs.get("salt").asDouble();
  }

  /** Normalised images. */
  private Batch records() {
    String archive = new File(System.getenv("BILATERAL_CIFAR100")).toURI().toString();
    DataSet cifar =
        DataSource.Cache.load(
            new DataSource.Location(archive), new org.apache.hadoop.conf.Configuration());
    int[] positions =
        IntStream.range(inputs.at("/records/0").asInt(), inputs.at("/records/1").asInt()).toArray();
    return new Batches(
            new Subset(cifar.test(), positions), new Normalisation(PAPER), positions.length)
        .plain()
        .iterator()
        .next();
  }

  /** The images as network input, perturbed as the file says. */
  Examples examples() {
    Batch records = records();
    if (!json.has("perturbation")) {
      return new Examples.OfImages(records);
    }
    float[] pixels = records.pixels();
    perturb(pixels);
    return new Examples.OfValues(pixels, records.fine(), records.coarse());
  }

  /**
   * Avoids ties, which PyTorch's k-winners break in their own way. The phase follows the
   * reference's order (image, channel, row, column).
   */
  private void perturb(float[] pixels) {
    double amplitude = json.get("perturbation").asDouble();
    for (int i = 0; i < pixels.length; i++) {
      int channel = i % ImageShape.CIFAR.channels();
      int pixel = i / ImageShape.CIFAR.channels() % ImageShape.CIFAR.pixels();
      int image = i / ImageShape.CIFAR.bytes();
      int index =
          (image * ImageShape.CIFAR.channels() + channel) * ImageShape.CIFAR.pixels() + pixel;
      pixels[i] = (float) (pixels[i] + amplitude * Math.sin(1.7 * index + 0.3));
    }
  }

  float[] array(String pointer) {
    JsonNode array = json.at(pointer);
    float[] values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) array.get(i).asDouble();
    }
    return values;
  }

  double[] doubles(String key) {
    return IntStream.range(0, json.get(key).size())
        .mapToDouble(i -> json.get(key).get(i).asDouble())
        .toArray();
  }

  /**
   * Weights by the formula in {@code inputs.json}.
   *
   * @param name maps our parameter names to the reference implementation's
   */
  Weights weights(Architecture architecture, UnaryOperator<String> name, double shift) {
    List<String> names = new ArrayList<>();
    json.get("state_dict").forEach(entry -> names.add(entry.get(0).asText()));
    Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
    for (Parameter parameter : architecture.parameters()) {
      String theirs = name.apply(parameter.name());
      int number = lastNumber(names, theirs);
      List<Integer> shape = parameter.shape();
      long fanIn = shape.stream().skip(1).reduce(1, (a, b) -> a * b);
      float[] values = new float[parameter.count()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) formula(theirs, shape.size(), fanIn, number, i, shift);
      }
      tensors.put(parameter.name(), new Weights.Tensor(shape, values));
    }
    return new Weights(tensors);
  }

  /**
   * The reference registers some modules twice, by name and again in a list called net, in the same
   * order; a tensor keeps the value that it was given last.
   */
  private static int lastNumber(List<String> names, String name) {
    int number = names.indexOf(name);
    if (number < 0) {
      throw new AssertionError("The reference has no tensor named " + name + ", only " + names);
    }
    String hemisphere = name.substring(0, name.indexOf('.') + 1);
    List<String> first =
        names.stream()
            .filter(n -> n.startsWith(hemisphere) && !n.startsWith(hemisphere + "net."))
            .toList();
    List<String> again = names.stream().filter(n -> n.startsWith(hemisphere + "net.")).toList();
    return again.isEmpty() ? number : names.indexOf(again.get(first.indexOf(name)));
  }

  private static double formula(String name, int rank, long fanIn, int t, int i, double shift) {
    if (rank > 1) {
      double z = 43758.5453123 * Math.sin(12.9898 * i + 78.233 * t + shift);
      return Math.sqrt(6.0 / fanIn) * (2 * (z - Math.floor(z)) - 1);
    }
    if (name.endsWith("running_mean")) {
      return 0.01 * Math.sin(i + t);
    }
    if (name.endsWith("running_var")) {
      return 1 + 0.05 * Math.cos(i + t);
    }
    return name.endsWith("bias")
        ? 0.05 * Math.cos(i + t + shift)
        : 1 + 0.1 * Math.sin(i + t + shift);
  }
}
