package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;
import org.bilateralbrain.store.SweepStatusFile.State;
import org.bilateralbrain.sweep.SweepSetup;
import org.junit.jupiter.api.Test;

class MainTest extends CommandFixture {

  @Test
  void helpNamesEveryCommandAndTheExitCodes() {
    assertThat(execute("--help")).isZero();
    assertThat(out())
        .contains(
            "run",
            "plan",
            "status",
            "report",
            "tensorboard",
            "prepare",
            "invalid usage, configuration or data");
  }

  @Test
  void theVersionIsThatOfTheBuild() {
    assertThat(execute("--version")).isZero();
    assertThat(out()).matches("bilateral \\d+\\.\\d+.*\\R");
  }

  @Test
  void invalidUsageIsExplainedAndExitsWith2() {
    assertThat(execute("rum", "x.conf")).isEqualTo(2);
    assertThat(err()).contains("rum");
    assertThat(execute("run")).isEqualTo(2);
    assertThat(err()).contains("CONF");
  }

  @Test
  void anInvalidConfigurationListsItsErrorsAndExitsWith2BeforeAnythingIsWritten()
      throws IOException {
    String conf = conf("bilateral { hemisphere.width = 0, heads.epochs = no }");

    assertThat(execute("run", conf, "--set", "bilateral.store=" + temp.resolve("store")))
        .isEqualTo(2);

    assertThat(err())
        .contains("Invalid configuration:")
        .contains("bilateral.hemisphere.width must be")
        .contains("bilateral.heads.epochs must be");
    assertThat(temp.resolve("store")).doesNotExist();
    assertThat(out()).isEmpty();
  }

  @Test
  void missingDataExitsWith2AndNamesTheFile() throws IOException {
    assertThat(
            execute(
                "run",
                conf(TINY),
                "--set",
                "bilateral.data.source=cifar100",
                "--set",
                "bilateral.data.path=/no/such.tar.gz"))
        .isEqualTo(2);
    assertThat(err()).contains("File or folder file:/no/such.tar.gz not found");
  }

  @Test
  void aStoreOutOfReachExitsWith3() throws IOException {
    assertThat(execute("status", conf(TINY), "--set", "bilateral.store=nosuch://host/x"))
        .isEqualTo(3);
    assertThat(err()).contains("The store or the file system failed").contains("nosuch");
  }

  @Test
  void planSaysWhatRunWouldDoAndWhyAndWritesNothing() throws IOException {
    assertThat(execute("plan", conf(TINY), "--set", "bilateral.store=" + temp.resolve("store")))
        .isZero();

    assertThat(out())
        .contains("fine hemisphere, resnet9 width 64, seed 1")
        .contains("new; for 2 of 6 networks in the table")
        .contains("10 jobs: 10 to train, 0 to reuse, 0 not needed");
    assertThat(temp.resolve("store")).doesNotExist();
  }

  @Test
  void aSweepThatWasNeverRunIsOneLineOnStderrExitCode2AndNoFile() throws IOException {
    String store = "bilateral.store=" + temp.resolve("store");
    String conf = conf(TINY);
    String notRun = "No sweep named tiny in file:" + temp.resolve("store") + "; run it first";
    String noNetworks =
        "None of the networks of tiny is in file:" + temp.resolve("store") + "; run it first";

    assertNothingThere(notRun, "status", conf, "--set", store);
    assertNothingThere(notRun, "status", conf, "--set", store, "--watch");
    assertNothingThere(noNetworks, "report", conf, "--set", store);
    assertNothingThere(
        noNetworks, "report", conf, "--set", store, "--html", temp.resolve("page.html").toString());
    assertNothingThere(
        noNetworks,
        "tensorboard",
        conf,
        "--set",
        store,
        "--target",
        temp.resolve("runs").toString());
    assertNothingThere(noNetworks, "diff", conf, conf, "--set", store);
    assertNothingThere(
        notRun, "diff", temp.resolve("store/sweeps/tiny").toString(), conf, "--set", store);
    assertNothingThere(
        "nowhere is neither a configuration file nor a sweep's folder (…/sweeps/NAME)",
        "diff",
        "nowhere",
        conf);
    assertNothingThere("No store at file:" + temp.resolve("store"), "gc", conf, "--set", store);
  }

  private void assertNothingThere(String message, String... arguments) throws IOException {
    out.reset();
    err.reset();
    assertThat(execute(arguments)).as(String.join(" ", arguments)).isEqualTo(2);
    assertThat(err().lines()).containsExactly(message);
    assertThat(out()).isEmpty();
    try (Stream<Path> files = Files.list(temp)) {
      assertThat(files).containsExactly(temp.resolve("tiny.conf"));
    }
  }

  @Test
  void aFolderOfAnotherPlanIsNotMistakenForThisOne() throws IOException {
    String set = "bilateral.store=" + temp.resolve("store");
    Store store = Store.open(temp.resolve("store").toString(), new Configuration());
    store.writeSweepFile(
        "tiny", SweepPlanFile.FILE_NAME, Json.encode(SweepPlanFile.of(null, List.of(), List.of())));

    assertThat(execute("report", conf(TINY), "--set", set)).isEqualTo(2);
    assertThat(err())
        .contains(
            "sweeps/tiny holds the files of another plan ("
                + NO_CELLS
                + ") than that of this configuration (");
    assertThat(out()).isEmpty();
  }

  @Test
  void filesOfAnotherVersionAreNeitherReadNorOverwritten() throws IOException {
    String set = "bilateral.store=" + temp.resolve("store");
    status(State.RUNNING);
    Path plan =
        Files.writeString(
            temp.resolve("store/sweeps/tiny/plan.json"), "{ \"cells\" : [ ], \"jobs\" : [ ] }");

    for (String command : List.of("report", "status", "run")) {
      err.reset();
      assertThat(execute(command, conf(TINY), "--set", set)).as(command).isEqualTo(2);
      assertThat(err())
          .contains(
              "plan.json has no format version", "use the program that wrote it, or another store");
    }
    assertThat(plan).hasContent("{ \"cells\" : [ ], \"jobs\" : [ ] }");
  }

  @Test
  void aSweepComparedWithItselfDiffersInNothing() throws IOException {
    String store = temp.resolve("store").toString();
    Store.open(store, new Configuration())
        .writeSweepFile(
            "tiny",
            SweepPlanFile.FILE_NAME,
            Json.encode(SweepPlanFile.of(null, List.of(), List.of())));

    assertThat(execute("diff", store + "/sweeps/tiny", store + "/sweeps/tiny")).isZero();
    assertThat(out()).contains("No setting differs.");
  }

  @Test
  void gcOnlyRemovesOldFilesUnlessForced() throws IOException {
    String set = "bilateral.store=" + temp.resolve("store");
    Store.open(temp.resolve("store").toString(), new Configuration())
        .writeSweepFile("x", "table.md", new byte[1]);

    assertThat(execute("gc", conf(TINY), "--set", set, "--older-than", "0.5")).isEqualTo(2);
    assertThat(err())
        .contains(
            "--older-than 0.5: running jobs can leave files unmodified for up to an hour",
            "--force");
    assertThat(execute("gc", conf(TINY), "--set", set, "--older-than", "0.5", "--force")).isZero();
  }

  @Test
  void imagesOutsideOfTheTestSetAreAUsageErrorThatNamesThem() throws IOException {
    String set = "bilateral.store=" + temp.resolve("store");

    assertThat(execute("analyse", conf(TINY), "--set", set, "--images", "5,100,x")).isEqualTo(2);

    assertThat(err())
        .contains(
            "--images: 100 is out of range: the test set has 100 images, numbered from 0 to 99",
            "\"x\" is neither a position nor a range");
    assertThat(temp.resolve("store")).doesNotExist();
  }

  @Test
  void tensorboardCopiesEventFilesListsMissingOnesAndPrintsTheCommandToShowThem()
      throws IOException {
    String one =
        TINY.replace("grid.seeds = [0, 1]", "grid { seeds = [0, 1], models = [unilateral-fine] }");
    String set = "bilateral.store=" + temp.resolve("store");
    SweepSetup setup =
        SweepSetup.of(
            SweepConfig.load(Path.of(conf(one)).toFile(), List.of(set)), new Configuration());
    SweepPlanFile.Job done = setup.planFile().jobs().get(0);
    try (ArtifactWriter artifact = setup.store().write(done.artifact())) {
      artifact.write("events.out.tfevents.1.x", out -> out.write(1));
      artifact.commit();
    }
    Path target = temp.resolve("my runs");

    assertThat(execute("tensorboard", conf(one), "--set", set, "--target", target.toString()))
        .isZero();

    assertThat(out().lines())
        .containsExactly(
            "no event file  fine hemisphere, resnet9 width 64, seed 1: not done yet",
            "event files copied: 1, jobs without one: 1",
            "tensorboard --logdir '" + target + "'");
    try (Stream<Path> files = Files.walk(target)) {
      assertThat(files.filter(Files::isRegularFile))
          .singleElement()
          .asString()
          .matches(".*/fine-hemisphere-.*seed-0-[0-9a-f]{8}/events.out.tfevents.1.x");
    }
  }

  @Test
  void theScriptsLearnWhatACommandNeedsWhateverItsOptions() throws IOException {
    String conf = conf(TINY);
    assertThat(execute("memory", conf)).isZero();
    assertThat(out()).matches("[0-9]+\\R");
    String mebibytes = out().strip();

    for (String line :
        List.of("run --until half-interval=1 %s", "analyse %s --images 1,2", "test %s")) {
      out.reset();
      assertThat(execute(("submission -- " + line).formatted(conf).split(" "))).isZero();
      assertThat(out()).startsWith(mebibytes + " dl4j ").hasLineCount(1);
    }
    out.reset();
    String store = "bilateral.store=s3a://b/runs";
    assertThat(execute("submission", "--", "run", conf, "--set", store)).isZero();
    assertThat(out().lines()).containsExactly(mebibytes + " dl4j s3a://b/runs");

    assertThat(execute("submission", "--", "run", conf, "--untill=x")).isEqualTo(2);
    assertThat(err()).contains("Unknown option: '--untill=x'");
    assertThat(execute("submission", "--")).isEqualTo(2);
    out.reset();
    assertThat(execute("--help")).isZero();
    assertThat(out()).doesNotContain("submission");
  }

  @Test
  void eachConfigurationOfACommandIsWrittenWithWhatItIncludes() throws IOException {
    Files.writeString(temp.resolve("seeds.conf"), "bilateral.grid.seeds = [7]");
    String first = conf("include \"seeds.conf\", bilateral { name = a, store = ${STORE} }");
    String second = conf("bilateral.name = b", "second.conf");
    Path folder = Files.createDirectory(temp.resolve("carried"));

    assertThat(execute("submission", "--carry", folder.toString(), "--", "diff", first, second))
        .isZero();

    assertThat(out().lines()).containsExactly("configuration " + first, "configuration " + second);
    assertThat(folder.resolve("sweep-1.conf")).content().contains("7", "store=${STORE}");
    assertThat(folder.resolve("sweep-2.conf")).content().contains("name=b");
  }

  @Test
  void prepareChecksTheNumberOfImages() throws IOException {
    Path source = Files.createDirectory(temp.resolve("source"));
    Files.write(source.resolve("train.bin"), new byte[3 * 3074]);
    Files.write(source.resolve("test.bin"), new byte[2 * 3074]);
    String target = temp.resolve("target").toString();

    assertThat(
            execute(
                "prepare",
                "--source",
                source.toString(),
                "--target",
                target,
                "--expect-train",
                "4"))
        .isEqualTo(2);
    assertThat(err()).contains("has 3 training images, expected 4");
    assertThat(temp.resolve("target")).doesNotExist();

    assertThat(
            execute(
                "prepare",
                "--source",
                source.toString(),
                "--target",
                target,
                "--expect-train",
                "3"))
        .isZero();
    assertThat(out())
        .contains("3 training and 2 test images (32x32, colour), 1 fine and 1 coarse classes");
    try (Stream<Path> files = Files.list(temp.resolve("target"))) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("train.bin", "test.bin", "dataset.json");
    }
  }
}
