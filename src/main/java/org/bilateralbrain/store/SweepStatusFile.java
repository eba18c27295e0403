package org.bilateralbrain.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.Map;

/**
 * {@code status.json} of a sweep: what its driver last knew of each job.
 *
 * @param plan hash of the plan that it is of
 * @param started when this run did, ISO 8601
 * @param updated when, likewise; again and again while the driver is alive, see {@link #HEARTBEAT}
 * @param jobs by id
 */
public record SweepStatusFile(
    @JsonProperty("plan") String plan,
    @JsonProperty("started") String started,
    @JsonProperty("updated") String updated,
    @JsonProperty("jobs") Map<String, JobStatus> jobs) {

  public static final String FILE_NAME = "status.json";

  /** A driver writes the file at least this often, whether something has changed or not. */
  public static final Duration HEARTBEAT = Duration.ofMinutes(1);

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
    BLOCKED;

    /** Whether something is still to come of the job. */
    public boolean isUnderWay() {
      return this == WAITING || this == RUNNING;
    }

    /** Whether nothing came of the job. */
    public boolean isLost() {
      return this == FAILED || this == BLOCKED;
    }
  }

  /**
   * @param reason of a failure or a blockade, else empty
   */
  public record JobStatus(
      @JsonProperty("state") State state, @JsonProperty("reason") String reason) {}
}
