package org.bilateralbrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.CheckpointEvery;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.grid.EnsembleJob;
import org.bilateralbrain.grid.FeaturesJob;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Engines;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.sweep.SweepSetup;
import org.bilateralbrain.tensorboard.EventFileReader;
import org.bilateralbrain.tensorboard.EventFileReader.Event;
import org.bilateralbrain.tensorboard.EventWriter;
import org.bilateralbrain.train.Training.ProgressListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The event files of real trainings. */
class TrainingEventsTest {

  private static final ProgressListener NO_LISTENER = progress -> {};

  @TempDir Path temp;

  @Test
  void everyTrainingWritesEventsThatAgreeWithItsOtherFiles() throws IOException {
    SweepSetup setup =
        setup(
            "bilateral.grid.seeds=[0, 1]",
            "bilateral.grid.models=[bilateral-specialised, bilateral-unspecialised, unilateral-both, ensemble]");
    List<Job> trained = new ArrayList<>();
    for (Job job : setup.plan().jobs()) {
      runner(setup).run(job, NO_LISTENER);
      Artifact artifact = artifact(setup, job);
      if (job instanceof FeaturesJob || job instanceof EnsembleJob) {
        assertThat(artifact.files()).as(job.title()).noneMatch(file -> file.contains("tfevents"));
      } else {
        checkEvents(job, artifact);
        trained.add(job);
      }
    }
    assertThat(trained)
        .as(
            "per seed: two hemispheres, heads on them, a bilateral network trained as a whole, a hemisphere with both heads")
        .hasSize(10);
  }

  @Test
  void aResumedTrainingHasOneFileWithAllEpochsAndTimesOfTrainingAlone() throws IOException {
    SweepSetup setup = setup();
    Job job = setup.plan().jobs().get(0);
    ProgressListener dyingInTheThirdEpoch =
        progress -> {
          if (progress.get().round() == 3) {
            throw new IllegalStateException("killed");
          }
        };
    assertThatThrownBy(() -> runner(setup).run(job, dyingInTheThirdEpoch)).hasMessage("killed");
    assertThat(runner(setup).run(job, NO_LISTENER)).endsWith("resumed after epoch 2");

    checkEvents(job, artifact(setup, job));
  }

  @Test
  void aDamagedEventFileIsADamagedArtifact() throws IOException {
    SweepSetup setup = setup();
    Job job = setup.plan().jobs().get(0);
    runner(setup).run(job, NO_LISTENER);
    assertThat(setup.store().verify(JobRunner.key(job))).isInstanceOf(Lookup.Present.class);
    try (var files = Files.walk(temp.resolve("store"))) {
      Path events =
          files.filter(file -> file.toString().contains("tfevents")).findFirst().orElseThrow();
      byte[] content = Files.readAllBytes(events);
      content[content.length / 2] ^= 1;
      Files.write(events, content);
    }

    assertThat(setup.store().verify(JobRunner.key(job))).isInstanceOf(Lookup.Damaged.class);
  }

  @Test
  void withoutAValidationPartThereAreNoValidationCurves() throws IOException {
    SweepSetup setup = setup("bilateral.data.validation-fraction=0");
    Job job = setup.plan().jobs().get(0);
    runner(setup).run(job, NO_LISTENER);
    List<Event> events = events(artifact(setup, job));

    checkEvents(job, artifact(setup, job));
    String[] ofTraining = {
      "train/loss", "train/images_per_second", "train/learning_rate", "train/fine"
    };
    assertThat(events.get(2).scalars()).containsOnlyKeys(ofTraining);
    assertThat(events.get(events.size() - 1).scalars())
        .containsKeys(ofTraining)
        .containsKey("test/fine")
        .hasSize(ofTraining.length + 1);
  }

  private static void checkEvents(Job job, Artifact artifact) throws IOException {
    List<Event> events = events(artifact);
    List<Map<String, String>> history = history(artifact);
    Metrics metrics = artifact.metrics();

    assertThat(events.get(0).version()).isEqualTo("brain.Event:2");
    assertThat(events.get(1).texts())
        .isEqualTo(
            Map.of(
                "hyper-parameters",
                EventWriter.table("setting", "value", job.specification().values())));
    assertThat(events).hasSize(2 + history.size());
    for (int i = 0; i < history.size(); i++) {
      Event event = events.get(2 + i);
      Map<String, String> row = history.get(i);
      assertThat(event.step()).isEqualTo(Long.parseLong(row.get("epoch")));
      assertScalars(event, row, event.step() == metrics.bestEpoch() ? metrics.heads() : Map.of());
      assertThat(event.wallTime() - events.get(1 + i).wallTime())
          .isCloseTo(Double.parseDouble(row.get("train_seconds")), within(0.001));
    }
    assertThat(events.get(events.size() - 1).wallTime())
        .isCloseTo((double) Instant.now().getEpochSecond(), within(60.0));
  }

  private static void assertScalars(
      Event event, Map<String, String> row, Map<String, Metrics.Accuracy> tested) {
    Map<String, Float> expected = new LinkedHashMap<>();
    expected.put("train/loss", Float.valueOf(row.get("train_loss")));
    expected.put("train/learning_rate", Float.valueOf(row.get("learning_rate")));
    expected.put("train/images_per_second", event.scalars().get("train/images_per_second"));
    row.forEach(
        (column, value) -> {
          if (column.startsWith("validation_") && !value.isEmpty()) {
            expected.put(column.replaceFirst("_", "/"), Float.valueOf(value));
          } else if (column.startsWith("train_accuracy_")) {
            expected.put(column.replace("_accuracy_", "/"), Float.valueOf(value));
          }
        });
    tested.forEach((head, accuracy) -> expected.put("test/" + head, (float) accuracy.test()));
    assertThat(event.scalars()).isEqualTo(expected);
    assertThat(event.scalars().get("train/images_per_second"))
        .as("history.csv has one digit after the point")
        .isCloseTo(Float.parseFloat(row.get("images_per_second")), within(0.06f));
  }

  private static List<Event> events(Artifact artifact) throws IOException {
    List<String> files =
        artifact.files().stream().filter(file -> file.contains("tfevents")).toList();
    assertThat(files)
        .singleElement()
        .asString()
        .matches("events\\.out\\.tfevents\\.\\d{10,}\\.[0-9a-f]{20}");
    return EventFileReader.read(artifact.read(files.get(0)));
  }

  private static List<Map<String, String>> history(Artifact artifact) throws IOException {
    List<String> lines =
        new String(artifact.read("history.csv"), StandardCharsets.UTF_8).lines().toList();
    String[] names = lines.get(0).split(",", -1);
    List<Map<String, String>> rows = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",", -1);
      Map<String, String> row = new LinkedHashMap<>();
      for (int i = 0; i < names.length; i++) {
        row.put(names[i], cells[i]);
      }
      rows.add(row);
    }
    return rows;
  }

  private static JobRunner runner(SweepSetup setup) throws IOException {
    Configuration hadoop = new Configuration();
    return new JobRunner(
        Engines.named("dl4j"),
        setup.store(),
        DataSource.Cache.load(setup.source(), hadoop),
        hadoop,
        new CheckpointEvery.Epochs(1));
  }

  private static Artifact artifact(SweepSetup setup, Job job) throws IOException {
    return setup.store().find(JobRunner.key(job)).orElseThrow();
  }

  private SweepSetup setup(String... overrides) throws IOException {
    Path file =
        Files.writeString(
            temp.resolve("c.conf"),
            """
            bilateral {
              name = events
              data.synthetic { train-images = 200, test-images = 100 }
              grid.seeds = [0]
              grid.models = [unilateral-fine]
              hemisphere { width = 2, epochs = 4, batch-size = 50, learning-rate = 3e-3 }
              both-heads { epochs = 4, batch-size = 50, learning-rate = 3e-3 }
              heads { feature-views = 2, epochs = 4, batch-size = 50, learning-rate = 3e-3 }
            }
            """);
    List<String> all = new ArrayList<>(List.of(overrides));
    all.add("bilateral.store=" + temp.resolve("store"));
    return SweepSetup.of(SweepConfig.load(file.toFile(), all), new Configuration());
  }
}
