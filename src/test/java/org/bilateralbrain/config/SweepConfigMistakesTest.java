package org.bilateralbrain.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said about configurations that can't be meant. */
class SweepConfigMistakesTest extends ConfigFixture {

  @Test
  void allMistakesAreListedTogetherEachWithItsPathAndLine() throws IOException {
    assertThatThrownBy(
            () ->
                load(
                    """
                    bilateral {
                      hemisphere {
                        width = 0
                        learning-rate = -1
                        epoch = 3
                      }
                      data.validation-fraction = 1
                      grid {
                        seeds = []
                        models = [unilateral-fine, unilateral-fine, bilateral]
                        backbones = resnet9
                      }
                      heads.batch-size = many
                      heads.epochs = 1.5
                    }
                    """))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining(
            "bilateral.hemisphere.width must be an integer of at least 1, not 0 (")
        .hasMessageContaining("sweep.conf:3)")
        .hasMessageContaining("bilateral.hemisphere.learning-rate must be greater than 0, not -1")
        .hasMessageContaining("sweep.conf:4)")
        .hasMessageContaining(
            "bilateral.hemisphere.epoch is not a known setting; expected one of: augmentation, average-decay, averaging-frequency")
        .hasMessageContaining(
            "bilateral.data.validation-fraction must be at least 0 and less than 1, not 1")
        .hasMessageContaining("bilateral.grid.seeds is empty")
        .hasMessageContaining("bilateral.grid.models contains \"unilateral-fine\" twice")
        .hasMessageContaining("bilateral.grid.models contains \"bilateral\"; expected model names")
        .hasMessageContaining("bilateral.grid.backbones must be a list")
        .hasMessageContaining(
            "bilateral.heads.batch-size must be an integer of at least 1, not \"many\"")
        .hasMessageContaining("bilateral.heads.epochs must be an integer of at least 1, not 1.5")
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(10));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bilateral.hemisphere.dropout = 1                      | bilateral.hemisphere.dropout must be at least 0 and less than 1",
        "bilateral.heads.augmentation = null                   | bilateral.heads.augmentation is null; remove the line for the usual augmentation",
        "bilateral.hemisphere.weight-decay = -0.1              | bilateral.hemisphere.weight-decay must be at least 0",
        "bilateral.heads.feature-views = 0                     | bilateral.heads.feature-views must be an integer of at least 1, or fresh, not 0",
        "bilateral.heads.feature-views = new                   | bilateral.heads.feature-views must be an integer of at least 1, or fresh, not \"new\"",
        "bilateral.hemisphere.sparsity.k = 0.5                 | bilateral.hemisphere.sparsity.k-percent is missing",
        "bilateral.hemisphere.sparsity { k = 0, k-percent = 0.5 } | bilateral.hemisphere.sparsity.k must be greater than 0 and at most 1, not 0",
        "bilateral.hemisphere.sparsity { k = 0.5, k-percent = 1.5 } | bilateral.hemisphere.sparsity.k-percent must be greater than 0 and at most 1",
        "bilateral.hemisphere.sparsity { k = 0.5, k-percent = 1, testing = both } | bilateral.hemisphere.sparsity.testing is 'both', but must be one of: sample, batch",
        "bilateral.hemisphere.freeze = maybe                   | bilateral.hemisphere.freeze must be true or false",
        "bilateral.hemisphere.labels = superclass              | bilateral.hemisphere.labels is 'superclass', but must be one of: fine, coarse, both",
        "bilateral.hemisphere { checkpoint = a.pt, checkpoint-class-order = text } | bilateral.hemisphere.checkpoint-class-order is 'text', but must be one of: numeric, reference",
        "bilateral.hemisphere { checkpoint = runs/a, checkpoint-class-order = numeric } | bilateral.hemisphere.checkpoint-class-order applies to files (.ckpt, .pt, .pth, .pth.tar, .safetensors), but checkpoint is \"runs/a\"",
        "bilateral.hemisphere { checkpoint = runs/a, checkpoint-prefix = model. } | bilateral.hemisphere.checkpoint-prefix applies to files",
        "bilateral.hemisphere { checkpoint = a.pt, labels = both, checkpoint-class-order = numeric } | checkpoint-class-order applies to networks with a single head",
        "bilateral.hemisphere { checkpoint = a.pt, start-from = b.pt } | bilateral.hemisphere.start-from trains a network further, but checkpoint takes one as it is; remove either",
        "bilateral.hemisphere { start-from = runs/a, checkpoint-class-order = numeric } | checkpoint-class-order applies to files (.ckpt, .pt, .pth, .pth.tar, .safetensors), but start-from is \"runs/a\"",
        "bilateral.grid { models = [unilateral-fine, unilateral-both], variants.v.left.checkpoint = a.pt } | bilateral.grid.variants.v.left.checkpoint is a hemisphere with its own labels, but grid.models includes unilateral-both, trained from scratch without it; put unilateral-both into a sweep of its own, with the same store, or name a network with two heads in both-heads.checkpoint",
        "bilateral { grid.models = [bilateral-specialised, bilateral-unspecialised], hemisphere.start-from = a.pt } | bilateral.hemisphere.start-from is a hemisphere with its own labels, but grid.models includes bilateral-unspecialised",
        "bilateral.grid { models = [bilateral-specialised, bilateral-unspecialised], variants.v.right.checkpoint = a.pt } | bilateral.grid.variants.v.right.checkpoint is a hemisphere with its own labels",
        "bilateral.both-heads.checkpoint = a.pt                | bilateral.both-heads.checkpoint is not used by any of grid.models; add unilateral-both and ensemble or remove it",
        "bilateral { grid.models = [unilateral-both, bilateral-unspecialised], both-heads.checkpoint = a.pt } | bilateral.both-heads.checkpoint is a trained network, but grid.models includes bilateral-unspecialised",
        "bilateral { grid.models = [unilateral-both], both-heads { checkpoint = a.pt, checkpoint-class-order = reference } } | both-heads.checkpoint-class-order applies to networks with a single head",
        "bilateral { grid.models = [unilateral-fine], heads.checkpoint = a.pt } | bilateral.heads.checkpoint is not used by any of grid.models; add bilateral-specialised or remove it",
        "bilateral { grid.pairing = cross, heads.checkpoint = a.pt } | bilateral.heads.checkpoint is a whole bilateral network, which has no hemispheres to pair; set grid.pairing = zip",
        "bilateral.hemisphere.train-share = 1.1                | bilateral.hemisphere.train-share must be greater than 0 and at most 1",
        "bilateral { grid.models = [ensemble], ensemble.sizes = [4] } | bilateral.ensemble.sizes includes 4, but grid.seeds has only 3 seeds",
        "bilateral.ensemble.sizes = [1]                        | bilateral.ensemble.sizes contains 1; expected integers of at least 2",
        "bilateral.grid { seeds = [7], models = [bilateral-fine-fine] } | includes bilateral-fine-fine, which joins two seeds, but grid.seeds has only one",
        "bilateral.grid.pairing = all                          | bilateral.grid.pairing is 'all', but must be one of: zip, cross",
        "bilateral.heads = 3                                   | bilateral.heads must be an object",
        "bilateral.name = a/b                                  | bilateral.name is 'a/b', but must be a valid folder name",
        "bilateral.store = \"\"                                | bilateral.store is empty",
        "bilateral.data.source = imagenet                      | bilateral.data.source is 'imagenet', but must be cifar100, folder, parquet or synthetic",
        "bilateral.data.source = cifar100                      | bilateral.data.path is missing",
        "bilateral.data.train-limit = 0                        | bilateral.data.train-limit must be an integer of at least 1",
        "bilateral.data.synthetic.coarse-classes = 52          | gives 260 fine classes",
        "bilateral.data.synthetic.train-images = 99            | must be at least the number of fine classes, 100",
        "bilateral.data.normalisation = { mean = [1, 1, 1] }   | bilateral.data.normalisation.std is missing",
        "bilateral.data.normalisation = { mean = [1], std = [1, 1, 1] } | bilateral.data.normalisation.mean must contain 3 numbers",
        "bilateral.data.normalisation = { mean = [1, 1, 1], std = [1, 0, 1] } | bilateral.data.normalisation.std must be greater than 0",
        "bilateral.grid.seeds = [1, -1]                        | bilateral.grid.seeds contains -1",
        "bilateral.grid.variants.a.left.width = 0              | bilateral.grid.variants.a.left.width must be an integer of at least 1",
        "bilateral.grid.variants.a.middle.width = 8            | bilateral.grid.variants.a.middle is not a known setting; expected one of: both-heads, heads, left, right, vary",
        "bilateral.grid.variants.a.left.backbone = resnet10    | bilateral.grid.variants.a.left.backbone is 'resnet10', but must be one of: resnet9",
        "bilateral.grid.variants.\"a,b\" {}                    | must be a valid folder name",
        "bilateral.dta.seed = 1                                | bilateral.dta is not a known setting; expected one of: both-heads, checkpoint-every, data, engine, ensemble, grid",
        "bilateral.checkpoint-every = 10                       | must be a number of epochs such as 5 epochs, a duration such as 10 minutes, or never, not 10",
        "bilateral.checkpoint-every = 0 epochs                 | must be a number of epochs such as 5 epochs",
        "bilateral.job-timeout = soon                          | must be a duration such as 12 hours, not \"soon\"",
        "bilateral.hemisphere.parallelism = model              | but must be one of: jobs, data",
        "bilateral.engine = jax                                | bilateral.engine is \"jax\"; expected one of: dl4j, torch",
        "bilateral.precision = half                            | bilateral.precision is 'half', but must be one of: float32, tf32, bf16",
        "bilateral.precision = bf16                            | bilateral.precision is \"bf16\", but the engine dl4j computes in float32",
        "bilateral { engine = torch, hemisphere.parallelism = data } | bilateral.engine is \"torch\", which can't train a network on several workers (parallelism = data); expected dl4j",
        "bilateral.grid.vary = [weights]                       | bilateral.grid.vary contains \"weights\"; expected sources of randomness: start, order, augmentation, dropout, split",
        "bilateral.grid.vary = []                              | bilateral.grid.vary is empty for the variant symmetric",
        "bilateral.grid { vary = [split], pairing = cross }    | bilateral.grid.vary includes split, but pairing = cross",
        "bilateral.grid { vary = [split], models = [ensemble] } | of which some were trained on images that others hold out",
        "bilateral.grid.variants.a.vary = [x]                  | bilateral.grid.variants.a.vary contains \"x\"",
        "bilateral.grid.variants.a.heads.epochs = 0            | bilateral.grid.variants.a.heads.epochs must be an integer of at least 1, not 0",
        "bilateral.grid.variants.a.both-heads.epoch = 1        | bilateral.grid.variants.a.both-heads.epoch is not a known setting",
        "bilateral.grid.sweep { \"heads.rate\" = [1] }         | bilateral.grid.sweep.heads.rate is not a setting that can be swept",
        "bilateral.grid.sweep { \"data.seed\" = [1] }          | bilateral.grid.sweep.data.seed is not a setting that can be swept; expected grid.vary or a setting of: hemisphere",
        "bilateral.grid.sweep { width = [1] }                  | bilateral.grid.sweep.width is not a setting that can be swept",
        "bilateral.grid.sweep { \"heads.epochs\" = 3 }         | bilateral.grid.sweep.heads.epochs must be a list of values, not 3",
        "bilateral.grid.sweep { \"heads.epochs\" = [1, 0] }    | bilateral.heads.epochs must be an integer of at least 1, not 0",
        "bilateral.grid.sweep { \"heads.learning-rate\" = [1e-3, 0.001] } | bilateral.grid.sweep.heads.learning-rate contains 0.001 twice",
        "bilateral.ensemble.train-share = 0                    | bilateral.ensemble.train-share must be greater than 0 and at most 1",
        "bilateral.require-gpu = maybe                         | must be true or false, not \"maybe\"",
        "billateral.name = x                                   | billateral is not a known setting; expected one of: bilateral",
      })
  void aMistakeIsReportedWithItsPath(String text, String message) {
    assertThatThrownBy(() -> load(text))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aValueInPlaceOfAnObjectIsReportedOnce() {
    assertThatThrownBy(() -> load("bilateral.heads = 3"))
        .hasMessageStartingWith("bilateral.heads must be an object { … }, not 3 (")
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
  }

  @Test
  void aMistakeInAnOverrideIsReportedWithTheOverride() {
    assertThatThrownBy(() -> load("", "bilateral.heads.epochs=0"))
        .hasMessageContaining(
            "bilateral.heads.epochs must be an integer of at least 1, not 0 (--set bilateral.heads.epochs)");
    assertThatThrownBy(() -> load("", "bilateral.heads.epochs"))
        .hasMessageContaining("--set bilateral.heads.epochs is not of the form path.to.key=value");
  }

  @Test
  void aSweepWithoutANameIsRejectedBecauseTwoWouldShareAFolder() throws IOException {
    Path file = Files.writeString(temp.resolve("sweep.conf"), "bilateral.heads.epochs = 5");

    assertThatThrownBy(() -> SweepConfig.load(file.toFile(), List.of()))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("bilateral.name is missing: give the sweep a unique name");
  }

  @Test
  void invalidHoconIsReportedWithItsFile() {
    assertThatThrownBy(() -> load("bilateral {\n name = x\n"))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("sweep.conf");
  }

  @Test
  void aMissingFileIsReportedByName() {
    assertThatThrownBy(() -> SweepConfig.load(new File("nowhere.conf"), List.of()))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessage("Configuration file nowhere.conf not found");
  }
}
