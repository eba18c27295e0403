package org.bilateralbrain.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;

/**
 * {@code status.json} of a sweep: what its driver last knew of each job.
 *
 * @param updated when, ISO 8601
 * @param jobs by id
 */
public record SweepStatusFile(
    @JsonProperty("updated") String updated, @JsonProperty("jobs") Map<String, JobStatus> jobs) {

  public static final String FILE_NAME = "status.json";

  /** What became of a job. */
  public enum State {
    /** Not started yet. */
    WAITING,
    RUNNING,
    /** Trained in this run. */
    TRAINED,
    /** Its artifact was there already. */
    REUSED,
    FAILED,
    /** A job that it depends on has failed. */
    BLOCKED
  }

  /**
   * @param reason of a failure or a blockade, else empty
   */
  public record JobStatus(@JsonProperty("state") State state, @JsonProperty("reason") String reason) {}
}
