package org.bilateralbrain.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bilateralbrain.store.SweepStatusFile.JobStatus;
import org.bilateralbrain.store.SweepStatusFile.State;
import org.junit.jupiter.api.Test;

/** What a running sweep tells of itself: what is in the files, and that those of older programs can be read. */
class ProgressTest {

  @Test
  void validationIsAbsentFromANoteBeforeTheFirstOneAndReadBackInOrderAfterwards() throws IOException {
    Progress before = new Progress("epoch", 1, 2, 10, 20, 0.5, Map.of(), 100);
    Map<String, Double> accuracies = new LinkedHashMap<>();
    accuracies.put("fine", 0.25);
    accuracies.put("coarse", 0.5);
    Progress after = new Progress("epoch", 2, 2, 10, 20, 0.5, accuracies, 100);

    assertThat(new String(Json.encode(before), StandardCharsets.UTF_8)).doesNotContain("validation");
    assertThat(Json.decode(Json.encode(before), Progress.class)).isEqualTo(before);
    assertThat(Json.decode(Json.encode(after), Progress.class).validation())
        .containsExactly(entry("fine", 0.25), entry("coarse", 0.5));
  }

  @Test
  void aNoteOfAnOlderProgramHasNoValidation() throws IOException {
    Progress old =
        decode(
            """
            { "phase": "epoch", "round": 2, "rounds": 4, "images_done": 10, "images_per_round": 20, "loss": 0.5,
              "images_per_second": 100.0 }
            """,
            Progress.class);

    assertThat(old).isEqualTo(new Progress("epoch", 2, 4, 10, 20, 0.5, Map.of(), 100));
  }

  @Test
  void timeLeftIsThatOfTheImagesOfThisRoundAndThoseToCome() {
    assertThat(new Progress("epoch", 2, 4, 50, 200, 0.5, Map.of(), 100).secondsLeft()).hasValue(5.5);
    assertThat(new Progress("epoch", 4, 4, 200, 200, 0.5, Map.of(), 100).secondsLeft()).hasValue(0);
  }

  @Test
  void withoutASpeedNoTimeIsForeseen() {
    assertThat(new Progress("epoch", 1, 4, 0, 200, null, Map.of(), 0).secondsLeft()).isEmpty();
    assertThat(new Progress("epoch", 1, 4, 0, 200, null, Map.of(), Double.NaN).secondsLeft()).isEmpty();
  }

  @Test
  void aPlanOfAnOlderProgramSaysNothingOfWork() throws IOException {
    SweepPlanFile old =
        decode(
            """
            { "cells": [], "jobs": [{ "kind": "k", "id": "i", "title": "t" }] }
            """,
            SweepPlanFile.class);

    assertThat(old.jobs()).containsExactly(new SweepPlanFile.Job("k", "i", "t", null, null));
    assertThat(decode(new String(Json.encode(old), StandardCharsets.UTF_8), SweepPlanFile.class)).isEqualTo(old);
  }

  @Test
  void aStatusOfAnOlderProgramDoesNotSayWhenTheRunStarted() throws IOException {
    SweepStatusFile old =
        decode(
            """
            { "updated": "2026-01-01T00:00:00Z", "jobs": { "i": { "state": "RUNNING", "reason": "" } } }
            """,
            SweepStatusFile.class);

    assertThat(old)
        .isEqualTo(new SweepStatusFile(null, "2026-01-01T00:00:00Z", Map.of("i", new JobStatus(State.RUNNING, ""))));
  }

  private static <T> T decode(String json, Class<T> type) throws IOException {
    return Json.decode(json.getBytes(StandardCharsets.UTF_8), type);
  }
}
