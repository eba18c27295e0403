package org.bilateralbrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.bilateralbrain.data.DataException;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.Engines;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Initialisation;
import org.bilateralbrain.nn.Layer.Plasticity;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.Parameter;
import org.bilateralbrain.nn.Prediction;
import org.bilateralbrain.nn.Shape;
import org.bilateralbrain.nn.Sparsity;
import org.bilateralbrain.nn.TestNetworks;
import org.bilateralbrain.nn.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What ONNX Runtime computes with exported networks. */
class OnnxExportTest {

  private static final int BATCH = 3;

  @ParameterizedTest
  @EnumSource(
      value = Backbone.class,
      names = {"RESNET9", "SPARSE_RESNET9", "RESNET18", "RESNET50", "VGG11"})
  void onnxRuntimeComputesTheLogitsOfEachBackbone(Backbone backbone) throws Exception {
    assertTheSameLogits(
        Architecture.unilateral(
            TestNetworks.IMAGE, new HemisphereShape(backbone, 2), TestNetworks.CLASSES));
  }

  @Test
  void onnxRuntimeComputesTheLogitsOfBilateralNetworksWithASparseSide() throws Exception {
    HemisphereShape sparse =
        new HemisphereShape(
            Backbone.SPARSE_RESNET9, 2, new Sparsity(0.3, 0.5, Sparsity.Testing.SAMPLE));

    assertTheSameLogits(
        Architecture.bilateral(
            TestNetworks.IMAGE,
            sparse,
            Plasticity.FROZEN,
            new HemisphereShape(Backbone.RESNET18, 2),
            Plasticity.FROZEN,
            TestNetworks.CLASSES));
  }

  @Test
  void imagesMayHaveAnotherSizeAndOneChannel() throws Exception {
    assertTheSameLogits(
        Architecture.unilateral(
            new Shape(64, 64, 1), new HemisphereShape(Backbone.RESNET9, 2), TestNetworks.CLASSES));
  }

  @Test
  void aPredictionThatDependsOnTheOtherImagesOfItsBatchIsRefused() {
    HemisphereShape shape =
        new HemisphereShape(
            Backbone.SPARSE_RESNET9, 2, new Sparsity(0.3, 0.5, Sparsity.Testing.BATCH));
    Architecture network = Architecture.unilateral(TestNetworks.IMAGE, shape, TestNetworks.CLASSES);

    assertThatThrownBy(() -> onnx(network, Initialisation.draw(network, 1)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("sparsity.testing = batch");
  }

  private static void assertTheSameLogits(Architecture architecture) throws Exception {
    Weights weights = trained(architecture);
    Shape image = architecture.input();
    float[] pixels = new float[BATCH * (int) image.values()];
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextDouble(-2, 2);
    }
    Map<Head, float[][]> expected = logits(architecture, weights, pixels);
    Map<String, float[][]> actual = run(onnx(architecture, weights), image, pixels);

    assertThat(actual).hasSameSizeAs(expected);
    expected.forEach(
        (head, logits) -> {
          for (int i = 0; i < BATCH; i++) {
            assertThat(actual.get(head.label())[i]).containsExactly(logits[i], within(1e-4f));
          }
        });
  }

  /** Random statistics, too: those of a new network don't change anything. */
  private static Weights trained(Architecture architecture) {
    SplittableRandom random = new SplittableRandom(4);
    Map<String, Weights.Tensor> tensors =
        new LinkedHashMap<>(Initialisation.draw(architecture, 3).tensors());
    for (Parameter parameter : architecture.parameters()) {
      if (parameter.kind() == Parameter.Kind.RUNNING_MEAN
          || parameter.kind() == Parameter.Kind.RUNNING_VARIANCE) {
        float[] values = new float[parameter.count()];
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) random.nextDouble(0.2, 1);
        }
        tensors.put(parameter.name(), new Weights.Tensor(parameter.shape(), values));
      }
    }
    return new Weights(tensors);
  }

  private static Map<Head, float[][]> logits(
      Architecture architecture, Weights weights, float[] pixels) {
    try (Network network =
        Engines.named("dl4j").create(architecture, Hyperparameters.NONE, weights)) {
      Prediction prediction =
          network.predict(new Examples.OfValues(pixels, new int[BATCH], new int[BATCH]));
      Map<Head, float[][]> logits = new LinkedHashMap<>();
      architecture.heads().forEach(head -> logits.put(head, prediction.logits(head)));
      return logits;
    }
  }

  private static byte[] onnx(Architecture architecture, Weights weights) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OnnxExport.write(architecture, weights, Map.of("made_by", "a test"), out);
    return out.toByteArray();
  }

  private static Map<String, float[][]> run(byte[] model, Shape image, float[] channelsLast)
      throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    long[] shape = {BATCH, image.channels(), image.height(), image.width()};
    Map<String, float[][]> logits = new LinkedHashMap<>();
    try (OrtSession session = environment.createSession(model);
        OnnxTensor images =
            OnnxTensor.createTensor(
                environment, FloatBuffer.wrap(channelsFirst(image, channelsLast)), shape);
        OrtSession.Result outputs = session.run(Map.of("images", images))) {
      assertThat(session.getMetadata().getCustomMetadata()).containsEntry("made_by", "a test");
      for (Map.Entry<String, ?> output : outputs) {
        logits.put(
            output.getKey(), (float[][]) outputs.get(output.getKey()).orElseThrow().getValue());
      }
    }
    return logits;
  }

  private static float[] channelsFirst(Shape image, float[] channelsLast) {
    float[] values = new float[channelsLast.length];
    int pixels = image.height() * image.width();
    for (int i = 0; i < values.length; i++) {
      int channel = i % image.channels();
      int pixel = i / image.channels() % pixels;
      int number = i / image.channels() / pixels;
      values[(number * image.channels() + channel) * pixels + pixel] = channelsLast[i];
    }
    return values;
  }
}
