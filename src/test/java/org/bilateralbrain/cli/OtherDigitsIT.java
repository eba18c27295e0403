package org.bilateralbrain.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.bilateralbrain.tensorboard.EventFileReader;
import org.bilateralbrain.tensorboard.EventFileReader.Event;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * In a locale with other digits than 0 to 9, the program's own code writes the same files as in any
 * other. Libraries format in the default locale, which {@link Main#main} sets for them; that is not
 * part of this test.
 */
@Timeout(240)
class OtherDigitsIT {

  private static final Locale OTHER_DIGITS = Locale.forLanguageTag("fa-IR");

  private static final String TINY =
      """
      bilateral {
        name = tiny
        data.synthetic { train-images = 40, test-images = 20, coarse-classes = 2, fine-per-coarse = 2 }
        grid {
          seeds = [0, 1]
          models = [unilateral-fine, unilateral-coarse, bilateral-specialised]
          variants = { symmetric {}, wide { left { width = 3 } } }
        }
        hemisphere { width = 2, epochs = 1, batch-size = 20, learning-rate = 3e-3 }
        heads { feature-views = 1, epochs = 1, batch-size = 20, learning-rate = 3e-3 }
      }
      """;

  /** As submit/local.sh sets them. */
  private static final Map<String, String> SPARK =
      Map.of(
          "spark.master", "local[2,2]",
          "spark.ui.enabled", "false",
          "spark.driver.host", "localhost",
          "spark.driver.bindAddress", "127.0.0.1");

  /**
   * Files whose numbers are times, speeds and checksums of such files, which differ from run to
   * run.
   */
  private static final Pattern TIMED =
      Pattern.compile(
          ".*/(metrics|provenance|manifest|run|status)\\.json|.*/(history|results)\\.csv|page\\.html|printed/.*");

  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern NUMBER = Pattern.compile(DIGEST + "|[0-9][0-9.]*(E-?[0-9]+)?");

  @TempDir Path temp;
  private final Locale before = Locale.getDefault();

  @BeforeEach
  void configureSpark() {
    SPARK.forEach(System::setProperty);
  }

  @AfterEach
  void restore() {
    SPARK.keySet().forEach(System::clearProperty);
    Locale.setDefault(before);
  }

  @Test
  void aLocaleWithOtherDigitsChangesNoFile() throws IOException {
    Path anywhere = everythingUnder(Locale.ROOT);
    Path there = everythingUnder(OTHER_DIGITS);

    SortedMap<String, Path> expected = files(anywhere);
    SortedMap<String, Path> actual = files(there);
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    for (Map.Entry<String, Path> file : actual.entrySet()) {
      String name = file.getKey();
      assertThat(comparable(name, file.getValue()))
          .as(name)
          .isEqualTo(comparable(name, expected.get(name)));
    }
    assertThat(expected.keySet())
        .anyMatch(name -> name.endsWith("/predictions.csv"))
        .anyMatch(name -> name.endsWith("/train-view-0.npy"))
        .anyMatch(name -> name.matches("store/artifacts/analysis/.*/saliency-.*\\.png"))
        .anyMatch(name -> name.matches("store/sweeps/tiny/analysis/.*\\.csv"))
        .anyMatch(name -> name.matches("tensorboard/.*/events\\..*"))
        .contains("store/sweeps/tiny/classes.csv", "store/sweeps/tiny/table.md", "page.html");
  }

  /** Runs all commands; returns the folder with everything that they wrote and printed. */
  private Path everythingUnder(Locale locale) throws IOException {
    Locale.setDefault(locale);
    assertThat(String.format("%d", 1).equals("1")).isEqualTo(locale.equals(Locale.ROOT));
    Path folder = Files.createDirectory(temp.resolve("here"));
    Path conf = Files.writeString(temp.resolve("tiny.conf"), TINY);
    List<List<String>> commands =
        List.of(
            List.of("plan"),
            List.of("memory"),
            List.of("run"),
            List.of("status"),
            List.of("test"),
            List.of("analyse"),
            List.of("report"),
            List.of("report", "--format", "csv"),
            List.of("report", "--format", "latex"),
            List.of("report", "--format", "json"),
            List.of("report", "--html", folder.resolve("page.html").toString()),
            List.of("tensorboard", "--target", folder.resolve("tensorboard").toString()),
            List.of("gc"));
    Path printed = Files.createDirectory(folder.resolve("printed"));
    for (int i = 0; i < commands.size(); i++) {
      List<String> words = new ArrayList<>(commands.get(i));
      words.addAll(
          1, List.of(conf.toString(), "--set", "bilateral.store=" + folder.resolve("store")));
      Files.writeString(printed.resolve(i + "-" + words.get(0)), printedBy(words));
    }
    // Some files contain the path of the store, so that both runs need the same.
    return Files.move(folder, temp.resolve(locale.equals(Locale.ROOT) ? "anywhere" : "there"));
  }

  private static String printedBy(List<String> words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        Main.execute(
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            words.toArray(String[]::new));
    assertThat(exitCode).as(() -> words + ": " + err.toString(UTF_8)).isZero();
    assertHasNoOtherDigits(
        "stderr of " + words, err.toString(UTF_8)); // its lines come in any order
    return out.toString(UTF_8);
  }

  /** By name, without the random and timed parts of names. */
  private static SortedMap<String, Path> files(Path folder) throws IOException {
    SortedMap<String, Path> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(withoutTimes(folder.relativize(file).toString()), file);
      }
    }
    return files;
  }

  private static String withoutTimes(String text) {
    return text.replaceAll("attempt-[0-9a-f]{8}", "attempt")
        .replaceAll("(tfevents)\\.[0-9]+", "$1");
  }

  /**
   * The part of a file's content that must be equal: everything but times and what depends on them.
   */
  private static String comparable(String name, Path file) throws IOException {
    assertHasNoOtherDigits("name", name);
    byte[] bytes = Files.readAllBytes(file);
    if (name.contains("/events.out.tfevents")) {
      return withoutNumbers(name, events(bytes));
    }
    if (name.endsWith(
        "/weights.safetensors")) { // DL4J records a seed from the clock; nothing uses it
      return entries(bytes).replaceAll("(\"seed\" :) [0-9]+", "$1");
    }
    if (name.endsWith("/analysis.json")) { // contains checksums of weights.safetensors
      return DIGEST.matcher(new String(bytes, UTF_8)).replaceAll("#");
    }
    if (TIMED.matcher(name).matches()) {
      return withoutNumbers(name, new String(bytes, UTF_8));
    }
    return withoutTimes(new String(bytes, ISO_8859_1));
  }

  private static String withoutNumbers(String name, String text) {
    assertHasNoOtherDigits(name, text);
    return NUMBER.matcher(withoutTimes(text)).replaceAll("#");
  }

  private static void assertHasNoOtherDigits(String where, String text) {
    assertThat(text).as(where).doesNotContainPattern("[\\p{Nd}&&[^0-9]]");
  }

  private static String events(byte[] file) throws IOException {
    StringBuilder words = new StringBuilder();
    for (Event event : EventFileReader.read(file)) {
      words
          .append(event.step())
          .append(' ')
          .append(event.scalars().keySet())
          .append(event.texts())
          .append('\n');
    }
    return words.toString();
  }

  private static String entries(byte[] file) throws IOException {
    StringBuilder entries = new StringBuilder();
    ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(file));
    for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
      entries
          .append(entry.getName())
          .append('\n')
          .append(new String(zip.readAllBytes(), ISO_8859_1));
    }
    return entries.toString();
  }
}
