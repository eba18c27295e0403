package org.bilateralbrain.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.fs.Path;
import org.bilateralbrain.faults.Faults.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a store guarantees about checkpoints, leftovers and the files of sweeps. */
@Timeout(120)
abstract class StoreContract extends CommitContract {

  @Test
  void theLatestCompleteCheckpointComesFirstAndOldOnesAreRemoved() throws Exception {
    for (int epoch = 1; epoch <= 4; epoch++) {
      try (ArtifactWriter checkpoint = store.writeCheckpoint(KEY)) {
        write(checkpoint, "state", "epoch " + epoch);
        checkpoint.commit();
      }
      Thread.sleep(resolutionMillis());
    }
    try (ArtifactWriter unfinished = store.writeCheckpoint(KEY)) {
      write(unfinished, "state", "epoch 5");
      assertThat(text(store.readCheckpoints(KEY).get(0).read("state"))).isEqualTo("epoch 4");
    }

    store.keepCheckpoints(KEY, 2);

    List<Artifact> kept = store.readCheckpoints(KEY);
    assertThat(kept).hasSize(2);
    assertThat(text(kept.get(1).read("state"))).isEqualTo("epoch 3");
    assertThat(store.verify(KEY))
        .as("a checkpoint is not an artifact")
        .isEqualTo(new Lookup.Absent());
    store.deleteAttempts(KEY);
    assertThat(store.readCheckpoints(KEY)).isEmpty();
  }

  @Test
  void onlyLeftoversOfCrashedAttemptsAreListed() throws Exception {
    ArtifactKey done = new ArtifactKey("hemisphere", "done");
    ArtifactKey half = new ArtifactKey("hemisphere", "half");
    commit(store, done, "weights", "metrics");
    store.writeProgress(done, new Progress("epoch", 1, 2, 10, 20, 0.5, Map.of(), 100));
    Store dying =
        dying(
            (operation, path) -> {
              if (operation == Operation.CLOSE && path.getName().equals("manifest.json")) {
                throw new IOException("the machine crashed");
              }
            });
    assertThatThrownBy(() -> commit(dying, done, "weights", "metrics"))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> commit(dying, half, "weights", "metrics"))
        .isInstanceOf(IOException.class);
    try (ArtifactWriter checkpoint = store.writeCheckpoint(half)) {
      write(checkpoint, "state", "epoch 1");
      checkpoint.commit();
    }
    store.writeSweepFile("s", "table.md", "one".getBytes(StandardCharsets.UTF_8));

    assertThat(Leftovers.list(store, Instant.now().minus(Duration.ofHours(1)), false))
        .as("may still be in use")
        .isEmpty();
    Instant now = Instant.now().plusSeconds(2);
    List<Leftovers.Leftover> leftovers = Leftovers.list(store, now, false);

    assertThat(leftovers)
        .extracting(Leftovers.Leftover::reason)
        .containsExactlyInAnyOrder(
            "uncommitted attempt at hemisphere/done",
            "uncommitted attempt at hemisphere/half",
            "progress and checkpoints of hemisphere/done, which is finished");
    assertThat(leftovers).allSatisfy(leftover -> assertThat(leftover.bytes()).isPositive());
    assertThat(Leftovers.list(store, now, true))
        .extracting(Leftovers.Leftover::reason)
        .contains("progress and checkpoints of hemisphere/half, which is unfinished");
    for (Leftovers.Leftover leftover : leftovers) {
      Leftovers.remove(store, leftover, Instant.now().plusSeconds(2));
    }
    assertThat(Leftovers.list(store, now, false)).isEmpty();
    assertThat(store.verify(done)).isInstanceOf(Lookup.Present.class);
    assertThat(store.readCheckpoints(half)).hasSize(1);
    assertThat(store.readSweepFile("s", "table.md")).isPresent();
  }

  @Test
  void aLeftoverModifiedAfterItWasListedIsKept() throws Exception {
    ArtifactWriter silent = store.write(KEY);
    write(silent, "weights.safetensors", "weights");
    Thread.sleep(resolutionMillis());
    Instant now = Instant.now();
    Leftovers.Leftover found = Leftovers.list(store, now, false).get(0);
    Thread.sleep(resolutionMillis());
    write(silent, "metrics.json", "metrics");

    assertThat(Leftovers.remove(store, found, now)).isFalse();
    silent.commit();

    present();
  }

  @Test
  void filesWithUnknownNamesAreNotLeftovers() throws IOException {
    for (String name :
        List.of(
            "artifacts/hemisphere/x/other-program/weights.bin",
            "attempts/hemisphere/x/lock",
            "tokens/readme")) {
      overwrite(new Path(root, name), new byte[1]);
    }

    assertThat(Leftovers.list(store, Instant.now().plusSeconds(5), false)).isEmpty();
  }

  @Test
  void aTokenExistsUntilItIsDeletedAndIsALeftoverOnlyAfterADay() throws IOException {
    String token = UUID.randomUUID().toString();
    assertThat(store.hasToken(token)).isFalse();
    store.writeToken(token);

    assertThat(store.hasToken(token)).isTrue();
    assertThat(store.hasToken(UUID.randomUUID().toString())).isFalse();
    assertThat(Leftovers.list(store, Instant.now().plusSeconds(5), true)).isEmpty();
    store.deleteToken(token);
    assertThat(store.hasToken(token)).isFalse();
  }

  @Test
  void aWriteThatFailsHalfwayKeepsThePreviousFile() throws IOException {
    store.writeSweepFile("s", "table.md", "one".getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(
            () ->
                store.writeSweepFile(
                    "s",
                    "table.md",
                    out -> {
                      out.write("tw".getBytes(StandardCharsets.UTF_8));
                      throw new IOException("no more");
                    }))
        .hasMessage("no more");

    assertThat(store.readSweepFile("s", "table.md"))
        .hasValueSatisfying(b -> assertThat(text(b)).isEqualTo("one"));
  }

  @Test
  void ofSeveralCopiesOnlyACompleteOneIsKept() throws Exception {
    commit(store, "weights", "metrics");
    Thread.sleep(resolutionMillis());
    commit(store, "weights", "metrics");
    Path latest = store.find(KEY).orElseThrow().folder();
    overwrite(new Path(latest, "weights.safetensors"), new byte[1]);

    for (Leftovers.Leftover leftover : Leftovers.list(store, Instant.now().plusSeconds(2), false)) {
      assertThat(leftover.path()).isEqualTo(latest);
      Leftovers.remove(store, leftover, Instant.now().plusSeconds(2));
    }

    present();
  }

  @Test
  void onlyTheArtifactsFilesRemain() throws IOException {
    commit(store, "weights", "metrics");
    store.writeProgress(KEY, new Progress("epoch", 1, 2, 10, 20, 0.5, Map.of(), 100));
    store.writeProgress(KEY, new Progress("epoch", 2, 2, 10, 20, 0.5, Map.of(), 100));
    assertThat(store.readProgress(KEY))
        .hasValueSatisfying(p -> assertThat(p.fraction()).isEqualTo(0.75));
    store.deleteAttempts(KEY);

    assertThat(files())
        .extracting(Path::getName)
        .containsExactlyInAnyOrder("manifest.json", "weights.safetensors", "metrics.json");
  }

  @Test
  void sweepFilesAreReplacedAndMissingOnesAreEmpty() throws IOException {
    store.writeSweepFile("s", "table.md", "one".getBytes(StandardCharsets.UTF_8));
    store.writeSweepFile("s", "table.md", "two".getBytes(StandardCharsets.UTF_8));

    assertThat(store.readSweepFile("s", "table.md"))
        .hasValueSatisfying(b -> assertThat(text(b)).isEqualTo("two"));
    assertThat(store.readSweepFile("s", "plan.json")).isEmpty();
    assertThat(store.readProgress(KEY)).isEmpty();
  }
}
