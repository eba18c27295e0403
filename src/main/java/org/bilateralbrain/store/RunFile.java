package org.bilateralbrain.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * {@code run.json} of a sweep: its last run.
 *
 * @param plan hash of the plan
 * @param program version and commit of the driver
 * @param dataDigest digest of all images and labels
 * @param spark version and master of Spark
 * @param host of the driver
 * @param started ISO 8601
 * @param finished likewise; null while it is running or if it was aborted
 */
public record RunFile(
    @JsonProperty("plan") String plan,
    @JsonProperty("program") String program,
    @JsonProperty("data") String data,
    @JsonProperty("data_digest") String dataDigest,
    @JsonProperty("spark") String spark,
    @JsonProperty("host") String host,
    @JsonProperty("started") String started,
    @JsonProperty("finished") @Nullable String finished) {

  public static final String FILE_NAME = "run.json";

  /** The file with the configuration of the run, including all defaults. */
  public static final String CONFIGURATION = "configuration.conf";

  public RunFile finishedAt(String moment) {
    return new RunFile(plan, program, data, dataDigest, spark, host, started, moment);
  }
}
