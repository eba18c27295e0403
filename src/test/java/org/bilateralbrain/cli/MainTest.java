package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;
import org.bilateralbrain.store.SweepStatusFile.JobStatus;
import org.bilateralbrain.store.SweepStatusFile.State;
import org.bilateralbrain.store.SweepStatusFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MainTest {

  private static final String TINY =
      "bilateral { name = tiny, data.synthetic { train-images = 200, test-images = 100 }, grid.seeds = [0, 1] }";

  @TempDir Path temp;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void helpNamesEveryCommandAndTheExitCodes() {
    assertThat(execute("--help")).isZero();
    assertThat(out()).contains("run", "plan", "status", "report", "tensorboard", "prepare", "wrong usage, configuration or data");
  }

  @Test
  void versionIsTheBuilds() {
    assertThat(execute("--version")).isZero();
    assertThat(out()).matches("bilateral \\d+\\.\\d+.*\\R");
  }

  @Test
  void wrongUsageIsExplainedAndExitsWith2() {
    assertThat(execute("rum", "x.conf")).isEqualTo(2);
    assertThat(err()).contains("rum");
    assertThat(execute("run")).isEqualTo(2);
    assertThat(err()).contains("CONF");
  }

  @Test
  void aWrongConfigurationListsItsMistakesAndExitsWith2BeforeAnythingIsWritten() throws IOException {
    String conf = conf("bilateral { hemisphere.width = 0, heads.epochs = no }");

    assertThat(execute("run", conf, "--set", "bilateral.store=" + temp.resolve("store"))).isEqualTo(2);

    assertThat(err())
        .contains("The configuration has mistakes:")
        .contains("bilateral.hemisphere.width must be")
        .contains("bilateral.heads.epochs must be");
    assertThat(temp.resolve("store")).doesNotExist();
    assertThat(out()).isEmpty();
  }

  @Test
  void missingDataExitsWith2AndNamesTheFile() throws IOException {
    assertThat(
            execute(
                "run", conf(TINY), "--set", "bilateral.data.source=cifar100", "--set", "bilateral.data.path=/no/such.tar.gz"))
        .isEqualTo(2);
    assertThat(err()).contains("There is no file or folder file:/no/such.tar.gz");
  }

  @Test
  void aStoreOutOfReachExitsWith3() throws IOException {
    assertThat(execute("status", conf(TINY), "--set", "bilateral.store=nosuch://host/x")).isEqualTo(3);
    assertThat(err()).contains("The store or the file system failed").contains("nosuch");
  }

  @Test
  void planSaysWhatRunWouldDoAndWhyAndWritesNothing() throws IOException {
    assertThat(execute("plan", conf(TINY), "--set", "bilateral.store=" + temp.resolve("store"))).isZero();

    assertThat(out())
        .contains("fine hemisphere, resnet9 width 64, seed 1")
        .contains("new; for 2 of 6 networks in the table")
        .contains("10 jobs: 10 to train, 0 to reuse, 0 not needed");
    assertThat(temp.resolve("store")).doesNotExist();
  }

  @Test
  void statusReportAndTensorBoardOfASweepThatWasNeverRunSaySo() throws IOException {
    String store = "bilateral.store=" + temp.resolve("store");

    assertThat(execute("status", conf(TINY), "--set", store)).isZero();
    assertThat(execute("report", conf(TINY), "--set", store)).isZero();
    assertThat(execute("tensorboard", conf(TINY), "--set", store, "--target", temp.resolve("runs").toString())).isZero();

    assertThat(temp.resolve("runs")).doesNotExist();
    assertThat(out().lines()).hasSize(3).allMatch(line -> line.endsWith("holds no sweep named tiny: it has not been run"));
  }

  @Test
  void diffNamesWhatIsNoSweepAndComparesWhatIs() throws IOException {
    String store = temp.resolve("store").toString();
    String set = "bilateral.store=" + store;

    assertThat(execute("diff", conf(TINY), conf(TINY), "--set", set)).isEqualTo(Main.INVALID);
    assertThat(execute("diff", "nowhere", conf(TINY), "--set", set)).isEqualTo(Main.INVALID);
    assertThat(err())
        .contains("holds no sweep named tiny: it has not been run")
        .contains("nowhere is neither a configuration file nor a sweep's folder");

    Store.open(store, new Configuration())
        .writeSweepFile("tiny", SweepPlanFile.FILE_NAME, Json.encode(new SweepPlanFile(List.of(), List.of())));
    assertThat(execute("diff", conf(TINY), store + "/sweeps/tiny", "--set", set)).isZero();
    assertThat(out()).contains("No setting differs.");
  }

  @Test
  void tensorboardCopiesWhatIsThereNamesWhatIsNotAndSaysHowToLookAtIt() throws IOException {
    Store store = Store.open(temp.resolve("store").toString(), new Configuration());
    SweepPlanFile.Job done = new SweepPlanFile.Job("hemisphere", "0123456789", "fine hemisphere, seed 0", null, 1.0);
    SweepPlanFile.Job running = new SweepPlanFile.Job("hemisphere", "abcdefabcd", "fine hemisphere, seed 1", null, 1.0);
    store.writeSweepFile(
        "tiny", SweepPlanFile.FILE_NAME, Json.encode(new SweepPlanFile(List.of(), List.of(done, running))));
    try (ArtifactWriter artifact = store.write(done.artifact())) {
      artifact.write("events.out.tfevents.1.x", out -> out.write(1));
      artifact.commit();
    }
    Path target = temp.resolve("my runs");

    assertThat(
            execute(
                "tensorboard", conf(TINY), "--set", "bilateral.store=" + store.root(), "--target", target.toString()))
        .isZero();

    assertThat(out().lines())
        .containsExactly(
            "no event file  fine hemisphere, seed 1: not done yet",
            "event files copied: 1, jobs without one: 1",
            "tensorboard --logdir '" + target + "'");
    try (Stream<Path> files = Files.walk(target)) {
      assertThat(files.filter(Files::isRegularFile))
          .containsExactly(target.resolve("fine-hemisphere-seed-0-01234567/events.out.tfevents.1.x"));
    }
  }

  @Test
  void watchingASweepThatGoesOnEndsWithItAndTellsOfEachChange() throws Exception {
    status(State.TRAINED, State.RUNNING, State.WAITING);
    Thread driver =
        new Thread(
            () -> {
              await("1 of 3 jobs done, 1 running, 0 failed, 1 waiting");
              status(State.TRAINED, State.FAILED, State.WAITING);
              await("1 of 3 jobs done, 0 running, 1 failed, 1 waiting");
              status(State.TRAINED, State.FAILED, State.BLOCKED);
            });
    driver.start();

    assertThat(execute("status", conf(TINY), "--set", "bilateral.store=" + temp.resolve("store"), "--watch")).isZero();
    driver.join();
    assertThat(out().lines())
        .hasSize(7)
        .element(2).asString().isEqualTo("[1 min 00 s] 1 of 3 jobs done, 0 running, 2 failed, 0 waiting");
    assertThat(out())
        .contains("failed    hemisphere/1  job 1: because")
        .contains("3 jobs: 0 waiting, 0 running, 1 trained");
    assertThat(err()).isEmpty();
  }

  @Test
  void statusTellsThatADriverHasNotBeenHeardOfForLong() throws Exception {
    status(State.RUNNING);
    String store = "bilateral.store=" + temp.resolve("store");
    assertThat(execute("status", conf(TINY), "--set", store)).isZero();
    assertThat(out()).doesNotContain("ago");
    status(Instant.now().minusSeconds(725), State.RUNNING);
    assertThat(execute("status", conf(TINY), "--set", store)).isZero();

    assertThat(out().lines().toList()).last().asString().endsWith(", 12 min ago");
  }

  /** What a driver would write. */
  private void status(State... states) {
    status(Instant.now(), states);
  }

  private void status(Instant updated, State... states) {
    List<SweepPlanFile.Job> jobs = new ArrayList<>();
    Map<String, JobStatus> statuses = new LinkedHashMap<>();
    for (int i = 0; i < states.length; i++) {
      jobs.add(new SweepPlanFile.Job("hemisphere", "" + i, "job " + i, null, 1.0));
      statuses.put("" + i, new JobStatus(states[i], states[i] == State.FAILED ? "because" : ""));
    }
    try {
      Store store = Store.open(temp.resolve("store").toString(), new Configuration());
      store.writeSweepFile("tiny", SweepPlanFile.FILE_NAME, Json.encode(new SweepPlanFile(List.of(), jobs)));
      SweepStatusFile file = new SweepStatusFile(updated.minusSeconds(60).toString(), updated.toString(), statuses);
      store.writeSweepFile("tiny", SweepStatusFile.FILE_NAME, Json.encode(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void await(String text) {
    while (!out().contains(text)) {
      Thread.onSpinWait();
    }
  }

  @Test
  void prepareChecksTheNumberOfImages() throws IOException {
    Path source = Files.createDirectory(temp.resolve("source"));
    Files.write(source.resolve("train.bin"), new byte[3 * 3074]);
    Files.write(source.resolve("test.bin"), new byte[2 * 3074]);
    String target = temp.resolve("target").toString();

    assertThat(execute("prepare", "--source", source.toString(), "--target", target, "--expect-train", "4")).isEqualTo(2);
    assertThat(err()).contains("has 3 training images, expected 4");
    assertThat(temp.resolve("target")).doesNotExist();

    assertThat(execute("prepare", "--source", source.toString(), "--target", target, "--expect-train", "3")).isZero();
    assertThat(out()).contains("3 training and 2 test images, 1 fine classes in 1 coarse ones");
    try (Stream<Path> files = Files.list(temp.resolve("target"))) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("train.bin", "test.bin", "dataset.json");
    }
  }

  private int execute(String... arguments) {
    return Main.execute(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8), arguments);
  }

  private String conf(String text) throws IOException {
    return Files.writeString(temp.resolve("tiny.conf"), text).toString();
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
