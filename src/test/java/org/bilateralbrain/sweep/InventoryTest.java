package org.bilateralbrain.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.faults.CountingFileSystem;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.Program;
import org.bilateralbrain.sweep.Inventory.Action;
import org.bilateralbrain.train.JobRunner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InventoryTest {

  private static final int SEEDS = 20;
  private static final int NETWORK_BYTES = 100_000;

  @TempDir Path temp;

  @Test
  void takingStockCostsFourRequestsPerArtifactAndReadsOnlyItsManifest() throws IOException {
    for (Job job : setup(new Configuration()).plan().jobs()) {
      commit(job);
    }
    Configuration counting = new Configuration();
    counting.set("fs.file.impl", CountingFileSystem.class.getName());
    counting.setBoolean("fs.file.impl.disable.cache", true);
    SweepSetup setup = setup(counting);
    long requests = CountingFileSystem.REQUESTS.get();
    long bytes = CountingFileSystem.BYTES_READ.get();

    Inventory inventory = setup.inventory();

    assertThat(inventory.jobs(setup.plan(), Action.REUSE)).hasSize(SEEDS);
    assertThat(CountingFileSystem.REQUESTS.get() - requests).isLessThanOrEqualTo(4 * SEEDS);
    assertThat(CountingFileSystem.BYTES_READ.get() - bytes).isLessThan(SEEDS * 1000L);
  }

  @Test
  void theReasonNamesAnotherVersionOfTheProgram() throws IOException {
    SweepSetup setup = setup(new Configuration());
    Job job = setup.plan().jobs().get(0);
    Path manifest = commit(job);
    assertThat(setup.inventory().reason(job)).isEqualTo("in the store");

    String older =
        Files.readString(manifest)
            .replace(Program.running().toString(), "bilateral 0.0, commit abc");
    Files.writeString(manifest, older);

    assertThat(setup.inventory().reason(job))
        .isEqualTo("in the store, made by bilateral 0.0, commit abc");
  }

  private SweepSetup setup(Configuration hadoop) throws IOException {
    Path file =
        Files.writeString(
            temp.resolve("many.conf"),
            """
            bilateral {
              name = many
              data.synthetic { train-images = 20, test-images = 10, coarse-classes = 2, fine-per-coarse = 1 }
              grid { seeds = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19], models = [unilateral-fine] }
            }
            """);
    return SweepSetup.of(
        SweepConfig.load(file.toFile(), List.of("bilateral.store=" + temp.resolve("store"))),
        hadoop);
  }

  /** Returns the manifest. */
  private Path commit(Job job) throws IOException {
    SweepSetup setup = setup(new Configuration());
    try (ArtifactWriter artifact = setup.store().write(JobRunner.key(job))) {
      artifact.write("weights.safetensors", out -> out.write(new byte[NETWORK_BYTES]));
      artifact.commit();
    }
    return Path.of(
        setup.store().find(JobRunner.key(job)).orElseThrow().location("manifest.json").toUri());
  }
}
