package org.bilateralbrain.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.bilateralbrain.nn.Schedule.Length;
import org.bilateralbrain.nn.Schedule.OneCycle.Annealing;
import org.bilateralbrain.nn.Schedule.OneCycle.MomentumCycle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Schedules give the rates of PyTorch's schedulers, which {@code ci/pytorch-steps.py} writes. */
class ScheduleTest {

  /** As a share; PyTorch computes some schedules from one step to the next. */
  private static final double TOLERANCE = 1e-9;

  static Stream<Arguments> schedules() throws IOException {
    JsonNode file = StepsOfPyTorch.json("schedules");
    return StreamSupport.stream(file.get("cases").spliterator(), false)
        .map(
            of ->
                Arguments.of(
                    of.get("schedule").toString(), file, of.get("schedule"), of.get("rates")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("schedules")
  void everyStepHasTheRatesOfPyTorch(
      String name, JsonNode file, JsonNode settings, JsonNode expected) {
    Length length = new Length(file.get("epochs").asInt(), file.get("steps_per_epoch").asInt());
    Rates base = new Rates(file.get("lr").asDouble(), file.get("momentum").asDouble());
    Schedule schedule = schedule(settings);
    assertThat(expected).hasSize(Math.toIntExact(length.steps()));
    for (int step = 0; step < expected.size(); step++) {
      Rates actual = schedule.at(step, length, base);
      double rate = expected.get(step).get(0).asDouble();
      assertThat(actual.learningRate())
          .as("learning rate of step %s", step)
          .isCloseTo(rate, within(TOLERANCE * rate));
      double momentum = expected.get(step).get(1).asDouble();
      assertThat(actual.momentum())
          .as("momentum of step %s", step)
          .isCloseTo(momentum, within(TOLERANCE * momentum));
    }
  }

  @Test
  void aCycleHasNoRatesBeyondItsLastStep() {
    Schedule cycle =
        new Schedule.OneCycle(
            0.3, Annealing.COS, 25, 1e4, false, new MomentumCycle(0.85, 0.95, true));
    Rates base = new Rates(0.1, 0.9);
    assertThat(cycle.at(19, new Length(2, 10), base).learningRate()).isPositive();
    assertThatThrownBy(() -> cycle.at(20, new Length(2, 10), base))
        .hasMessageContaining("20 steps");
  }

  @Test
  void aWarmUpMayTakeTheWholeTraining() {
    Schedule rising = new Schedule.WarmUp(5, 0.5, new Schedule.Cosine(5, 0, 0));

    assertThat(rising.at(0, new Length(5, 2), new Rates(0.1, 0)).learningRate()).isEqualTo(0.05);
    assertThat(rising.at(9, new Length(5, 2), new Rates(0.1, 0)).learningRate())
        .isCloseTo(0.095, within(1e-12));
  }

  private static Schedule schedule(JsonNode settings) {
    Schedule schedule = withoutWarmUp(settings);
    return settings.has("warmup")
        ? new Schedule.WarmUp(
            settings.get("warmup").asDouble(), settings.get("warmup_start").asDouble(), schedule)
        : schedule;
  }

  private static Schedule withoutWarmUp(JsonNode settings) {
    return switch (settings.get("name").asText()) {
      case "constant" -> new Schedule.Constant();
      case "step" ->
          new Schedule.Step(settings.get("step_size").asInt(), settings.get("gamma").asDouble());
      case "multistep" -> {
        JsonNode milestones = settings.get("milestones");
        yield new Schedule.MultiStep(
            IntStream.range(0, milestones.size()).mapToObj(i -> milestones.get(i).asInt()).toList(),
            settings.get("gamma").asDouble());
      }
      case "cosine" ->
          new Schedule.Cosine(
              settings.get("start").asDouble(),
              settings.get("t_max").asDouble(),
              settings.get("eta_min").asDouble());
      case "onecycle" -> oneCycle(settings);
      default -> throw new IllegalArgumentException(settings.toString());
    };
  }

  private static Schedule oneCycle(JsonNode settings) {
    return new Schedule.OneCycle(
        settings.get("pct_start").asDouble(),
        Annealing.valueOf(settings.get("anneal_strategy").asText().toUpperCase(Locale.ROOT)),
        settings.get("div_factor").asDouble(),
        settings.get("final_div_factor").asDouble(),
        settings.get("three_phase").asBoolean(),
        new MomentumCycle(
            settings.get("base_momentum").asDouble(),
            settings.get("max_momentum").asDouble(),
            settings.get("cycle_momentum").asBoolean()));
  }
}
