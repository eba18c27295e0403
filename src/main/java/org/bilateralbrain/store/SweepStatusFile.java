package org.bilateralbrain.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.Map;

/**
 * {@code status.json} of a sweep: the status of each job, last written by the driver.
 *
 * @param plan hash of the plan
 * @param started start of the run, ISO 8601
 * @param updated last driver heartbeat, see {@link #HEARTBEAT}; ISO 8601
 * @param jobs by id
 */
public record SweepStatusFile(
    @JsonProperty("plan") String plan,
    @JsonProperty("started") String started,
    @JsonProperty("updated") String updated,
    @JsonProperty("jobs") Map<String, JobStatus> jobs) {

  public static final String FILE_NAME = "status.json";

  /** The driver writes the file at least this often, even if nothing has changed. */
  public static final Duration HEARTBEAT = Duration.ofMinutes(1);

  /** The state of a job. */
  public enum State {
    /** Not started yet. */
    WAITING,
    RUNNING,
    /** Trained in this run. */
    TRAINED,
    /** Its artifact already existed. */
    REUSED,
    FAILED,
    /** A job that it depends on failed. */
    BLOCKED,
    /** It, or a job that it depends on, was stopped because it fell behind in a search. */
    PRUNED;

    /** Whether the job may still finish. */
    public boolean isUnderWay() {
      return this == WAITING || this == RUNNING;
    }

    /** Whether the job ended without an artifact. */
    public boolean isLost() {
      return this == FAILED || this == BLOCKED || this == PRUNED;
    }
  }

  /**
   * @param reason why it failed, is blocked or was pruned, otherwise empty
   */
  public record JobStatus(
      @JsonProperty("state") State state, @JsonProperty("reason") String reason) {}
}
