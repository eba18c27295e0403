package org.bilateralbrain.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.fs.Path;
import org.bilateralbrain.faults.Faults;
import org.bilateralbrain.faults.Faults.Operation;
import org.bilateralbrain.faults.FaultyFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a commit guarantees on every file system. */
@Timeout(120)
abstract class CommitContract extends LookupContract {

  @Test
  void aCommittedArtifactIsReadBack() throws IOException {
    commit(store, "weights", "metrics");

    Artifact artifact = present();
    assertThat(text(artifact.read("metrics.json"))).isEqualTo("metrics");
    assertThat(text(artifact.read("weights.safetensors"))).isEqualTo("weights");
  }

  @Test
  void aMappedFileHasTheSameContent() throws IOException {
    commit(store, "weights", "metrics");

    ByteBuffer mapped = present().map("weights.safetensors");
    byte[] content = new byte[mapped.remaining()];
    mapped.get(content);
    assertThat(text(content)).isEqualTo("weights");
  }

  @Test
  void anArtifactIsAbsentBeforeItsCommit() throws IOException {
    try (ArtifactWriter attempt = store.write(KEY)) {
      write(attempt, "weights.safetensors", "weights");

      assertThat(store.verify(KEY)).isEqualTo(new Lookup.Absent());
    }
    assertThat(files()).as("an attempt without a commit cleans up").isEmpty();
  }

  @Test
  void aWriteThatFailsLeavesTheArtifactAbsent() throws IOException {
    assertThatThrownBy(
            () -> {
              try (ArtifactWriter attempt = store.write(KEY)) {
                attempt.write(
                    "weights.safetensors",
                    out -> {
                      out.write(new byte[1000]);
                      throw new IOException("no more");
                    });
              }
            })
        .hasMessage("no more");

    assertThat(store.verify(KEY)).isEqualTo(new Lookup.Absent());
    commit(store, "weights", "metrics");
    present();
  }

  @Test
  void aFileRemovedDuringTheAttemptFailsTheCommitBeforeTheManifestIsWritten() throws IOException {
    try (ArtifactWriter attempt = store.write(KEY)) {
      write(attempt, "weights.safetensors", "weights");
      write(attempt, "metrics.json", "metrics");
      fileSystem.delete(file("weights.safetensors"), false);

      assertThatThrownBy(attempt::commit)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("7 bytes were written to ")
          .hasMessageContaining("weights.safetensors, but the file is gone");
    }
    assertThat(store.verify(KEY)).isEqualTo(new Lookup.Absent());
    assertThat(files()).isEmpty();
  }

  @Test
  void aFileRemovedWhileTheManifestIsWrittenFailsTheCommitAndDamagesTheArtifact()
      throws IOException {
    Store robbed =
        dying(
            (operation, path) -> {
              if (operation == Operation.CREATE && path.getName().equals("manifest.json")) {
                fileSystem.delete(new Path(path.getParent(), "weights.safetensors"), false);
              }
            });

    assertThatThrownBy(() -> commit(robbed, KEY, "weights", "metrics"))
        .hasMessageContaining("weights.safetensors, but the file is gone");
    assertThat(store.lookup(KEY)).isEqualTo(new Lookup.Damaged("weights.safetensors is missing"));
    commit(store, "weights", "metrics");
    present();
  }

  @Test
  void concurrentWritersProduceOneCompleteArtifactAndReadersNeverSeeAPartialOne() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(9);
    AtomicInteger unfinished = new AtomicInteger(writers());
    Callable<Integer> reader =
        () -> {
          int seen = 0;
          while (unfinished.get() > 0) {
            Lookup lookup = store.verify(KEY);
            assertThat(lookup).isNotInstanceOf(Lookup.Damaged.class);
            if (lookup instanceof Lookup.Present present) {
              String weights = text(present.artifact().read("weights.safetensors"));
              assertThat(text(present.artifact().read("metrics.json")))
                  .isEqualTo("metrics of " + weights);
              seen++;
            } else {
              assertThat(seen).as("an artifact never disappears").isZero();
            }
          }
          return seen;
        };
    Future<Integer> seen = threads.submit(reader);
    List<Future<Artifact>> commits = new ArrayList<>();
    for (int i = 0; i < writers(); i++) {
      String weights = "weights of writer " + i + "!".repeat(i);
      Callable<Artifact> attempt =
          () -> {
            try {
              return commit(store, weights, "metrics of " + weights);
            } finally {
              unfinished.decrementAndGet();
            }
          };
      commits.add(threads.submit(attempt));
    }
    for (Future<Artifact> commit : commits) {
      commit.get();
    }
    assertThat(seen.get()).isPositive();
    present();
    threads.shutdown();
  }

  @Test
  void aCrashAtAnyStepLeavesTheArtifactPresentOrAbsent() throws IOException {
    int step = 0;
    boolean crashed = true;
    while (crashed) {
      int crash = step++;
      ArtifactKey key = new ArtifactKey("hemisphere", "crash" + crash);
      AtomicInteger operations = new AtomicInteger();
      Store dying =
          dying(
              (operation, path) -> {
                if (operations.getAndIncrement() >= crash) {
                  throw new IOException("the machine crashed");
                }
              });
      crashed = false;
      try {
        commit(dying, key, "weights", "metrics");
      } catch (IOException e) {
        crashed = true;
      }
      Lookup lookup = store.verify(key);
      assertThat(lookup).as("crash at step %d", crash).isNotInstanceOf(Lookup.Damaged.class);
      if (!crashed) {
        assertThat(lookup).isInstanceOf(Lookup.Present.class);
      }
      commit(store, key, "weights", "metrics");
      assertThat(store.verify(key))
          .as("the next attempt after a crash at step %d", crash)
          .isInstanceOf(Lookup.Present.class);
    }
    assertThat(step).as("steps of a commit").isGreaterThan(9);
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void aFailedOperationIsAnErrorAndTheNextAttemptSucceeds(Operation failing) throws IOException {
    List<Operation> failed = new ArrayList<>();
    Store faulty =
        dying(
            (operation, path) -> {
              if (operation == failing) {
                failed.add(operation);
                throw new IOException(operation + " fails");
              }
            });
    if (Set.of(Operation.CREATE, Operation.WRITE, Operation.CLOSE, Operation.READ)
        .contains(failing)) {
      assertThatThrownBy(() -> commit(faulty, KEY, "weights", "metrics"))
          .hasMessage(failing + " fails");
      assertThat(failed).isNotEmpty();
      assertThat(store.verify(KEY)).isEqualTo(new Lookup.Absent());
      commit(store, "weights", "metrics");
    } else {
      // A commit renames and deletes nothing.
      commit(faulty, KEY, "weights", "metrics");
      assertThat(failed).isEmpty();
    }
    present();
  }

  @Test
  void aFileSystemThatLiesAboutRenamesCannotBreakACommit() throws IOException {
    Store lying =
        new Store(
            new FaultyFileSystem(
                fileSystem,
                new Faults() {
                  @Override
                  public void before(Operation operation, Path path) {}

                  @Override
                  public boolean renameLies(Path from) {
                    return true;
                  }
                }),
            root);

    commit(lying, KEY, "weights", "metrics");

    present();
  }
}
