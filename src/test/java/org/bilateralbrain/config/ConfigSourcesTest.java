package org.bilateralbrain.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.data.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigSourcesTest {

  @TempDir Path folder;

  @Test
  void anIncludedFileIsTakenFromTheFolderOfTheOneThatIncludesIt() throws IOException {
    Files.createDirectories(folder.resolve("parts/more"));
    Files.writeString(folder.resolve("parts/more/seeds.conf"), "bilateral.grid.seeds = [7]");
    Files.writeString(folder.resolve("parts/grid.conf"), "include \"more/seeds.conf\"");

    SweepConfig config = load("include \"parts/grid.conf\"");

    assertThat(config.grid().seeds()).containsExactly(7L);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "include \"my-settings.conf\" | sweep.conf includes my-settings.conf, but",
        "include required(\"my-settings.conf\") | includes my-settings.conf, but",
        "include file(\"nowhere/a.conf\") | includes nowhere/a.conf, but",
        "include \"sweep.conf\" | includes sweep.conf, which includes it",
        "include url(\"http://192.0.2.1/a.conf\") | includes the address http://192.0.2.1/a.conf; only files can be included",
        "include \"http://192.0.2.1/a.conf\" | includes http:/192.0.2.1/a.conf, but",
        "include classpath(\"reference.conf\") | includes reference.conf from the class path; only files can be included",
      })
  void onlyFilesThatAreThereCanBeIncluded(String text, String message) {
    assertThatThrownBy(() -> load(text))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aVariableThatASettingNamesIsReadAndItsValueIsNotInTheText() throws IOException {
    String text =
        "bilateral { store = ${STORE}\"/runs\", store = ${?UNSET}, name = ${?NAME}, data.seed = ${SEED} }";

    SweepConfig config = load(text, Map.of("STORE", "s3a://top-secret", "SEED", "5", "NAME", "n"));

    assertThat(config.store()).isEqualTo("s3a://top-secret/runs");
    assertThat(config.data().rule().seed()).isEqualTo(5);
    assertThat(config.resolved())
        .contains("${STORE}/runs")
        .contains("${SEED}")
        .doesNotContain("top-secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "quickstart",
        "cifar100",
        "cifar100-fast",
        "cifar100-laptop",
        "cifar100-smoke",
        "asymmetries"
      })
  void aPresetInOneFileIsTheSameSweep(String name) throws IOException {
    File preset = new File("conf/" + name + ".conf");
    Path copy = folder.resolve("copy.conf");
    Files.writeString(copy, SweepConfig.inOneFile(preset));

    List<String> data = List.of("bilateral.data.path=data");
    assertThat(SweepConfig.load(copy.toFile(), data, Map.of()))
        .usingRecursiveComparison()
        .ignoringFields("resolved")
        .isEqualTo(SweepConfig.load(preset, data, Map.of()));
  }

  @Test
  void includesReferencesAndVariablesMeanTheSameInOneFile() throws IOException {
    Files.writeString(folder.resolve("recipe.conf"), "epochs = 5, dropout = ${rate}, rate = 0.3");
    Path file = folder.resolve("sweep.conf");
    Files.writeString(
        file,
        """
        rates { include "recipe.conf" }
        bilateral {
          name = a, name = ${?NAME}
          store = ${STORE}"/runs"
          grid.seeds = [1], grid.seeds += 2
          hemisphere { epochs = 7, dropout = ${rates.dropout} }
          heads = { epochs = ${rates.epochs} }
        }
        """);
    Path copy = folder.resolve("copy.conf");
    Files.writeString(copy, SweepConfig.inOneFile(file.toFile()));
    Map<String, String> environment = Map.of("STORE", "s3a://top-secret", "NAME", "b");

    assertThat(copy).content().doesNotContain("include", "top-secret");
    for (Path each : List.of(file, copy)) {
      ConfigSources read = ConfigSources.read("bilateral", each.toFile(), List.of(), environment);
      assertThat(read.resolved().getString("bilateral.name")).isEqualTo("b");
      assertThat(read.resolved().getString("bilateral.store")).isEqualTo("s3a://top-secret/runs");
      assertThat(read.resolved().getIntList("bilateral.grid.seeds")).containsExactly(1, 2);
      assertThat(read.resolved().getDouble("bilateral.hemisphere.dropout")).isEqualTo(0.3);
      assertThat(read.resolved().getInt("bilateral.heads.epochs")).isEqualTo(5);
    }
  }

  @Test
  void otherVariablesAreNotRead() {
    assertThatThrownBy(() -> load("bilateral.store = ${home}", Map.of("home", "/x")))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("home");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "bilateral.s3.secret-key=hunter2 | bilateral.s3 is not a known setting",
        "bilateral.api-token=\"hunter2 | --set bilateral.api-token",
        "=hunter2 | --set =… is not of the form",
        "bilateral.hemisphere={ password = hunter2 } | bilateral.hemisphere.password is not a known setting"
      })
  void aMistakeInAnOverrideIsReportedWithoutItsValue(String override, String message) {
    assertThatThrownBy(() -> load("", Map.of(), override))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void aTildeAtTheStartOfAPathIsTheHomeFolder() throws IOException {
    SweepConfig config =
        load(
            "bilateral { store = \"~/runs\", data { source = cifar100, path = \"~/c.tar.gz\" } }",
            Map.of());

    String home = System.getenv("HOME");
    assertThat(config.store()).isEqualTo(home + "/runs");
    assertThat(config.data().source()).isEqualTo(new DataSource.Location(home + "/c.tar.gz"));
  }

  private SweepConfig load(String text, String... overrides) throws IOException {
    return load(text, Map.of(), overrides);
  }

  private SweepConfig load(String text, Map<String, String> environment, String... overrides)
      throws IOException {
    Path file = folder.resolve("sweep.conf");
    Files.writeString(file, "bilateral.name = a\n" + text);
    return SweepConfig.load(file.toFile(), List.of(overrides), environment);
  }
}
