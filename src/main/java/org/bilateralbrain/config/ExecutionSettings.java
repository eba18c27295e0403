package org.bilateralbrain.config;

import java.time.Duration;
import java.util.Optional;

/**
 * How jobs are run; no result depends on it.
 *
 * @param jobTimeout an attempt at a job is aborted after this time; empty: never
 * @param storePatience how long a result is kept in memory and its write retried while the store is
 *     unavailable
 * @param requireGpu whether a job without a GPU fails instead of running on the CPU
 */
public record ExecutionSettings(
    CheckpointEvery checkpointEvery,
    Optional<Duration> jobTimeout,
    Duration storePatience,
    boolean requireGpu) {

  static ExecutionSettings read(Section section) {
    return new ExecutionSettings(
        CheckpointEvery.read(section, "checkpoint-every"),
        section
            .optional("job-timeout")
            .map(key -> section.duration(key, "a duration such as 12 hours")),
        section.duration("store-patience", "a duration such as 10 minutes"),
        section.yesOrNo("require-gpu"));
  }
}
