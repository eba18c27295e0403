package org.bilateralbrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.bilateralbrain.grid.FeaturesJob;
import org.bilateralbrain.grid.HemisphereJob;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.sweep.SweepSetup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Trainings with more to remember than Adam at a constant rate has, or with less. */
class RecipeResumptionTest extends ResumptionFixture {

  @ParameterizedTest
  @CsvSource({"dl4j, float32", "torch, float32", "torch, bf16"})
  void aResumedTrainingWithAScheduleAndAveragesEndsWithTheSameWeightsBitForBit(
      String engine, String precision) throws IOException {
    List<String> settings =
        Stream.concat(
                Stream.of("bilateral.engine=" + engine, "bilateral.precision=" + precision),
                Stream.of("hemisphere", "both-heads", "heads")
                    .flatMap(RecipeResumptionTest::recipe))
            .toList();
    SweepSetup undisturbed = setup("undisturbed", settings);
    SweepSetup disturbed = setup("disturbed", settings);
    for (Job job : disturbed.plan().jobs()) {
      runner(undisturbed).run(job, NO_LISTENER);
      if (!(job instanceof FeaturesJob)) {
        assertThatThrownBy(() -> runner(disturbed).run(job, dyingIn(4))).hasMessage("killed");
      }
      runner(disturbed).run(job, NO_LISTENER);

      if (!(job instanceof FeaturesJob)) {
        assertThat(weights(disturbed, job)).as(job.title()).isEqualTo(weights(undisturbed, job));
        assertThat(history(disturbed, job)).isEqualTo(history(undisturbed, job));
      }
    }
  }

  /** Whose optimiser has nothing to remember. */
  @ParameterizedTest
  @ValueSource(strings = {"dl4j", "torch"})
  void aTrainingWithoutMomentumResumes(String engine) throws IOException {
    List<String> plain =
        List.of("bilateral.engine=" + engine, "bilateral.hemisphere.optimizer=sgd");
    SweepSetup undisturbed = setup("undisturbed", plain);
    SweepSetup disturbed = setup("disturbed", plain);
    Job job = hemisphere(undisturbed);
    runner(undisturbed).run(job, NO_LISTENER);
    assertThatThrownBy(() -> runner(disturbed).run(job, dyingIn(4))).hasMessage("killed");

    assertThat(runner(disturbed).run(job, NO_LISTENER)).endsWith("resumed after epoch 3");
    assertThat(weights(disturbed, job)).isEqualTo(weights(undisturbed, job));
  }

  /** Everything that a training has to remember. */
  private static Stream<String> recipe(String section) {
    return Stream.of(
            "optimizer=sgd",
            "momentum=0.9",
            "nesterov=true",
            "clip-norm=1",
            "average-decay=0.9",
            "decay-norm-and-bias=false",
            "label-smoothing=0.1",
            "schedule={ name = onecycle, pct-start = 0.5 }",
            "augmentation={ flip = alternating, cutout = 8 }",
            "early-stopping={ patience = 5 }")
        .map(setting -> "bilateral.%s.%s".formatted(section, setting));
  }

  @Test
  void aTrainingWithoutImprovementEndsEarlyAndStaysAtItsEndWhenItIsResumed() throws IOException {
    List<String> impatient =
        List.of("bilateral.hemisphere.early-stopping={patience = 2, min-delta = 0.9}");
    SweepSetup undisturbed = setup("undisturbed", impatient);
    SweepSetup disturbed = setup("disturbed", impatient);
    Job job = hemisphere(undisturbed);
    runner(undisturbed).run(job, NO_LISTENER);

    assertThat(history(undisturbed, job)).as("a header and three epochs of six").hasSize(1 + 3);
    assertThatThrownBy(() -> runner(disturbed).run(job, dyingIn(3))).hasMessage("killed");
    runner(disturbed).run(job, NO_LISTENER);
    assertThat(weights(disturbed, job)).isEqualTo(weights(undisturbed, job));
  }

  @Test
  void theAverageOfTheParametersIsKeptInPlaceOfTheLastOnes() throws IOException {
    SweepSetup last = setup("last", List.of("bilateral.engine=torch"));
    SweepSetup mean =
        setup("mean", List.of("bilateral.engine=torch", "bilateral.hemisphere.average-decay=0.5"));
    Job ofLast = hemisphere(last);
    Job ofMean = hemisphere(mean);
    runner(last).run(ofLast, NO_LISTENER);
    runner(mean).run(ofMean, NO_LISTENER);

    assertThat(trainLosses(mean, ofMean))
        .as("averaging changes what is evaluated, not the training")
        .isEqualTo(trainLosses(last, ofLast));
    assertThat(weights(mean, ofMean)).isNotEqualTo(weights(last, ofLast));
  }

  private static List<String> trainLosses(SweepSetup setup, Job job) throws IOException {
    return history(setup, job).stream().map(row -> row.split(",", -1)[1]).toList();
  }

  private static Job hemisphere(SweepSetup setup) {
    return setup.plan().jobs().stream()
        .filter(
            job -> job instanceof HemisphereJob hemisphere && hemisphere.labels().equals("fine"))
        .findFirst()
        .orElseThrow();
  }
}
