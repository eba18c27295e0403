package org.bilateralbrain.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.RunFile;
import org.bilateralbrain.store.Store;

/**
 * What a report is of.
 *
 * @param sweep its folder, where its configuration is
 * @param program version and commit of the last run; null if nobody knows, as with the next two
 * @param seeds all that occur
 */
public record Origin(
    @JsonProperty("sweep") String sweep,
    @JsonProperty("program") String program,
    @JsonProperty("data") String data,
    @JsonProperty("data_digest") String dataDigest,
    @JsonProperty("seeds") List<Long> seeds) {

  public static Origin of(Store store, String sweep, List<ResultRow> rows) throws IOException {
    Optional<byte[]> json = store.readSweepFile(sweep, RunFile.FILE_NAME);
    RunFile run = json.isPresent() ? Json.decode(json.get(), RunFile.class) : null;
    return new Origin(
        store.sweepFolder(sweep).toString(),
        run == null ? null : run.program(),
        run == null ? null : run.data(),
        run == null ? null : run.dataDigest(),
        rows.stream().map(row -> row.cell().seed()).distinct().sorted().toList());
  }

  /** In one line, for people. */
  public String inWords() {
    String made = program == null ? "" : "; last run by %s; data %s, digest %s".formatted(program, data, dataDigest);
    return "%s%s; seeds %s".formatted(sweep, made, seeds.stream().map(String::valueOf).collect(Collectors.joining(", ")));
  }
}
