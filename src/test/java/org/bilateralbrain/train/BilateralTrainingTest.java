package org.bilateralbrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.CheckpointEvery;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.grid.BilateralJob;
import org.bilateralbrain.grid.FeaturesJob;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Engines;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.sweep.SweepSetup;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training heads on stored features and joining them to their hemispheres. */
class BilateralTrainingTest {

  @TempDir Path temp;
  private SweepSetup setup;
  private JobRunner runner;
  private BilateralJob bilateral;

  @BeforeEach
  void trainHemispheres() throws IOException {
    Path file =
        Files.writeString(
            temp.resolve("heads.conf"),
            """
            bilateral {
              name = heads
              data.synthetic { train-images = 200, test-images = 100 }
              grid { seeds = [0], models = [bilateral-specialised] }
              hemisphere { width = 2, epochs = 1, batch-size = 50, learning-rate = 3e-3 }
              heads { feature-views = 1, epochs = 1, batch-size = 50, learning-rate = 3e-3 }
            }
            """);
    Configuration hadoop = new Configuration();
    setup =
        SweepSetup.of(
            SweepConfig.load(file.toFile(), List.of("bilateral.store=" + temp.resolve("store"))),
            hadoop);
    runner =
        new JobRunner(
            Engines.named("dl4j"),
            setup.store(),
            DataSource.Cache.load(setup.source(), hadoop),
            hadoop,
            new CheckpointEvery.Never());
    bilateral = (BilateralJob) setup.plan().points().get(0).job();
    for (Job job : setup.plan().jobs()) {
      if (!job.equals(bilateral)) {
        runner.run(job, progress -> {});
      }
    }
  }

  @Test
  void theArtifactRecordsTheWeightsItWasComputedFrom() throws IOException {
    runner.run(bilateral, progress -> {});

    Artifact artifact = artifact(bilateral);
    assertThat(artifact.parents())
        .containsOnlyKeys(JobRunner.key(bilateral.left()), JobRunner.key(bilateral.right()))
        .containsEntry(
            JobRunner.key(bilateral.left()), artifact(bilateral.left()).weights().orElseThrow());
    assertThat(artifact(bilateral.leftFeatures()).parents())
        .containsOnlyKeys(JobRunner.key(bilateral.left()));
    assertThat(artifact.weights()).isPresent();
  }

  @Test
  void featuresOfAnotherNetworkAreNoticedBeforeAnythingIsCommitted() throws IOException {
    replace(bilateral.leftFeatures(), bilateral.rightFeatures());

    assertThatThrownBy(() -> runner.run(bilateral, progress -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the joined network's")
        .hasMessageContaining("differ by");
    assertThat(setup.store().verify(JobRunner.key(bilateral))).isEqualTo(new Lookup.Absent());
  }

  @Test
  void featuresComputedFromOtherWeightsAreNotUsed() throws IOException {
    Path manifest = Path.of(artifact(bilateral.leftFeatures()).location("manifest.json").toUri());
    String weights = artifact(bilateral.left()).weights().orElseThrow();
    Files.writeString(manifest, Files.readString(manifest).replace(weights, "0".repeat(64)));

    assertThatThrownBy(() -> runner.run(bilateral, progress -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(
            "was computed from other weights of " + JobRunner.key(bilateral.left()));
  }

  /** Replaces features by those of another job, with unchanged key and parents. */
  private void replace(FeaturesJob features, FeaturesJob others) throws IOException {
    Artifact before = artifact(features);
    Artifact other = artifact(others);
    try (ArtifactWriter artifact = setup.store().write(JobRunner.key(features))) {
      for (String file : other.files()) {
        byte[] content = other.read(file);
        artifact.write(file, out -> out.write(content));
      }
      artifact.computedFrom(before.parents());
      artifact.commit();
    }
    Files.delete(Path.of(before.location("manifest.json").toUri()));
  }

  private Artifact artifact(Job job) throws IOException {
    return setup.store().find(JobRunner.key(job)).orElseThrow();
  }
}
