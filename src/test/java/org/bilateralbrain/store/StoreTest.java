package org.bilateralbrain.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {

  private static final ArtifactKey KEY = new ArtifactKey("hemisphere", "0123456789abcdef");

  @TempDir Path root;
  private Store store;

  @BeforeEach
  void open() throws IOException {
    store = Store.open(root.toUri().toString(), new Configuration());
  }

  @Test
  void aCommittedArtifactIsReadBack() throws IOException {
    commit("weights", "metrics");

    Lookup.Present present = (Lookup.Present) store.look(KEY);
    assertThat(new String(present.artifact().read("metrics.json"), StandardCharsets.UTF_8)).isEqualTo("metrics");
    assertThat(new String(present.artifact().read("network.zip"), StandardCharsets.UTF_8)).isEqualTo("weights");
  }

  @Test
  void nothingCountsBeforeTheCommit() throws IOException {
    try (ArtifactWriter attempt = store.write(KEY)) {
      write(attempt, "network.zip", "weights");

      assertThat(store.look(KEY)).isEqualTo(new Lookup.Absent());
    }
    assertThat(files()).as("an attempt without commit cleans up").isEmpty();
  }

  @Test
  void aWriterThatDiesInTheMiddleOfAFileLeavesNothingThatCounts() throws IOException {
    ArtifactWriter attempt = store.write(KEY);
    assertThatThrownBy(
            () ->
                attempt.write(
                    "network.zip",
                    out -> {
                      out.write(new byte[1000]);
                      throw new IOException("disk full");
                    }))
        .hasMessage("disk full");

    assertThat(store.look(KEY)).isEqualTo(new Lookup.Absent());
    commit("weights", "metrics");
    assertThat(store.look(KEY)).isInstanceOf(Lookup.Present.class);
  }

  @Test
  void anAlteredByteIsNoticedByALookAndByAReader() throws IOException {
    commit("weights", "metrics");
    Files.writeString(file("network.zip"), "weighty");

    assertThat(((Lookup.Damaged) store.look(KEY)).reason()).startsWith("network.zip has SHA-256");
    assertThatThrownBy(() -> store.find(KEY).orElseThrow().read("network.zip"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Artifact hemisphere/0123456789abcdef is damaged: network.zip has SHA-256");
  }

  @Test
  void aTruncatedFileIsNoticed() throws IOException {
    commit("weights", "metrics");
    Files.writeString(file("network.zip"), "wei");

    assertThat(((Lookup.Damaged) store.look(KEY)).reason()).isEqualTo("network.zip has 3 bytes, the manifest says 7");
  }

  @Test
  void aMissingFileIsNoticed() throws IOException {
    commit("weights", "metrics");
    Files.delete(file("metrics.json"));

    assertThat(((Lookup.Damaged) store.look(KEY)).reason()).isEqualTo("metrics.json is missing");
  }

  @Test
  void aManifestCutAnywhereIsNone() throws IOException {
    commit("weights", "metrics");
    byte[] whole = Files.readAllBytes(file("manifest.json"));

    for (int length = 0; length < whole.length - 1; length += 10) {
      Files.write(file("manifest.json"), java.util.Arrays.copyOf(whole, length));
      assertThat(store.look(KEY)).as("%d of %d bytes", length, whole.length).isEqualTo(new Lookup.Absent());
    }
  }

  @Test
  void aDamagedArtifactIsReplacedByTheNextCommit() throws IOException {
    commit("weights", "metrics");
    Files.writeString(file("network.zip"), "x");

    commit("weights", "metrics");

    assertThat(store.look(KEY)).isInstanceOf(Lookup.Present.class);
  }

  @Test
  void manyWritersOfOneArtifactEndInOneWholeArtifact() throws Exception {
    ExecutorService writers = Executors.newFixedThreadPool(8);
    List<Future<Artifact>> commits = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      String weights = "weights of writer " + i;
      Callable<Artifact> attempt = () -> commit(weights, "metrics " + weights.length() * 7);
      commits.add(writers.submit(attempt));
    }
    for (Future<Artifact> commit : commits) {
      assertThat(new String(commit.get().read("network.zip"), StandardCharsets.UTF_8)).startsWith("weights of writer");
      assertThat(store.look(KEY)).isInstanceOf(Lookup.Present.class);
    }
    writers.shutdown();
  }

  @Test
  void noFileIsLeftBesideTheArtifactsOwn() throws IOException {
    commit("weights", "metrics");
    store.writeProgress(KEY, new Progress("epoch", 1, 2, 10, 20, 0.5, 100));
    store.writeProgress(KEY, new Progress("epoch", 2, 2, 10, 20, 0.5, 100));
    assertThat(store.readProgress(KEY)).hasValueSatisfying(p -> assertThat(p.fraction()).isEqualTo(0.75));
    store.deleteAttempts(KEY);

    assertThat(files()).extracting(p -> p.getFileName().toString())
        .containsExactlyInAnyOrder("manifest.json", "network.zip", "metrics.json");
  }

  @Test
  void aSweepsFilesAreReplacedAndMissingOnesAreEmpty() throws IOException {
    store.writeSweepFile("s", "table.md", "one".getBytes(StandardCharsets.UTF_8));
    store.writeSweepFile("s", "table.md", "two".getBytes(StandardCharsets.UTF_8));

    assertThat(store.readSweepFile("s", "table.md")).hasValueSatisfying(b -> assertThat(b).isEqualTo("two".getBytes()));
    assertThat(store.readSweepFile("s", "plan.json")).isEmpty();
    assertThat(store.readProgress(KEY)).isEmpty();
  }

  @Test
  void anUnknownFileSystemIsAnError() {
    assertThatThrownBy(() -> Store.open("nosuch://host/x", new Configuration()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nosuch");
  }

  private Artifact commit(String weights, String metrics) throws IOException {
    try (ArtifactWriter attempt = store.write(KEY)) {
      write(attempt, "network.zip", weights);
      write(attempt, "metrics.json", metrics);
      attempt.commit();
    }
    return store.find(KEY).orElseThrow();
  }

  private static void write(ArtifactWriter attempt, String file, String content) throws IOException {
    attempt.write(file, out -> out.write(content.getBytes(StandardCharsets.UTF_8)));
  }

  private Path file(String name) throws IOException {
    return files().stream().filter(path -> path.endsWith(name)).findFirst().orElseThrow();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }
}
