package org.bilateralbrain.config;

import java.time.Duration;
import java.util.Optional;

/**
 * How jobs are carried out; no result depends on it.
 *
 * @param jobTimeout after which an attempt at a job is given up; empty: never
 * @param storePatience for how long a result is kept in memory and written again while the store
 *     fails
 * @param requireGpu whether a job that gets no GPU shall fail instead of running on the CPU
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
