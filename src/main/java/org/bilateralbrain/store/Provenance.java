package org.bilateralbrain.store;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.time.Instant;

/**
 * {@code provenance.json} of an artifact: by what, where and when it was made. What it depends on
 * is in its {@code job.json}; nothing here does.
 *
 * @param program version and commit
 * @param gpu null if it was made on a CPU
 * @param host of the driver, where several executors worked together
 * @param threads that the numerics used, of each worker
 * @param workers one, or executors that worked together
 * @param started of the attempt that ended in this artifact, ISO 8601
 */
public record Provenance(
    @JsonProperty("program") String program,
    @JsonProperty("host") String host,
    @JsonProperty("processor") String processor,
    @JsonProperty("gpu") String gpu,
    @JsonProperty("threads") int threads,
    @JsonProperty("workers") int workers,
    @JsonProperty("java") String java,
    @JsonProperty("started") String started,
    @JsonProperty("finished") String finished) {

  public static final String FILE_NAME = "provenance.json";

  /** How long machines were held: GPU-hours if they have any, else core-hours. */
  @JsonIgnore
  public double hours() {
    double hours =
        Duration.between(Instant.parse(started), Instant.parse(finished)).toMillis() / 3.6e6;
    return Math.max(1, workers) * (gpu == null ? hours * threads : hours);
  }
}
