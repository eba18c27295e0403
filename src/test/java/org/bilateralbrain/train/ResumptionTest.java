package org.bilateralbrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.CheckpointEvery;
import org.bilateralbrain.grid.FeaturesJob;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.Weights;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.History;
import org.bilateralbrain.store.Progress;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.sweep.SweepSetup;
import org.bilateralbrain.train.TrainingCheckpoints.StopReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Trainings that are interrupted and resumed by another attempt. */
class ResumptionTest extends ResumptionFixture {

  @ParameterizedTest
  @CsvSource({"dl4j, float32", "torch, float32", "torch, bf16"})
  void aResumedTrainingEndsWithTheSameWeightsBitForBit(String engine, String precision)
      throws IOException {
    List<String> computation =
        List.of("bilateral.engine=" + engine, "bilateral.precision=" + precision);
    SweepSetup undisturbed = setup("undisturbed", computation);
    SweepSetup disturbed = setup("disturbed", computation);
    int resumed = 0;
    for (Job job : disturbed.plan().jobs()) {
      runner(undisturbed).run(job, NO_LISTENER);
      if (!(job instanceof FeaturesJob)) {
        for (int epoch : List.of(2, 4, 5)) {
          assertThatThrownBy(() -> runner(disturbed).run(job, dyingIn(epoch))).hasMessage("killed");
          assertThat(TrainingCheckpoints.epochsDone(disturbed.store(), JobRunner.key(job)))
              .isEqualTo(epoch - 1);
        }
      }
      String result = runner(disturbed).run(job, NO_LISTENER);

      if (!(job instanceof FeaturesJob)) {
        assertThat(result).as(job.title()).endsWith(", resumed after epoch 4");
        assertThat(weights(disturbed, job)).as(job.title()).isEqualTo(weights(undisturbed, job));
        assertThat(history(disturbed, job)).isEqualTo(history(undisturbed, job));
        resumed++;
      }
      assertThat(disturbed.store().readCheckpoints(JobRunner.key(job))).as("done").isEmpty();
    }
    assertThat(resumed)
        .as("two hemispheres, the heads, one network trained as a whole, one with two heads")
        .isEqualTo(5);
  }

  @Test
  void aDamagedCheckpointIsSkippedForTheOneBefore() throws Exception {
    SweepSetup setup = setup("store");
    Job job = setup.plan().jobs().get(0);
    assertThatThrownBy(() -> runner(setup).run(job, dyingIn(4))).hasMessage("killed");
    try (var files = Files.walk(temp.resolve("store/attempts"))) {
      Path latest =
          files
              .filter(file -> file.endsWith("optimiser.safetensors"))
              .max((a, b) -> Long.compare(modified(a), modified(b)))
              .orElseThrow();
      byte[] content = Files.readAllBytes(latest);
      content[content.length - 1] ^= 1;
      Files.write(latest, content);
    }

    assertThat(runner(setup).run(job, NO_LISTENER)).endsWith("resumed after epoch 2");

    SweepSetup undisturbed = setup("undisturbed");
    runner(undisturbed).run(job, NO_LISTENER);
    assertThat(weights(setup, job)).isEqualTo(weights(undisturbed, job));
  }

  @Test
  void aCheckpointWhoseOptimiserIsInAnotherVersionsOrderIsSkipped() throws IOException {
    SweepSetup setup = setup("store");
    Job job = setup.plan().jobs().get(0);
    ArtifactKey key = JobRunner.key(job);
    assertThatThrownBy(() -> runner(setup).run(job, dyingIn(4))).hasMessage("killed");
    Artifact latest = setup.store().readCheckpoints(key).get(0);
    try (ArtifactWriter writer = setup.store().writeCheckpoint(key)) {
      for (String file : List.of("state.json", "best.safetensors", WeightsFile.NAME)) {
        byte[] content = latest.read(file);
        writer.write(file, out -> out.write(content));
      }
      byte[] optimiser =
          new String(latest.read(TrainingCheckpoints.OPTIMISER_FILE), StandardCharsets.ISO_8859_1)
              .replace(TrainingCheckpoints.OPTIMISER_STATE, "moments")
              .getBytes(StandardCharsets.ISO_8859_1);
      writer.write(TrainingCheckpoints.OPTIMISER_FILE, out -> out.write(optimiser));
      writer.commit();
    }

    assertThat(runner(setup).run(job, NO_LISTENER)).endsWith("resumed after epoch 3");

    SweepSetup undisturbed = setup("undisturbed");
    runner(undisturbed).run(job, NO_LISTENER);
    assertThat(weights(setup, job)).isEqualTo(weights(undisturbed, job));
  }

  @Test
  void aHeapTooSmallForACheckpointDoesNotStopTheTraining() throws IOException {
    Store store = Store.open(temp.resolve("store").toString(), new Configuration());
    ArtifactKey key = new ArtifactKey("hemisphere", "large");
    Network large =
        (Network)
            Proxy.newProxyInstance(
                Network.class.getClassLoader(),
                new Class<?>[] {Network.class},
                (proxy, method, arguments) -> {
                  throw new OutOfMemoryError("Java heap space");
                });
    History history = new History(List.of("fine"));
    history.add(new History.Epoch(1, 1.0, Map.of(), Map.of(), Map.of(), 1e-4, 1.0, 1.0));

    new TrainingCheckpoints(store, key, EPOCH, TrainingCheckpoints.StopSignal.NEVER)
        .saveIfDue(large, new Weights(Map.of()), history);

    assertThat(store.readCheckpoints(key)).isEmpty();
  }

  @Test
  void withoutCheckpointsAJobStartsFromScratch() throws IOException {
    SweepSetup setup = setup("store");
    Job job = setup.plan().jobs().get(0);
    JobRunner never = runner(setup, new CheckpointEvery.Never());
    assertThatThrownBy(() -> never.run(job, dyingIn(4))).hasMessage("killed");

    assertThat(setup.store().readCheckpoints(JobRunner.key(job))).isEmpty();
    assertThat(never.run(job, NO_LISTENER)).doesNotContain("resumed");
  }

  @Test
  void aCheckpointThatCannotBeSavedDoesNotStopTheTraining() throws IOException {
    SweepSetup setup = setup("store");
    Job job = setup.plan().jobs().get(0);
    Files.createDirectories(temp.resolve("store"));
    Files.writeString(
        temp.resolve("store/attempts"), "a file where the folder of checkpoints should be");

    assertThat(runner(setup).run(job, NO_LISTENER)).startsWith("test accuracy fine");
  }

  @Test
  void progressIncludesTheLastValidationEvenAfterResuming() throws IOException {
    SweepSetup setup = setup("store");
    Job job = setup.plan().jobs().get(0);
    assertThatThrownBy(() -> runner(setup).run(job, dyingIn(3))).hasMessage("killed");
    Map<Integer, Map<String, Double>> received = new TreeMap<>();
    runner(setup)
        .run(job, progress -> received.put(progress.get().round(), progress.get().validation()));

    List<String> history = history(setup, job);
    assertThat(history.get(0))
        .startsWith("epoch,train_loss,validation_fine,validation_coarse,train_accuracy_fine,");
    assertThat(received.keySet()).startsWith(3).hasSize(history.size() - 3);
    received.forEach(
        (epoch, validation) -> {
          String[] before = history.get(epoch - 1).split(",", -1);
          assertThat(validation)
              .containsExactly(
                  entry("fine", Double.valueOf(before[2])),
                  entry("coarse", Double.valueOf(before[3])));
        });
  }

  @Test
  void progressIncludesNoValidationInTheFirstEpoch() throws IOException {
    SweepSetup setup = setup("store");
    List<Progress> received = new ArrayList<>();
    runner(setup).run(setup.plan().jobs().get(0), progress -> received.add(progress.get()));

    assertThat(received)
        .filteredOn(each -> each.round() == 1)
        .isNotEmpty()
        .allMatch(p -> p.validation().isEmpty());
    assertThat(received)
        .filteredOn(each -> each.round() == 2)
        .isNotEmpty()
        .noneMatch(p -> p.validation().isEmpty());
  }

  @Test
  void theInventorySaysWhereAJobWouldResume() throws IOException {
    Job job = setup("store").plan().jobs().get(0);
    assertThatThrownBy(() -> runner(setup("store")).run(job, dyingIn(4))).hasMessage("killed");

    assertThat(setup("store").inventory().reason(job)).isEqualTo("resumes after epoch 3");
  }

  private static Optional<StopReason> leavesAfterThree(History epochs) {
    return epochs.count() == 3 ? Optional.of(StopReason.LEAVING) : Optional.empty();
  }

  @Test
  void aTrainingThatIsToldToStopSavesACheckpointFirst() throws IOException {
    SweepSetup undisturbed = setup("undisturbed");
    SweepSetup stopped = setup("stopped");
    CheckpointEvery never = new CheckpointEvery.Epochs(1000);
    Job job = stopped.plan().jobs().get(0);
    runner(undisturbed, never).run(job, NO_LISTENER);

    assertThatThrownBy(
            () -> runner(stopped, never).run(job, NO_LISTENER, ResumptionTest::leavesAfterThree))
        .isInstanceOf(TrainingCheckpoints.StoppedException.class)
        .hasMessage("stopped after epoch 3");

    assertThat(runner(stopped, never).run(job, NO_LISTENER)).endsWith(", resumed after epoch 3");
    assertThat(weights(stopped, job)).isEqualTo(weights(undisturbed, job));
  }

  private static long modified(Path path) {
    try {
      return Files.getLastModifiedTime(path).toMillis();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
