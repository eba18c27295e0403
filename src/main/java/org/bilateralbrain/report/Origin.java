package org.bilateralbrain.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.bilateralbrain.store.RunFile;
import org.bilateralbrain.store.Store;

/**
 * What a report is of.
 *
 * @param sweep its folder, where its configuration is
 * @param plan its hash
 * @param program version and commit of the last run; null if nobody knows, as with the next two
 * @param seeds all that occur
 */
public record Origin(
    @JsonProperty("sweep") String sweep,
    @JsonProperty("plan") String plan,
    @JsonProperty("program") String program,
    @JsonProperty("data") String data,
    @JsonProperty("data_digest") String dataDigest,
    @JsonProperty("seeds") List<Long> seeds) {

  /**
   * @param plan hash of the plan that is reported on; what another plan's run left in the folder
   *     says nothing about it
   */
  public static Origin of(Store store, String sweep, String plan, List<ResultRow> rows)
      throws IOException {
    RunFile run =
        store
            .readSweepFile(sweep, RunFile.FILE_NAME, RunFile.class)
            .filter(file -> file.plan().equals(plan))
            .orElse(null);
    return new Origin(
        store.sweepFolder(sweep).toString(),
        plan,
        run == null ? null : run.program(),
        run == null ? null : run.data(),
        run == null ? null : run.dataDigest(),
        rows.stream().map(row -> row.cell().seed()).distinct().sorted().toList());
  }

  /** In one line, for people. */
  public String inWords() {
    String made =
        program == null
            ? ""
            : "; last run by %s; data %s, digest %s".formatted(program, data, dataDigest);
    return "%s, plan %s%s; seeds %s"
        .formatted(
            sweep,
            plan,
            made,
            seeds.stream().map(String::valueOf).collect(Collectors.joining(", ")));
  }
}
