package org.bilateralbrain.config;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.faults.Mutations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Thousands of damaged configurations: each is read, or its mistakes are listed. */
class DamagedConfigurationsTest {

  @TempDir Path temp;

  @Test
  void configurationsWithTyposAreReadOrRefused() throws IOException {
    String good =
        """
        bilateral {
          name = a
          data { source = synthetic, synthetic { train-images = 200, test-images = 100 } }
          hemisphere { width = 2, epochs = 3, optimizer = sgd, momentum = 0.9
            schedule { name = onecycle, pct-start = 0.25 }, augmentation { pad = 2, flip = none } }
          grid {
            seeds = [0, 1], models = [unilateral-fine, bilateral-specialised]
            variants { plain {}, sparse { left { backbone = sparse_resnet9, sparsity { k = 0.3, k-percent = 0.5 } } } }
            sweep { "heads.learning-rate" = { from = 1e-4, to = 1e-2, scale = log } }
            search { trials = 3, sampler = random, prune = median }
          }
          report.contrasts = []
        }
        """;
    Mutations.assertEachIsReadOrRefused(
        good.getBytes(StandardCharsets.UTF_8),
        2_000,
        64,
        this::load,
        List.of(InvalidConfigurationException.class));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{a=", "(", "${", "\"\"\"", "{\"a\":["})
  void endlessNestingIsRefused(String opening) {
    String text = "bilateral.name = " + opening.repeat(100_000);

    assertThatThrownBy(() -> load(text.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(InvalidConfigurationException.class);
  }

  @Test
  void aFileLargerThanAMegabyteIsRefused() {
    byte[] text = ("# " + "x".repeat(2 << 20)).getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> load(text))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("has 2097154 bytes, too many for a configuration");
  }

  @Test
  void referenceConfigurationsWithTyposAreConvertedOrRefused() throws IOException {
    String good =
        """
        exp_name: reference
        seeds: [0, 10]
        dataset: { train_dir: images/train, test_dir: images/test }
        evaluate: &run { a: 1, b: [*run, 2] }
        hparams:
          mode_hemis: bilateral
          mode_heads: both
          farch: resnet9
          carch: "resnet9"
          model_path_fine: "a.ckpt"
          ffreeze: true
          fine_k: 0.3
          fine_per_k: 0.5
          max_epochs: 180
          lr: 1.0e-4
          dropout: 0.6
        """;
    Mutations.assertEachIsReadOrRefused(
        good.getBytes(StandardCharsets.UTF_8),
        2_000,
        64,
        content -> {
          String text =
              ReferenceConfiguration.convert(new String(content, StandardCharsets.UTF_8)).text();
          ConfigFactory.parseString(text);
        },
        List.of(InvalidConfigurationException.class));
  }

  private void load(byte[] content) throws IOException {
    Path file = temp.resolve("sweep.conf");
    Files.write(file, content);
    SweepConfig.load(file.toFile(), List.of(), Map.of());
  }
}
