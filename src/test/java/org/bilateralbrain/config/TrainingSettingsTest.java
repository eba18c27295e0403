package org.bilateralbrain.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bilateralbrain.config.TrainingSettings.EarlyStopping;
import org.bilateralbrain.data.Augmentation;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Optimiser;
import org.bilateralbrain.nn.Schedule;
import org.bilateralbrain.nn.Schedule.OneCycle.Annealing;
import org.bilateralbrain.nn.Schedule.OneCycle.MomentumCycle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingSettingsTest {

  private static final String RECIPE =
      """
      optimizer = sgd, momentum = 0.9, nesterov = true, learning-rate = 0.1, weight-decay = 5e-4
      decay-norm-and-bias = false, clip-norm = 1, label-smoothing = 0.1, average-decay = 0.999
      batch-norm-momentum = 0.2, dropout = 0
      schedule { name = onecycle, pct-start = 0.25, anneal-strategy = linear, cycle-momentum = false }
      augmentation { pad = 2, flip = alternating, cutout = 8 }
      early-stopping { patience = 3, min-delta = 0.001 }
      """;

  @TempDir Path temp;

  @ParameterizedTest
  @ValueSource(strings = {"hemisphere", "both-heads", "heads"})
  void aRecipeIsReadForEveryTraining(String section) throws IOException {
    Variant variant = load("%s { epochs = 20, batch-size = 128\n%s }".formatted(section, RECIPE));
    TrainingSettings training =
        switch (section) {
          case "hemisphere" -> variant.right().training();
          case "both-heads" -> variant.bothHeads();
          default -> variant.heads().training();
        };

    assertThat(training)
        .isEqualTo(
            new TrainingSettings(
                20,
                128,
                0.1,
                new Schedule.OneCycle(
                    0.25, Annealing.LINEAR, 25, 1e4, false, new MomentumCycle(0.85, 0.95, false)),
                new Hyperparameters(new Optimiser.Sgd(0.9, true), 5e-4, false, 1, 0.1, 0.999, 0),
                new Augmentation(2, Augmentation.Flip.ALTERNATING, 8),
                0.2,
                new EarlyStopping(3, 0.001)));
  }

  @Test
  void aSideOfAVariantChangesSingleParametersOfWhatItIsBasedOn() throws IOException {
    Variant variant =
        load(
            """
            hemisphere { %s }
            grid.variants.fast-right.right {
              schedule.pct-start = 0.5, augmentation.cutout = 4, early-stopping = null
            }
            """
                .formatted(RECIPE));

    assertThat(variant.left().training().schedule())
        .isInstanceOfSatisfying(
            Schedule.OneCycle.class, cycle -> assertThat(cycle.pctStart()).isEqualTo(0.25));
    TrainingSettings right = variant.right().training();
    assertThat(right.schedule())
        .isInstanceOfSatisfying(
            Schedule.OneCycle.class,
            cycle -> {
              assertThat(cycle.pctStart()).isEqualTo(0.5);
              assertThat(cycle.annealing()).isEqualTo(Annealing.LINEAR);
            });
    assertThat(right.augmentation())
        .isEqualTo(new Augmentation(2, Augmentation.Flip.ALTERNATING, 4));
    assertThat(right.earlyStopping()).isNull();
    assertThat(variant.left().training().earlyStopping()).isEqualTo(new EarlyStopping(3, 0.001));
  }

  /** What a side inherits doesn't count as a mistake, because it didn't write it. */
  @Test
  void aSideWithAnotherOptimizerIgnoresInheritedParameters() throws IOException {
    Variant variant =
        load(
            """
            hemisphere { %s }
            grid.variants.adam-right.right {
              optimizer = adamw, learning-rate = 1e-3, schedule.name = cosine
            }
            """
                .formatted(RECIPE));

    assertThat(variant.right().training().hyperparameters().optimiser())
        .isEqualTo(new Optimiser.Adam(0.9, 0.999, 1e-8, true));
    assertThat(variant.right().training().schedule()).isEqualTo(new Schedule.Cosine(0, 0, 0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "name = step, step-size = 3                         | Step[stepSize=3, gamma=0.1]",
        "name = multistep, milestones = [3, 6], gamma = 0.2 | MultiStep[milestones=[3, 6], gamma=0.2]",
        "name = cosine, t-max = 4, eta-min = 0.01           | Cosine[start=0.0, tMax=4.0, etaMin=0.01]",
        "name = cosine, warmup-epochs = 1.5                 | WarmUp[epochs=1.5, startFactor=0.3333333333333333, then=Cosine[start=1.5, tMax=0.0, etaMin=0.0]]",
        "name = constant, warmup-epochs = 2, warmup-start-factor = 0.1 | WarmUp[epochs=2.0, startFactor=0.1, then=Constant[]]",
        "warmup-epochs = 0                                  | Constant[]",
      })
  void schedulesHavePyTorchsParametersAndDefaults(String schedule, String expected)
      throws IOException {
    Variant variant = load("heads { epochs = 9, schedule { %s } }".formatted(schedule));

    assertThat(variant.heads().training().schedule()).hasToString(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "momentum = 0.9                                   | hemisphere.momentum is a parameter of sgd, but optimizer = adam; remove it, or set it to null",
        "optimizer = adamw, nesterov = true               | hemisphere.nesterov is a parameter of sgd, but optimizer = adamw",
        "optimizer = sgd, betas = [0.9, 0.99]             | hemisphere.betas is a parameter of adam and adamw, but optimizer = sgd",
        "optimizer = sgd, nesterov = true                 | hemisphere.nesterov needs a momentum greater than 0",
        "optimizer = lion                                 | hemisphere.optimizer is 'lion', but must be one of: adam, adamw, sgd",
        "betas = [0.9]                                    | hemisphere.betas must contain 2 numbers of at least 0 and less than 1, not [0.9]",
        "betas = [0.9, 1]                                 | hemisphere.betas must contain 2 numbers",
        "clip-norm = 0                                    | hemisphere.clip-norm must be greater than 0, not 0",
        "average-decay = 1                                | hemisphere.average-decay must be greater than 0 and less than 1, not 1",
        "label-smoothing = 1                              | hemisphere.label-smoothing must be at least 0 and less than 1",
        "batch-norm-momentum = 0                          | hemisphere.batch-norm-momentum must be greater than 0 and at most 1",
        "augmentation.pad = -1                            | hemisphere.augmentation.pad must be an integer of at least 0, not -1",
        "augmentation.flip = sometimes                    | hemisphere.augmentation.flip is 'sometimes', but must be one of: random, alternating, none",
        "augmentation.cutout = -1                         | hemisphere.augmentation.cutout must be an integer of at least 0",
        "augmentation.crop = 4                            | hemisphere.augmentation.crop is not a known setting; expected one of: cutout, flip, pad",
        "early-stopping { min-delta = 0.1 }               | hemisphere.early-stopping.patience is missing",
        "early-stopping { patience = 0 }                  | hemisphere.early-stopping.patience must be an integer of at least 1",
        "schedule.name = linear                           | hemisphere.schedule.name is 'linear', but must be one of: constant, step, multistep, cosine, onecycle",
        "schedule.pct-start = 0.3                         | hemisphere.schedule.pct-start is a parameter of onecycle, but the schedule is constant",
        "schedule { name = onecycle, gamma = 0.5 }        | hemisphere.schedule.gamma is a parameter of multistep and step, but the schedule is onecycle",
        "schedule { name = onecycle, pct-start = 1 }      | hemisphere.schedule.pct-start must be greater than 0 and less than 1, not 1",
        "schedule { name = onecycle, warmup-epochs = 1 }  | hemisphere.schedule.warmup-epochs is no parameter of onecycle, whose first part is a warm-up",
        "optimizer = sgd, schedule.name = onecycle        | hemisphere.schedule.name cycles a momentum, which the optimizer doesn't have; set cycle-momentum = false, or a momentum",
        "schedule { name = onecycle, pct-start = 0.6, three-phase = true } | hemisphere.schedule.pct-start must be at most 0.5 with three-phase = true",
        "schedule { name = step, step-size = 11 }         | hemisphere.schedule.step-size is 11, which is longer than the 10 epochs of the training",
        "schedule { name = step }                         | hemisphere.schedule.step-size is missing",
        "schedule { name = multistep, milestones = [4, 10] } | hemisphere.schedule.milestones contains 10, but the training has 10 epochs",
        "schedule { name = multistep, milestones = [8, 4] } | hemisphere.schedule.milestones must ascend, not [8,4]",
        "schedule { name = cosine, t-max = 20 }           | hemisphere.schedule.t-max is 20, which is longer than the 10 epochs",
        "schedule { name = cosine, warmup-epochs = 11 }   | hemisphere.schedule.warmup-epochs is 11, which is longer than the 10 epochs",
      })
  void aMistakeIsReportedWithItsPath(String settings, String message) {
    assertThatThrownBy(() -> load("hemisphere { epochs = 10, %s }".formatted(settings)))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("bilateral." + message);
  }

  @Test
  void mistakesInARecipeAreListedTogether() {
    assertThatThrownBy(
            () ->
                load(
                    """
                    data.validation-fraction = 0
                    hemisphere { epochs = 5, momentum = 0.9, schedule { name = multistep, milestones = [7] } }
                    both-heads { schedule { name = onecycle, pct-start = 1.5 } }
                    heads { early-stopping { patience = 2 } }
                    """))
        .hasMessageContaining("hemisphere.momentum is a parameter of sgd")
        .hasMessageContaining("hemisphere.schedule.milestones contains 7")
        .hasMessageContaining("both-heads.schedule.pct-start must be greater than 0")
        .hasMessageContaining(
            "data.validation-fraction is 0, but early-stopping judges a training by its validation accuracy");
  }

  @Test
  void aTrainingStopsAfterSoManyEpochsWithoutAnImprovement() {
    TrainingSettings patient = stopping(new EarlyStopping(2, 0.01));

    assertThat(patient.stops(List.of())).isFalse();
    assertThat(patient.stops(List.of(0.1, 0.2, 0.15))).isFalse();
    assertThat(patient.stops(List.of(0.1, 0.2, 0.15, 0.19))).isTrue();
    assertThat(patient.stops(List.of(0.1, 0.2, 0.15, 0.22, 0.2))).isFalse();
    assertThat(patient.stops(List.of(0.1, 0.2, 0.205, 0.208)))
        .as("each rises by less than min-delta")
        .isTrue();
    assertThat(stopping(null).stops(List.of(0.5, 0.1, 0.1, 0.1))).isFalse();
  }

  @Test
  void theRateOfAStepDependsOnTheStepAlone() {
    TrainingSettings training = stopping(null);

    assertThat(training.rates(0, 10).learningRate()).isEqualTo(0.3);
    assertThat(training.rates(39, 10).learningRate()).isCloseTo(0.03, within(1e-12));
    assertThat(training.rates(39, 10).momentum()).isEqualTo(0.9);
  }

  private static TrainingSettings stopping(EarlyStopping stopping) {
    return new TrainingSettings(
        5,
        50,
        0.3,
        new Schedule.Step(2, 0.1),
        Hyperparameters.adam(0, 0),
        Augmentation.REFERENCE,
        null,
        stopping);
  }

  /** The only variant. */
  private Variant load(String settings) throws IOException {
    Path file =
        Files.writeString(
            temp.resolve("c.conf"), "bilateral { name = some\n%s }".formatted(settings));
    return SweepConfig.load(file.toFile(), List.of()).grid().variants().get(0);
  }
}
