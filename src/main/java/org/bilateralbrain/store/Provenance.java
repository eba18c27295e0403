package org.bilateralbrain.store;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * {@code provenance.json} of an artifact: which program made it, where and when. The artifact does
 * not depend on any of this; what it depends on is in its {@code job.json}.
 *
 * @param program version and commit
 * @param host of the executor, or of the driver if several executors worked together
 * @param gpu null if it was made on a CPU
 * @param threads number of native threads per worker
 * @param workers number of executors that worked together
 * @param started of the attempt that produced this artifact, ISO 8601
 */
public record Provenance(
    @JsonProperty("program") String program,
    @JsonProperty("host") String host,
    @JsonProperty("processor") String processor,
    @JsonProperty("gpu") @Nullable String gpu,
    @JsonProperty("threads") int threads,
    @JsonProperty("workers") int workers,
    @JsonProperty("java") String java,
    @JsonProperty("started") String started,
    @JsonProperty("finished") String finished) {

  public static final String FILE_NAME = "provenance.json";

  /** GPU-hours if it was made on GPUs, otherwise core-hours. */
  @JsonIgnore
  public double hours() {
    double hours =
        Duration.between(Instant.parse(started), Instant.parse(finished)).toMillis() / 3.6e6;
    return Math.max(1, workers) * (gpu == null ? hours * threads : hours);
  }
}
