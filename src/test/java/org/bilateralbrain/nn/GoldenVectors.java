package org.bilateralbrain.nn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bilateralbrain.data.Batch;
import org.bilateralbrain.data.Batches;
import org.bilateralbrain.data.ChannelStatistics;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.data.Images;
import org.bilateralbrain.data.Normalisation;
import org.bilateralbrain.data.Subset;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One file of vectors that the reference's modules computed, and the images and weights that they
 * were given.
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

  double salt() {
    return inputs.get("salt").asDouble();
  }

  /** Normalised images, perturbed as the file says. */
  Batch records() {
    String archive = new File(System.getenv("BILATERAL_CIFAR100")).toURI().toString();
    DataSet cifar =
        DataSource.Cache.load(
            new DataSource.Location(archive), new org.apache.hadoop.conf.Configuration());
    int[] positions =
        IntStream.range(inputs.at("/records/0").asInt(), inputs.at("/records/1").asInt()).toArray();
    Batch records =
        new Batches(new Subset(cifar.test(), positions), new Normalisation(PAPER), positions.length)
            .plain()
            .iterator()
            .next();
    perturb(records.pixels());
    return records;
  }

  /**
   * Takes care that no two values are equal: among equal ones PyTorch's k-winners choose in a way
   * of their own. The phase follows the reference's order (image, channel, row, column).
   */
  private void perturb(float[] pixels) {
    double amplitude = json.path("perturbation").asDouble();
    for (int i = 0; i < pixels.length; i++) {
      int channel = i % Images.CHANNELS;
      int pixel = i / Images.CHANNELS % Images.PIXELS;
      int image = i / Images.BYTES_PER_IMAGE;
      int index = (image * Images.CHANNELS + channel) * Images.PIXELS + pixel;
      pixels[i] = (float) (pixels[i] + amplitude * Math.sin(1.7 * index + 0.3));
    }
  }

  INDArray array(String pointer) {
    JsonNode array = json.at(pointer);
    float[] values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) array.get(i).asDouble();
    }
    return Nd4j.createFromArray(values);
  }

  double[] doubles(String key) {
    return IntStream.range(0, json.get(key).size())
        .mapToDouble(i -> json.get(key).get(i).asDouble())
        .toArray();
  }

  /** Gives every tensor the values of the formula in {@code inputs.json}. */
  void fill(List<TorchTensor> tensors, double shift) {
    List<String> names = new ArrayList<>();
    json.get("state_dict").forEach(entry -> names.add(entry.get(0).asText()));
    for (TorchTensor tensor : tensors) {
      int number = lastNumber(names, tensor.name());
      long[] shape = tensor.shape();
      long fanIn = Arrays.stream(shape).skip(1).reduce(1, (a, b) -> a * b);
      float[] values = new float[(int) tensor.ours().length()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) formula(tensor.name(), shape.length, fanIn, number, i, shift);
      }
      tensor.assign(Nd4j.createFromArray(values).castTo(DataType.FLOAT));
    }
  }

  /**
   * The reference registers some modules twice, by name and again in a list called net, in the same
   * order; a tensor keeps the value that it was given last.
   */
  private static int lastNumber(List<String> names, String name) {
    int number = names.indexOf(name);
    if (number < 0) {
      throw new AssertionError("The reference has no tensor named " + name + ", but " + names);
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
