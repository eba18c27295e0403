package org.bilateralbrain.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Sparsity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every converted configuration is loaded again. */
class ReferenceConfigurationTest {

  @TempDir Path temp;

  @Test
  void aUnilateralNetworkUsesTheSettingsForFineWhateverItsHead() throws IOException {
    SweepConfig config =
        converted(
            """
            seeds: [7, 8]
            exp_name: unilateral_specialize
            trainer_params: { max_epochs: 180, devices: auto }
            dataset: { train_dir: datasets/CIFAR100/train, raw_data_dir: ../cifar-100-python/ }
            hparams:
              mode_out: pred
              mode_heads: coarse
              mode_hemis: unilateral
              farch: sparse_resnet9
              ffreeze: False
              lr: 2.0e-4
              weight_decay: 1.0e-3
              batch_size: 128
              fine_k: 0.25
              fine_per_k: 0.5
              dropout: 0.6
            """);

    assertThat(config.grid().models()).containsExactly(Model.UNILATERAL_COARSE);
    assertThat(config.grid().backbones()).containsExactly(Backbone.SPARSE_RESNET9);
    assertThat(config.grid().seeds()).containsExactly(7L, 8L);
    Variant.Side right = config.grid().variants().get(0).right();
    assertThat(right.training().epochs()).isEqualTo(180);
    assertThat(right.training().batchSize()).isEqualTo(128);
    assertThat(right.training().learningRate()).isEqualTo(2e-4);
    assertThat(right.sparsity().k()).isEqualTo(0.25);
    assertThat(right.sparsity().testing()).isEqualTo(Sparsity.Testing.BATCH);
    assertThat(right.labels()).containsExactly(Head.COARSE);
  }

  @Test
  void aBilateralNetworkOfPretrainedHemispheresIsSpecialisedWithFreshViews() throws IOException {
    SweepConfig config =
        converted(
            """
            seeds: [4]
            hparams:
              mode_heads: both
              mode_hemis: bilateral
              farch: resnet9
              carch: vgg11
              ffreeze: True
              cfreeze: False
              weight_decay: 1.0e-5
              model_path_fine: runs/fine.ckpt
              model_path_coarse: runs/coarse.ckpt
            """);

    assertThat(config.grid().models()).containsExactly(Model.BILATERAL_SPECIALISED);
    Variant variant = config.grid().variants().get(0);
    assertThat(variant.left().checkpoint())
        .map(CheckpointSettings::location)
        .contains("runs/fine.ckpt");
    assertThat(variant.left().frozen()).isTrue();
    assertThat(variant.right().checkpoint())
        .map(CheckpointSettings::location)
        .contains("runs/coarse.ckpt");
    assertThat(variant.right().frozen()).isFalse();
    assertThat(variant.right().backbone()).contains(Backbone.VGG11);
    assertThat(config.grid().variants().get(0).heads().views().fresh()).isTrue();
  }

  @Test
  void aBilateralNetworkWithoutPretrainedOrFrozenHemispheresIsUnspecialised() throws IOException {
    SweepConfig config =
        converted(
            """
            seeds: [41, 42]
            trainer_params: { max_epochs: 20 }
            hparams: { mode_heads: both, mode_hemis: bilateral, farch: resnet9, carch: resnet9, ffreeze: False, cfreeze: False, lr: 1.0e-4 }
            """);

    assertThat(config.grid().models()).containsExactly(Model.BILATERAL_UNSPECIALISED);
    assertThat(config.grid().variants().get(0).bothHeads().epochs()).isEqualTo(20);
  }

  @Test
  void aSingleHemisphereIsTrainedFurtherFromItsModelPath() throws IOException {
    SweepConfig config =
        converted(
            "{ seeds: [4], hparams: { mode_heads: coarse, mode_hemis: unilateral, farch: resnet9, model_path: runs/a.ckpt } }");

    Variant.Side right = config.grid().variants().get(0).right();
    assertThat(right.startFrom()).map(CheckpointSettings::location).contains("runs/a.ckpt");
    assertThat(right.checkpoint()).isEmpty();
  }

  @Test
  void aWholeBilateralNetworkIsTakenFromItsModelPath() throws IOException {
    SweepConfig config =
        converted(
            "{ seeds: [4], hparams: { mode_heads: both, mode_hemis: bilateral, farch: resnet9, carch: resnet9, ffreeze: False, model_path: runs/a.ckpt } }");

    assertThat(config.grid().models()).containsExactly(Model.BILATERAL_SPECIALISED);
    assertThat(config.grid().variants().get(0).checkpoints().bilateral())
        .map(CheckpointSettings::location)
        .contains("runs/a.ckpt");
  }

  @Test
  void anEnsembleHasOneMemberPerCheckpoint() throws IOException {
    String yaml =
        """
        seeds: [0, 1, 2]
        hparams: { mode_heads: both, mode_hemis: ensemble, farch: resnet9, model_path_fine: [a.ckpt, b.ckpt, c.ckpt] }
        """;

    assertThat(converted(yaml).grid().ensembles().sizes()).containsExactly(3);
    assertThat(ReferenceConfiguration.convert(yaml).leftOut())
        .anyMatch(line -> line.startsWith("model_path_fine = 3"));
  }

  @Test
  void anEnsembleGetsOneSeedPerMember() throws IOException {
    SweepConfig config =
        converted(
            "{ seeds: [4], hparams: { mode_heads: both, mode_hemis: ensemble, farch: resnet9, model_path_fine: [a.ckpt] } }");

    assertThat(config.grid().seeds()).containsExactly(4L, 5L);
  }

  @Test
  void featureModeIsKeptAndSettingsWithoutACounterpartAreListed() throws IOException {
    String yaml =
        """
        seeds: [0]
        logger: { type: TensorBoardLogger }
        hparams: { mode_out: feature, mode_heads: fine, mode_hemis: unilateral, farch: resnet9, warmup_epochs: 3, num_workers: 4 }
        """;

    assertThat(converted(yaml).writesFeatures()).isTrue();
    assertThat(ReferenceConfiguration.convert(yaml).leftOut())
        .anyMatch(line -> line.startsWith("warmup_epochs = 3"))
        .anyMatch(line -> line.startsWith("num_workers = 4"))
        .anyMatch(line -> line.startsWith("logger = "));
  }

  @Test
  void allMistakesAreListed() {
    assertThatThrownBy(
            () ->
                ReferenceConfiguration.convert(
                    "hparams: { mode_hemis: trilateral, mode_heads: fine, farch: resnet10, fine_k: 0.2 }"))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("seeds must be a list")
        .hasMessageContaining("hparams.mode_hemis is 'trilateral'");
    assertThatThrownBy(
            () ->
                ReferenceConfiguration.convert(
                    "{ seeds: [1], hparams: { mode_hemis: unilateral, mode_heads: fine, farch: resnet10, fine_k: 0.2 } }"))
        .hasMessageContaining("hparams.farch is 'resnet10'")
        .hasMessageContaining("fine_k and fine_per_k must be set together");
    assertThatThrownBy(() -> ReferenceConfiguration.convert("a: b: c"))
        .hasMessageContaining("Invalid YAML");
    assertThatThrownBy(() -> ReferenceConfiguration.convert("!!java.io.File [x]"))
        .isInstanceOf(InvalidConfigurationException.class);
    assertThatThrownBy(() -> ReferenceConfiguration.convert("a: 1"))
        .hasMessageContaining("Section hparams is missing");
  }

  private SweepConfig converted(String yaml) throws IOException {
    Path file =
        Files.writeString(temp.resolve("c.conf"), ReferenceConfiguration.convert(yaml).text());
    return SweepConfig.load(file.toFile(), List.of());
  }
}
