package org.bilateralbrain.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.ExportFolder;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;
import org.bilateralbrain.store.SweepPlanFile.Job;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatheredRunsTest {

  private static final Job LEFT =
      new Job(
          "hemisphere",
          "00112233445566778899",
          "fine hemisphere, resnet9 width 16, seed 0",
          null,
          1.0);
  private static final Job HEADS =
      new Job(
          "bilateral",
          "aabbccddeeff00112233",
          "bilateral heads on fine resnet9 width 16 + coarse vgg11_features width 8 sparse, seeds -1 + 0",
          null,
          1.0);
  private static final String LEFT_RUN = "fine-hemisphere-resnet9-width-16-seed-0-00112233";
  private static final String HEADS_RUN =
      "bilateral-heads-on-fine-resnet9-width-16-coarse-vgg11_features-width-8-sparse-seeds--1-0-aabbccdd";

  @TempDir Path temp;
  private Store store;

  @BeforeEach
  void open() throws IOException {
    store = Store.open(temp.resolve("store").toString(), new Configuration());
  }

  @Test
  void eachRunGetsAFolderNamedAfterItsTitle() throws IOException {
    commit(LEFT, "events.out.tfevents.1.a", "history.csv");
    commit(HEADS, "history.csv", "events.out.tfevents.2.b", "weights.safetensors");

    GatheredRuns runs = gather(LEFT, HEADS);

    assertThat(runs.names()).containsExactly(LEFT_RUN, HEADS_RUN);
    assertThat(runs.missing()).isEmpty();
    assertThat(copies())
        .containsExactly(
            HEADS_RUN + "/events.out.tfevents.2.b", LEFT_RUN + "/events.out.tfevents.1.a");
    assertThat(temp.resolve("target").resolve(LEFT_RUN).resolve("events.out.tfevents.1.a"))
        .hasContent("events.out.tfevents.1.a of " + LEFT.id());
  }

  @Test
  void trainingsWithoutAnEventFileAreListedWithTheReason() throws IOException {
    Job features = new Job("features", "f0", "features of a hemisphere", null, 1.0);
    Job ensemble = new Job("ensemble", "e0", "ensemble of 2", null, 1.0);
    Job given = new Job("hemisphere", "a0", "fine hemisphere, pretrained, seed 0", null, 1.0);
    Job damaged = new Job("hemisphere", "d0", "damaged hemisphere", null, 1.0);
    commit(features, "train-view-1.npy");
    commit(given, "weights.safetensors", "metrics.json");
    Path events = commit(damaged, "events.out.tfevents.3.d");
    Files.writeString(events, "something else");

    GatheredRuns runs = gather(features, ensemble, given, damaged, HEADS);

    assertThat(runs.names()).isEmpty();
    assertThat(runs.missing()).hasSize(2);
    assertThat(runs.missing().get(0))
        .startsWith("damaged hemisphere: damaged: events.out.tfevents.3.d has 14 bytes");
    assertThat(runs.missing().get(1)).isEqualTo(HEADS.title() + ": not done yet");
    assertThat(copies()).isEmpty();
  }

  @Test
  void aRepeatedTrainingReplacesItsEventFileAndNothingElse() throws IOException {
    commit(LEFT, "events.out.tfevents.1.a");
    gather(LEFT);
    Path folder = temp.resolve("target").resolve(LEFT_RUN);
    Files.writeString(folder.resolve("notes.txt"), "the user's own");
    Files.move(
        folder.resolve("events.out.tfevents.1.a"), folder.resolve("events.out.tfevents.0.a"));

    gather(LEFT);

    assertThat(copies())
        .containsExactly(LEFT_RUN + "/events.out.tfevents.1.a", LEFT_RUN + "/notes.txt");
  }

  private GatheredRuns gather(Job... jobs) throws IOException {
    SweepPlanFile plan = SweepPlanFile.of(null, List.of(), List.of(jobs));
    return GatheredRuns.gather(
        plan, store, ExportFolder.at(temp.resolve("target").toString(), new Configuration()));
  }

  /** Commits an artifact whose files contain their own names; returns the first. */
  private Path commit(Job job, String... files) throws IOException {
    try (ArtifactWriter artifact = store.write(job.artifact())) {
      for (String file : files) {
        artifact.write(
            file, out -> out.write((file + " of " + job.id()).getBytes(StandardCharsets.UTF_8)));
      }
      artifact.commit();
    }
    try (Stream<Path> written =
        Files.walk(temp.resolve("store/artifacts").resolve(job.kind()).resolve(job.id()))) {
      return written.filter(path -> path.endsWith(files[0])).findFirst().orElseThrow();
    }
  }

  private List<String> copies() throws IOException {
    Path target = temp.resolve("target");
    if (!Files.exists(target)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(target)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> target.relativize(file).toString())
          .sorted()
          .toList();
    }
  }
}
