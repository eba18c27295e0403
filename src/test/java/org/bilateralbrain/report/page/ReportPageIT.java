package org.bilateralbrain.report.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.ReportSettings;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.report.SweepResults;
import org.bilateralbrain.report.TrialsTable;
import org.bilateralbrain.store.Accuracies;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.History;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;
import org.bilateralbrain.sweep.SweepSetup;
import org.bilateralbrain.train.TrainedHere;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page, as a browser shows it. */
@Timeout(120)
class ReportPageIT {

  private static final List<String> MODELS =
      List.of(
          "unilateral-fine",
          "unilateral-coarse",
          "unilateral-both",
          "bilateral-specialised",
          "bilateral-unspecialised");

  private static final ReportSettings CONTRASTS =
      new ReportSettings(
          List.of(
              new ReportSettings.Contrast(
                  "bilateral-specialised",
                  Optional.empty(),
                  "bilateral-unspecialised",
                  Optional.empty(),
                  List.of("fine", "coarse"))),
          0.5);

  @TempDir Path temp;
  private Store store;
  private SweepPlanFile plan;

  @BeforeEach
  void open() throws IOException {
    store = Store.open(temp.resolve("store").toString(), new Configuration());
  }

  @ParameterizedTest
  @ValueSource(ints = {390, 820, 1400})
  void everyFigureHasContentAtEveryWidth(int width) throws Exception {
    Path page = write(page(5));
    assertThat(Files.readString(page)).doesNotContain("http").doesNotContain("<script");

    BufferedImage picture = screenshot(page, "report", width);

    assertThat(colours(picture))
        .as("colours that are there beside paper and ink")
        .isGreaterThan(20);
  }

  @Test
  void thePageIsWellFormedWithAFigureForEachHeadAndCurve() throws Exception {
    Path page = write(page(5));
    assumeThat(chromium()).as("chromium").isPresent();

    Process browser = browser("--dump-dom", page.toUri().toString()).start();
    String dom = new String(browser.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(browser.waitFor()).isZero();
    assertThat(dom.split("role=\"img\"", -1)).hasSize(1 + 10);
    assertThat(dom.split("class=\"seed\"", -1)).hasSize(1 + 5 * (1 + 1 + 2 + 2 + 2));
    assertThat(dom)
        .contains("&lt;b&gt; is no tag")
        .contains("Contrasts", "Comparison with a baseline (exploratory)")
        .contains("</main>");
  }

  @Test
  void analysesAndEffectsOfVariantsAreShown() throws Exception {
    SweepSetup setup = realSweep();
    SweepResults results = SweepResults.read(setup.store(), "tiny", setup.planFile());
    Path page =
        write(
            ReportPage.of(
                setup.store(),
                "tiny",
                setup.config().resolved(),
                setup.planFile(),
                results,
                results.statistics(Optional.empty(), Optional.empty(), setup.config().report()),
                TrialsTable.of(results.rows(), Map.of()),
                "bilateral 0"));
    assumeThat(chromium()).as("chromium").isPresent();
    Process browser = browser("--dump-dom", page.toUri().toString()).start();
    String dom = new String(browser.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(dom)
        .contains(
            "Effect of each variant",
            "Accuracy by superclass, fine labels",
            "Confusion between superclasses")
        .contains("Which predictions are right", "Similarity of images", "Reliance of each head")
        .contains("data:image/png;base64,", "core-hours", "commit", "jobs done: bilateral: 4 of 4");
    assertThat(dom)
        .contains("Similarity of the images of each case", "Saliency maps of requested images")
        .contains("Test image 17: ", "Test image 42: ", "image, left hemisphere, right hemisphere");
    int pictures = dom.split("<img ", -1).length - 1;
    assertThat(pictures)
        .as("one for each case that occurs, and each image and head of the three models")
        .isBetween(2 + 2 * 4, 16 + 2 * 4);
    assertThat(dom.split("class=\"cell\"", -1).length).as("cells of heat maps").isGreaterThan(50);
    screenshot(page, "analysed", 820);
  }

  /** Two seeds and two variants of tiny networks, really trained and analysed. */
  private SweepSetup realSweep() throws IOException {
    Path file =
        Files.writeString(
            temp.resolve("tiny.conf"),
            """
            bilateral {
              name = tiny
              data.synthetic { train-images = 200, test-images = 100 }
              grid { seeds = [0, 1], variants { symmetric {}, wide-left { left.width = 3 } } }
              hemisphere { width = 2, epochs = 2, batch-size = 50, learning-rate = 3e-3 }
              heads { feature-views = 1, epochs = 2, batch-size = 50, learning-rate = 3e-3 }
            }
            """);
    SweepSetup setup =
        SweepSetup.of(
            SweepConfig.load(file.toFile(), List.of("bilateral.store=" + temp.resolve("real"))),
            new Configuration());
    TrainedHere.everythingOf(setup);
    TrainedHere.explain(setup, List.of(17, 42));
    return setup;
  }

  @Test
  void thePageOfAThousandRunsIsSmall() throws Exception {
    SweepResults results = sweep(200);
    long start = System.nanoTime();
    String page = page(results);
    double seconds = (System.nanoTime() - start) / 1e9;

    System.out.printf("1,000 runs: %.1f kB, made in %.1f s%n", page.length() / 1e3, seconds);
    assertThat(page.length()).isLessThan(600_000);
  }

  private String page(int seeds) throws IOException {
    return page(sweep(seeds));
  }

  private String page(SweepResults results) throws IOException {
    return ReportPage.of(
        store,
        "demo",
        "note = \"<b> is no tag\"",
        plan,
        results,
        results.statistics(Optional.empty(), Optional.empty(), CONTRASTS),
        TrialsTable.of(results.rows(), Map.of()),
        "bilateral 0");
  }

  /** Makes the store of a sweep with so many seeds. */
  private SweepResults sweep(int seeds) throws IOException {
    List<SweepPlanFile.GridPoint> cells = new ArrayList<>();
    List<SweepPlanFile.Job> jobs = new ArrayList<>();
    for (int seed = 0; seed < seeds; seed++) {
      for (String model : MODELS) {
        List<String> heads =
            model.endsWith("fine")
                ? List.of("fine")
                : model.endsWith("coarse") ? List.of("coarse") : List.of("fine", "coarse");
        SweepPlanFile.GridPoint cell =
            new SweepPlanFile.GridPoint(
                model,
                "symmetric",
                "resnet9",
                "resnet9",
                seed,
                seed,
                heads,
                "hemisphere",
                model + seed,
                List.of(model + seed));
        cells.add(cell);
        jobs.add(
            new SweepPlanFile.Job(
                "hemisphere", model + seed, model + " hemisphere, seed " + seed, null, 1.0));
        commit(cell, seed);
      }
    }
    plan =
        SweepPlanFile.of(
            new SweepPlanFile.Data("synthetic", "digest", 20, 4, List.of(), List.of(), true, 32),
            cells,
            jobs);
    return SweepResults.read(store, "demo", plan);
  }

  private void commit(SweepPlanFile.GridPoint cell, int seed) throws IOException {
    double accuracy = 0.4 + 0.05 * MODELS.indexOf(cell.model()) + 0.01 * (seed * 7 % 5);
    Map<String, Metrics.Accuracy> heads = new LinkedHashMap<>();
    cell.heads()
        .forEach(
            head ->
                heads.put(
                    head, Accuracies.of(accuracy, accuracy + (head.equals("fine") ? 0 : 0.2))));
    History history = new History(cell.heads());
    for (int epoch = 1; epoch <= 30; epoch++) {
      Map<String, Double> validation = new LinkedHashMap<>();
      for (String head : cell.heads()) {
        validation.put(head, accuracy * (1 - 1.0 / (epoch + 1)));
      }
      history.add(
          new History.Epoch(
              epoch,
              4.0 / epoch + 0.02 * (seed % 5),
              validation,
              validation,
              validation,
              1e-4,
              1.0,
              100));
    }
    try (ArtifactWriter artifact = store.write(cell.artifact())) {
      artifact.write(
          Metrics.FILE_NAME,
          out -> out.write(Json.encode(new Metrics(30, 30, 36, 100, 1000, heads, null))));
      artifact.write(History.FILE_NAME, out -> out.write(history.csv()));
      artifact.commit();
    }
  }

  private Path write(String page) throws IOException {
    return Files.writeString(temp.resolve("report.html"), page);
  }

  private BufferedImage screenshot(Path page, String name, int width) throws Exception {
    assumeThat(chromium()).as("chromium").isPresent();
    File folder = Files.createDirectories(Path.of("target/pages")).toFile();
    File png = new File(folder, "%s-%d.png".formatted(name, width)).getAbsoluteFile();
    Process browser =
        browser(
                "--screenshot=" + png,
                "--window-size=%d,%d".formatted(width, 3200),
                page.toUri().toString())
            .start();
    assertThat(browser.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return ImageIO.read(png);
  }

  private ProcessBuilder browser(String... words) {
    List<String> command =
        new ArrayList<>(
            List.of(
                chromium().orElseThrow(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-sync",
                "--disable-background-networking",
                "--disable-component-update",
                "--hide-scrollbars",
                "--user-data-dir=" + temp.resolve("profile")));
    command.addAll(List.of(words));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
  }

  private static Optional<String> chromium() {
    return Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser")
        .filter(path -> new File(path).canExecute())
        .findFirst();
  }

  private static long colours(BufferedImage picture) {
    int[] pixels =
        picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
    return Arrays.stream(pixels).distinct().count();
  }
}
