package org.bilateralbrain.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bilateralbrain.data.Batch;
import org.bilateralbrain.data.Batches;
import org.bilateralbrain.data.ChannelStatistics;
import org.bilateralbrain.data.Images;
import org.bilateralbrain.data.Normalisation;
import org.bilateralbrain.data.Subset;
import org.bilateralbrain.data.SyntheticDataSet;
import org.bilateralbrain.nn.Layer.Plasticity;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Equal networks on equal batches give equal results on all engines, except for rounding. */
class EnginesAgreeTest {

  private static final Shape IMAGE = new Shape(32, 32, 3);
  private static final Map<Head, Integer> CLASSES =
      new EnumMap<>(Map.of(Head.FINE, 20, Head.COARSE, 4));
  private static final int BATCH = 32;
  private static final int STEPS = 20;
  private static final Hyperparameters HYPERPARAMETERS = new Hyperparameters(1e-4, 1e-3, 0.6);

  private static final Images IMAGES =
      SyntheticDataSet.generate(new SyntheticDataSet.Settings(0, STEPS * BATCH, 20, 4, 5)).train();

  private final Engine dl4j = Engines.named("dl4j");
  private final Engine torch = Engines.named("torch");

  @BeforeEach
  void oneThread() {
    dl4j.bind(Optional.empty(), 1);
    torch.bind(Optional.empty(), 1);
  }

  @ParameterizedTest
  @EnumSource(Backbone.class)
  void theLossesOfTheFirstStepsAgree(Backbone backbone) {
    HemisphereShape shape = new HemisphereShape(backbone, 8);

    assertLossesAgree(Architecture.unilateral(IMAGE, shape, CLASSES));
  }

  @Test
  void theLossesOfASparseHemisphereAgree() {
    HemisphereShape shape =
        new HemisphereShape(
            Backbone.SPARSE_RESNET9, 8, new Sparsity(0.25, 0.5, Sparsity.Testing.SAMPLE));

    assertLossesAgree(Architecture.unilateral(IMAGE, shape, CLASSES));
  }

  @Test
  void theLossesOfAFrozenAndAPlasticHemisphereAgree() {
    HemisphereShape frozen = new HemisphereShape(Backbone.RESNET9, 8);
    HemisphereShape plastic = new HemisphereShape(Backbone.VGG11_FEATURES, 8);

    assertLossesAgree(
        Architecture.bilateral(
            IMAGE, frozen, Plasticity.FROZEN, plastic, Plasticity.TRAINED, CLASSES));
  }

  @Test
  void theLossesOfHeadsOnFeaturesAgree() {
    Architecture architecture = Architecture.heads(Images.BYTES_PER_IMAGE, CLASSES);
    List<Examples> features =
        batches().stream()
            .<Examples>map(
                batch -> new Examples.OfValues(batch.pixels(), batch.fine(), batch.coarse()))
            .toList();

    assertClose(losses(torch, architecture, features), losses(dl4j, architecture, features));
  }

  private void assertLossesAgree(Architecture architecture) {
    List<Examples> images = batches().stream().<Examples>map(Examples.OfImages::new).toList();
    assertClose(losses(torch, architecture, images), losses(dl4j, architecture, images));
  }

  private static void assertClose(double[] actual, double[] expected) {
    for (int step = 0; step < STEPS; step++) {
      assertThat(actual[step])
          .as("loss of step %s", step + 1)
          .isCloseTo(expected[step], within(1e-3 * expected[step]));
    }
  }

  private static double[] losses(Engine engine, Architecture architecture, List<Examples> batches) {
    double[] losses = new double[STEPS];
    try (Network network =
        engine.create(architecture, HYPERPARAMETERS, Initialisation.draw(architecture, 1))) {
      for (int step = 0; step < STEPS; step++) {
        network.startEpoch(step);
        network.step(batches.get(step));
        losses[step] = network.meanLoss();
      }
    }
    return losses;
  }

  /** Augmented. */
  private static List<Batch> batches() {
    Batches batches =
        new Batches(Subset.all(IMAGES), new Normalisation(ChannelStatistics.of(IMAGES)), BATCH);
    return java.util.stream.StreamSupport.stream(batches.epoch(0, 0).spliterator(), false).toList();
  }
}
