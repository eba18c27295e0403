package org.bilateralbrain.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.bilateralbrain.statistics.ResultRow;
import org.bilateralbrain.store.RunFile;
import org.bilateralbrain.store.Store;
import org.jspecify.annotations.Nullable;

/**
 * Which sweep a report is of.
 *
 * @param sweep its folder, which holds its configuration
 * @param plan its hash
 * @param program version and commit of the last run; null, like the next two, if the store has no
 *     record of a run
 * @param seeds all that occur
 */
public record SweepProvenance(
    @JsonProperty("sweep") String sweep,
    @JsonProperty("plan") String plan,
    @JsonProperty("program") @Nullable String program,
    @JsonProperty("data") @Nullable String data,
    @JsonProperty("data_digest") @Nullable String dataDigest,
    @JsonProperty("seeds") List<Long> seeds) {

  /**
   * @param plan hash of the plan that is reported on; the record of another plan's run is ignored
   */
  public static SweepProvenance of(Store store, String sweep, String plan, List<ResultRow> rows)
      throws IOException {
    RunFile run =
        store
            .readSweepFile(sweep, RunFile.FILE_NAME, RunFile.class)
            .filter(file -> file.plan().equals(plan))
            .orElse(null);
    return new SweepProvenance(
        store.sweepFolder(sweep),
        plan,
        run == null ? null : run.program(),
        run == null ? null : run.data(),
        run == null ? null : run.dataDigest(),
        rows.stream().map(row -> row.cell().seed()).distinct().sorted().toList());
  }

  public String oneLine() {
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
