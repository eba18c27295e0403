package org.bilateralbrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.CheckpointEvery;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.grid.BilateralJob;
import org.bilateralbrain.grid.FeaturesJob;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.Engines;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Initialisation;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.TestNetworks;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.sweep.SweepSetup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The features of vgg11_features are 49 copies of each channel's, of which one is stored. */
class CopiedFeaturesTest {

  private static final HemisphereShape SHAPE = new HemisphereShape(Backbone.VGG11_FEATURES, 2);

  @TempDir Path temp;

  @ParameterizedTest
  @ValueSource(strings = {"dl4j", "torch"})
  void copiesAreAdjacentSoThatOneOfEachRestoresTheVector(String engine) {
    Architecture network = TestNetworks.unilateral(Backbone.VGG11_FEATURES, 2);
    float[] features;
    try (Network running =
        Engines.named(engine)
            .create(network, Hyperparameters.NONE, Initialisation.draw(network, 1))) {
      features = running.predict(TestNetworks.noise(1, 2)).features()[0];
    }

    float[] distinct = SHAPE.distinct(features);
    assertThat(features).hasSize(784);
    assertThat(distinct).hasSize(16);
    float[] restored = new float[784 + 1];
    SHAPE.restore(FloatBuffer.wrap(distinct), restored, 1);
    assertThat(Arrays.copyOfRange(restored, 1, 785)).isEqualTo(features);
  }

  /** Head training itself compares the joined network's logits with those on stored features. */
  @Test
  void headsAreTrainedOnFeaturesThatAreStoredOnce() throws IOException {
    SweepSetup setup = setup("8");
    run(setup);

    Job features = only(setup, FeaturesJob.class);
    Artifact stored = setup.store().find(JobRunner.key(features)).orElseThrow();
    assertThat(stored.map("train-view-0.npy").capacity())
        .as("a header, and 16 values for each of 90 images")
        .isEqualTo(128 + 90 * 16 * Float.BYTES);
    BilateralJob heads = (BilateralJob) only(setup, BilateralJob.class);
    assertThat(heads.headsAlone().features()).isEqualTo(2 * 784);
  }

  @Test
  void copiesTakeMemoryInHeadTrainingButNotInStoredFeatures() throws IOException {
    double copied = memory("vgg11_features");
    double once = memory("resnet9");
    double weights = 8.0 * Float.BYTES * (2 * 25_088 - 2 * 512) * 120;
    double batches = 2.0 * Float.BYTES * 256 * 3 * (2 * 25_088 - 2 * 512);

    assertThat(copied - once).isCloseTo(weights + batches, within(1.0));
    assertThat(copied).as("48 more copies of two times 740 MB").isLessThan(3e9);
  }

  private double memory(String backbone) throws IOException {
    String config =
        "bilateral { name = memory, grid { seeds = [0], models = [bilateral-specialised], backbones = [%s] } }";
    Path file = Files.writeString(temp.resolve("memory.conf"), config.formatted(backbone));
    SweepSetup setup =
        SweepSetup.of(SweepConfig.load(file.toFile(), List.of()), new Configuration());
    return NativeMemory.of(only(setup, BilateralJob.class));
  }

  @Test
  void headsAreTrainedOnFreshFeaturesToo() throws IOException {
    SweepSetup setup = setup("fresh");
    run(setup);

    Job heads = only(setup, BilateralJob.class);
    assertThat(setup.store().find(JobRunner.key(heads))).isPresent();
  }

  private static Job only(SweepSetup setup, Class<? extends Job> kind) {
    return setup.plan().jobs().stream().filter(kind::isInstance).findFirst().orElseThrow();
  }

  private static void run(SweepSetup setup) throws IOException {
    Configuration hadoop = new Configuration();
    JobRunner runner =
        new JobRunner(
            Engines.named("dl4j"),
            setup.store(),
            DataSource.Cache.load(setup.source(), hadoop),
            hadoop,
            new CheckpointEvery.Never());
    for (Job job : setup.plan().jobs()) {
      runner.run(job, progress -> {});
    }
  }

  private SweepSetup setup(String views) throws IOException {
    String config =
        """
        bilateral {
          name = copies
          data.synthetic { train-images = 100, test-images = 100 }
          grid { seeds = [0], models = [bilateral-specialised], backbones = [vgg11_features] }
          hemisphere { width = 2, epochs = 1, batch-size = 50, learning-rate = 3e-3 }
          heads { epochs = 2, batch-size = 50, learning-rate = 3e-3 }
        }
        """;
    Path file = Files.writeString(temp.resolve("copies.conf"), config);
    return SweepSetup.of(
        SweepConfig.load(
            file.toFile(),
            List.of(
                "bilateral.store=" + temp.resolve("store"),
                "bilateral.heads.feature-views=" + views)),
        new Configuration());
  }
}
