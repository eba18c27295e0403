package org.bilateralbrain.nn;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.assertj.core.data.Percentage;
import org.bilateralbrain.data.Batch;
import org.bilateralbrain.data.Batches;
import org.bilateralbrain.data.ChannelStatistics;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.data.Normalisation;
import org.bilateralbrain.data.Subset;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Our networks against the reference's own modules: the same weights (given by a formula) and the same images must
 * give the same outputs, gradients' effect, running statistics and losses.
 */
@EnabledIfEnvironmentVariable(named = "BILATERAL_GOLDEN", matches = ".+", disabledReason = "no golden vectors given")
@EnabledIfEnvironmentVariable(named = "BILATERAL_CIFAR100", matches = ".+", disabledReason = "no archive of CIFAR-100 given")
class GoldenVectorsTest {

  private static final ChannelStatistics PAPER =
      new ChannelStatistics(List.of(0.5071, 0.4867, 0.4408), List.of(0.2675, 0.2565, 0.2761));
  private static final Map<Head, Integer> CLASSES = Map.of(Head.FINE, 100, Head.COARSE, 20);

  private final ObjectMapper json = new ObjectMapper();

  @ParameterizedTest
  @ValueSource(strings = {"resnet9-fine", "resnet9-both"})
  void resnet9IsTheReferences(String name) throws IOException {
    JsonNode inputs = read("inputs");
    JsonNode golden = read(name);
    List<Head> heads =
        golden.get("heads").asText().equals("both") ? List.of(Head.FINE, Head.COARSE) : List.of(Head.FINE);
    Map<Head, Integer> classes = new EnumMap<>(Head.class);
    heads.forEach(head -> classes.put(head, CLASSES.get(head)));
    Batch records = records(inputs);
    INDArray images = Nd4j.createFromArray(records.pixels()).reshape('c', records.count(), 32, 32, 3);
    Optimisation optimisation =
        new Optimisation(golden.at("/adam/lr").asDouble(), golden.at("/adam/weight_decay").asDouble(), 0);
    ComputationGraph network =
        Networks.unilateral(
            new Networks.ImageShape(32, 32, 3), new HemisphereShape(Backbone.RESNET9, 64), classes, optimisation, 0);
    fillByFormula(network, golden.get("state_dict"), inputs.get("salt").asDouble());

    assertThat(Networks.parameters(network)).isEqualTo(golden.get("parameters").asLong());
    assertFeaturesAndProbabilities(network, heads, images, golden);
    INDArray[] labels = heads.stream().map(head -> oneHot(records, head)).toArray(INDArray[]::new);
    for (int step = 0; step < golden.get("losses").size(); step++) {
      double l2 = network.calcRegularizationScore(true);
      network.fit(new INDArray[] {images}, labels);
      assertThat(network.score() - l2)
          .isCloseTo(golden.get("losses").get(step).asDouble(), Percentage.withPercentage(0.1));
      if (step == 0) {
        assertEachClose(network, golden.get("state_dict"), golden.get("running_after_1"), 1e-4);
      }
    }
    assertEachClose(network, golden.get("state_dict"), golden.get("params_after"), 1e-3);
  }

  private static void assertFeaturesAndProbabilities(
      ComputationGraph network, List<Head> heads, INDArray images, JsonNode golden) {
    Map<String, INDArray> activations = network.feedForward(images, false);
    assertSameValues(activations.get(Networks.FEATURES), golden.at("/eval_features/values"), 1e-4);
    for (int i = 0; i < heads.size(); i++) {
      JsonNode logits = golden.get("eval_logits").get(i);
      INDArray expected =
          Nd4j.createFromArray(doubles(logits.get("values")))
              .reshape('c', logits.at("/shape/0").asLong(), logits.at("/shape/1").asLong());
      INDArray softmax = org.nd4j.linalg.ops.transforms.Transforms.softmax(expected.castTo(DataType.FLOAT), true);
      INDArray actual = activations.get(heads.get(i).label());
      assertThat(actual.sub(softmax).amaxNumber().doubleValue()).isLessThan(1e-4);
    }
  }

  private static void assertSameValues(INDArray actual, JsonNode values, double tolerance) {
    INDArray expected = Nd4j.createFromArray(doubles(values)).castTo(DataType.FLOAT).reshape('c', actual.shape());
    double largest = expected.amaxNumber().doubleValue();
    assertThat(actual.sub(expected).amaxNumber().doubleValue()).isLessThan(tolerance * largest);
  }

  /** The files hold a norm and the first six values of each tensor. */
  private static void assertEachClose(
      ComputationGraph network, JsonNode stateDict, JsonNode expected, double tolerance) {
    forEachTensor(
        network,
        stateDict,
        (index, tensor) -> {
          JsonNode golden = expected.get(stateDict.get(index).get(0).asText());
          if (golden != null) {
            double l2 = golden.get("l2").asDouble();
            assertThat(tensor.torch().norm2Number().doubleValue())
                .as(stateDict.get(index).get(0).asText())
                .isCloseTo(l2, Percentage.withPercentage(100 * tolerance));
            double scale = l2 / Math.sqrt(tensor.torch().length());
            for (int i = 0; i < golden.get("first").size(); i++) {
              assertThat(Math.abs(tensor.torch().getDouble(i) - golden.get("first").get(i).asDouble()))
                  .as(stateDict.get(index).get(0).asText() + " " + i)
                  .isLessThan(tolerance * Math.max(scale, 0.1));
            }
          }
        });
  }

  /** A parameter of ours seen as the flat tensor that PyTorch has. */
  private record Tensor(INDArray ours, long[] shape, int[] toTorch) {
    INDArray torch() {
      return ours.permute(toTorch).dup('c').reshape(ours.length());
    }

    void assign(double[] values) {
      int[] back = new int[toTorch.length];
      for (int i = 0; i < back.length; i++) {
        back[toTorch[i]] = i;
      }
      ours.assign(Nd4j.createFromArray(values).castTo(DataType.FLOAT).reshape('c', shape).permute(back));
    }
  }

  private static void forEachTensor(
      ComputationGraph network, JsonNode stateDict, BiConsumer<Integer, Tensor> action) {
    List<INDArray> ours = new ArrayList<>();
    for (Layer layer : network.getLayers()) {
      if (layer.conf().getLayer() instanceof OutputLayer) {
        ours.add(layer.getParam("W"));
        ours.add(layer.getParam("b"));
      } else {
        ours.addAll(layer.paramTable().values());
      }
    }
    List<Integer> entries = entries(stateDict);
    assertThat(ours.size()).isEqualTo(entries.size());
    for (int i = 0; i < ours.size(); i++) {
      long[] shape = longs(stateDict.get(entries.get(i)).get(1));
      INDArray parameter = ours.get(i);
      if (shape.length == 1) {
        parameter = parameter.reshape(parameter.length());
      }
      int[] toTorch = shape.length == 4 ? new int[] {3, 2, 0, 1} : shape.length == 2 ? new int[] {1, 0} : new int[] {0};
      action.accept(entries.get(i), new Tensor(parameter, shape, toTorch));
    }
  }

  /** The reference registers its modules twice, by name and again as a list called net; these are the first ones. */
  private static List<Integer> entries(JsonNode stateDict) {
    List<Integer> entries = new ArrayList<>();
    for (int i = 0; i < stateDict.size(); i++) {
      if (!stateDict.get(i).get(0).asText().contains(".net.")) {
        entries.add(i);
      }
    }
    return entries;
  }

  /** Where a tensor stands for the last time: that is the value it was left with. */
  private static int lastEntry(JsonNode stateDict, int entry) {
    int first = 0;
    while (first < stateDict.size() && !stateDict.get(first).get(0).asText().contains(".net.")) {
      first++;
    }
    return stateDict.get(entry).get(0).asText().startsWith("hemisphere.") ? entry + first : entry;
  }

  private static void fillByFormula(ComputationGraph network, JsonNode stateDict, double shift) {
    forEachTensor(
        network,
        stateDict,
        (entry, tensor) -> {
          int t = lastEntry(stateDict, entry);
          String name = stateDict.get(t).get(0).asText();
          long fanIn = 1;
          for (int d = 1; d < tensor.shape().length; d++) {
            fanIn *= tensor.shape()[d];
          }
          double[] values = new double[(int) tensor.ours().length()];
          for (int i = 0; i < values.length; i++) {
            values[i] = formula(name, tensor.shape().length, fanIn, t, i, shift);
          }
          tensor.assign(values);
        });
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
    return name.endsWith("bias") ? 0.05 * Math.cos(i + t + shift) : 1 + 0.1 * Math.sin(i + t + shift);
  }

  private static Batch records(JsonNode inputs) {
    String archive = new File(System.getenv("BILATERAL_CIFAR100")).toURI().toString();
    DataSet cifar =
        DataSource.Cache.load(new DataSource.Location(archive), new org.apache.hadoop.conf.Configuration());
    int from = inputs.at("/records/0").asInt();
    int to = inputs.at("/records/1").asInt();
    int[] positions = java.util.stream.IntStream.range(from, to).toArray();
    return new Batches(new Subset(cifar.test(), positions), new Normalisation(PAPER), positions.length)
        .plain()
        .iterator()
        .next();
  }

  private static INDArray oneHot(Batch records, Head head) {
    int[] labels = head == Head.FINE ? records.fine() : records.coarse();
    INDArray rows = Nd4j.zeros(DataType.FLOAT, labels.length, CLASSES.get(head));
    for (int i = 0; i < labels.length; i++) {
      rows.putScalar(i, labels[i], 1);
    }
    return rows;
  }

  private JsonNode read(String name) throws IOException {
    return json.readTree(new File(System.getenv("BILATERAL_GOLDEN"), name + ".json"));
  }

  private static double[] doubles(JsonNode array) {
    double[] values = new double[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asDouble();
    }
    return values;
  }

  private static long[] longs(JsonNode array) {
    long[] values = new long[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asLong();
    }
    return values;
  }
}
