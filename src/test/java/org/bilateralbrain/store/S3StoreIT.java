package org.bilateralbrain.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.statistics.IOStatisticsSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real S3 endpoint, through the same client as on a cluster. */
class S3StoreIT extends StoreContract {

  @TempDir static java.nio.file.Path temp;
  private static S3Proxy s3;

  @BeforeAll
  static void start() throws Exception {
    s3 = S3Proxy.start(temp);
  }

  @AfterAll
  static void stop() throws Exception {
    s3.close();
  }

  @Override
  FileSystem fileSystem() throws IOException {
    return FileSystem.get(URI.create("s3a://" + S3Proxy.BUCKET), s3.hadoop());
  }

  @Override
  Path folder() {
    return new Path("s3a://" + S3Proxy.BUCKET + "/stores");
  }

  @Override
  long resolutionMillis() {
    return 1100;
  }

  @Override
  int writers() {
    return 16;
  }

  @Test
  void sweepFilesAreWrittenInPlace() throws IOException {
    Store store = Store.open("s3a://" + S3Proxy.BUCKET + "/renames", s3.hadoop());
    store.writeSweepFile("s", "table.md", new byte[1]);
    store.writeSweepFile("s", "table.md", new byte[2]);

    assertThat(store.readSweepFile("s", "table.md"))
        .hasValueSatisfying(content -> assertThat(content).hasSize(2));
    FileSystem fileSystem = fileSystem();
    assertThat(fileSystem.listStatus(new Path(folder().getParent(), "renames/sweeps/s")))
        .hasSize(1);
  }

  @Test
  void aLookupTakesFewRequestsWhateverTheSizeOfTheArtifact() throws IOException {
    commit(store, "weights", "metrics");
    long before = requests();
    assertThat(store.lookup(KEY)).isInstanceOf(Lookup.Present.class);

    long requests = requests() - before;
    System.out.printf("A lookup on S3 took %d requests%n", requests);
    assertThat(requests).isBetween(3L, 6L);
  }

  private long requests() {
    Map<String, Long> counters = IOStatisticsSupport.retrieveIOStatistics(fileSystem).counters();
    return Stream.of(
            "object_list_request",
            "object_continue_list_request",
            "action_http_head_request",
            "stream_read_opened")
        .mapToLong(name -> counters.getOrDefault(name, 0L))
        .sum();
  }

  @Test
  void aMissingBucketIsAnErrorThatNamesIt() {
    Configuration hadoop = s3.hadoop();
    assertThatThrownBy(
            () ->
                Store.open("s3a://no-such-bucket/x", hadoop)
                    .verify(new ArtifactKey("hemisphere", "0")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no-such-bucket");
  }
}
