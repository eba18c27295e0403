package org.bilateralbrain.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;
import org.bilateralbrain.store.SweepStatusFile;
import org.bilateralbrain.store.SweepStatusFile.JobStatus;
import org.bilateralbrain.store.SweepStatusFile.State;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Executes commands in this JVM, with a store of their own. */
@Timeout(60)
abstract class CommandFixture {

  /** The hash of a plan that has jobs and no cells. */
  static final String NO_CELLS = SweepPlanFile.of(null, List.of(), List.of()).plan();

  static final String TINY =
      "bilateral { name = tiny, data.synthetic { train-images = 200, test-images = 100 }, grid.seeds = [0, 1] }";

  @TempDir Path temp;

  final ByteArrayOutputStream out = new ByteArrayOutputStream();
  final ByteArrayOutputStream err = new ByteArrayOutputStream();

  int execute(String... arguments) {
    return Main.execute(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        arguments);
  }

  String conf(String text) throws IOException {
    return conf(text, "tiny.conf");
  }

  String conf(String text, String name) throws IOException {
    return Files.writeString(temp.resolve(name), text).toString();
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  /** Writes what a driver would write about jobs in these states. */
  void status(State... states) {
    status(Instant.now(), states);
  }

  void status(Instant updated, State... states) {
    List<SweepPlanFile.Job> jobs = new ArrayList<>();
    Map<String, JobStatus> statuses = new LinkedHashMap<>();
    for (int i = 0; i < states.length; i++) {
      jobs.add(new SweepPlanFile.Job("hemisphere", "" + i, "job " + i, null, 1.0));
      statuses.put("" + i, new JobStatus(states[i], states[i] == State.FAILED ? "because" : ""));
    }
    try {
      Store store = Store.open(temp.resolve("store").toString(), new Configuration());
      store.writeSweepFile(
          "tiny", SweepPlanFile.FILE_NAME, Json.encode(SweepPlanFile.of(null, List.of(), jobs)));
      SweepStatusFile file =
          new SweepStatusFile(
              NO_CELLS, updated.minusSeconds(60).toString(), updated.toString(), statuses);
      store.writeSweepFile("tiny", SweepStatusFile.FILE_NAME, Json.encode(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
