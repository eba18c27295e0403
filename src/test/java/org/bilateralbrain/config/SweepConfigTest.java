package org.bilateralbrain.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.data.Partition;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.ClassOrder;
import org.bilateralbrain.nn.Head;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SweepConfigTest extends ConfigFixture {

  @Test
  void anEmptyFileHasTheSettingsOfThePaper() throws IOException {
    SweepConfig config = load("");

    assertThat(config.name()).isEqualTo("some");
    assertThat(config.store()).isEqualTo("runs");
    assertThat(config.data().source()).isInstanceOf(DataSource.Synthetic.class);
    assertThat(config.data().rule())
        .isEqualTo(new Partition.Rule(0, 0.1, Partition.Rule.NO_LIMIT, Partition.Rule.NO_LIMIT));
    assertThat(config.data().normalisation()).isEmpty();
    assertThat(config.grid().backbones()).containsExactly(Backbone.RESNET9);
    assertThat(config.grid().seeds()).containsExactly(0L, 1L, 2L);
    assertThat(config.grid().models())
        .containsExactly(
            Model.UNILATERAL_FINE, Model.UNILATERAL_COARSE, Model.BILATERAL_SPECIALISED);
    Variant variant = config.grid().variants().get(0);
    assertThat(variant.name()).isEqualTo("symmetric");
    assertThat(variant.left().training()).isEqualTo(variant.right().training());
    assertThat(variant.left().labels()).containsExactly(Head.FINE);
    assertThat(variant.right().labels()).containsExactly(Head.COARSE);
    assertThat(variant.left().width()).isEqualTo(64);
    TrainingSettings hemisphere = variant.left().training();
    assertThat(hemisphere.epochs()).isEqualTo(180);
    assertThat(hemisphere.batchSize()).isEqualTo(256);
    assertThat(hemisphere.learningRate()).isEqualTo(1e-4);
    assertThat(hemisphere.hyperparameters().weightDecay()).isEqualTo(1e-3);
    assertThat(hemisphere.hyperparameters().dropout()).isEqualTo(0.6);
    assertThat(config.grid().variants().get(0).heads().training().hyperparameters().weightDecay())
        .isEqualTo(1e-5);
    assertThat(config.execution())
        .isEqualTo(
            new ExecutionSettings(
                new CheckpointEvery.Time(Duration.ofMinutes(10)),
                Optional.empty(),
                Duration.ofMinutes(10),
                false));
  }

  @Test
  void executionSettingsAreRead() throws IOException {
    SweepConfig config =
        load(
            "bilateral { checkpoint-every = 5 epochs, job-timeout = 12 hours, store-patience = 5 seconds, require-gpu = true }");

    assertThat(config.execution())
        .isEqualTo(
            new ExecutionSettings(
                new CheckpointEvery.Epochs(5),
                Optional.of(Duration.ofHours(12)),
                Duration.ofSeconds(5),
                true));
    assertThat(load("bilateral.checkpoint-every = never").execution().checkpointEvery())
        .isEqualTo(new CheckpointEvery.Never());
    assertThat(load("bilateral.checkpoint-every = null").execution().checkpointEvery())
        .isEqualTo(new CheckpointEvery.Never());
  }

  @Test
  void aVariantOverridesAnyHemisphereSettingOnEitherSide() throws IOException {
    SweepConfig config =
        load(
            """
            bilateral {
              hemisphere { width = 32, epochs = 7 }
              grid.variants {
                plain {}
                odd { left.width = 40, right { epochs = 3, learning-rate = 0.01 } }
              }
            }
            """);

    Variant odd = config.grid().variants().get(1);
    assertThat(odd.name()).isEqualTo("odd");
    assertThat(odd.left().width()).isEqualTo(40);
    assertThat(odd.left().training().epochs()).isEqualTo(7);
    assertThat(odd.right().width()).isEqualTo(32);
    assertThat(odd.right().training().epochs()).isEqualTo(3);
    assertThat(odd.right().training().learningRate()).isEqualTo(0.01);
    assertThat(config.grid().variants()).extracting(Variant::name).containsExactly("plain", "odd");
  }

  @Test
  void theRowsOfASingleHeadAreInTheReferencesOrderInPyTorchFilesOnly() throws IOException {
    assertThat(orders("checkpoint = a.ckpt")).containsOnly(ClassOrder.REFERENCE);
    assertThat(orders("checkpoint = a.ckpt, checkpoint-class-order = numeric"))
        .containsOnly(ClassOrder.NUMERIC);
    assertThat(orders("checkpoint = a.ckpt, labels = both")).containsOnly(ClassOrder.NUMERIC);
    assertThat(orders("checkpoint = runs/artifacts/a")).containsOnly(ClassOrder.NUMERIC);
  }

  @Test
  void aVariantCanTrainFurtherWhatTheOthersTakeAsItIs() throws IOException {
    List<Variant> variants =
        load("bilateral { hemisphere.checkpoint = \"a-{seed}.pt\", grid.variants { as-it-is {}, further.left { checkpoint = null, start-from = \"a-{seed}.pt\" } } }")
            .grid()
            .variants();

    assertThat(variants.get(0).left().startFrom()).isEmpty();
    assertThat(variants.get(1).left().checkpoint()).isEmpty();
    assertThat(variants.get(1).left().startFrom().orElseThrow().ofSeed(7).location())
        .isEqualTo("a-7.pt");
    assertThat(variants.get(1).right().checkpoint()).isPresent();
  }

  private List<ClassOrder> orders(String hemisphere) throws IOException {
    Variant variant = load("bilateral.hemisphere { " + hemisphere + " }").grid().variants().get(0);
    return Stream.of(variant.left(), variant.right())
        .map(side -> side.checkpoint().orElseThrow().classOrder())
        .toList();
  }

  @Test
  void overridesTakePrecedenceOverTheFileAndTheLastOneWins() throws IOException {
    SweepConfig config =
        load(
            "bilateral.heads.epochs = 5",
            "bilateral.heads.epochs=6",
            "bilateral.heads.epochs=7",
            "bilateral.grid.seeds=[4]",
            "bilateral.store=s3a://bucket/a folder?x=1#y");

    assertThat(config.grid().variants().get(0).heads().training().epochs()).isEqualTo(7);
    assertThat(config.grid().seeds()).containsExactly(4L);
    assertThat(config.store()).isEqualTo("s3a://bucket/a folder?x=1#y");
  }

  @Test
  void theResolvedConfigurationReadsBackUnchanged() throws IOException {
    SweepConfig config =
        load(
            "bilateral { name = a, hemisphere.width = 3, grid { variants.x.left.width = 5, sweep { \"heads.learning-rate\" = [1e-5] } } }");

    SweepConfig again = load(config.resolved());

    assertThat(again).isEqualTo(config);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "quickstart",
        "cifar100-smoke",
        "cifar100-laptop",
        "cifar100-fast",
        "cifar100",
        "asymmetries"
      })
  void thePresetsAreValid(String preset) {
    SweepConfig config =
        SweepConfig.load(
            new File("conf", preset + ".conf"), List.of("bilateral.data.path=somewhere"));

    assertThat(config.name()).startsWith(preset);
  }
}
