package org.bilateralbrain.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StorageStatistics;
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
  void nothingIsRenamedNotEvenForASweepsFiles() throws IOException {
    Store store = Store.open("s3a://" + S3Proxy.BUCKET + "/renames", s3.hadoop());
    store.writeSweepFile("s", "table.md", new byte[1]);
    store.writeSweepFile("s", "table.md", new byte[2]);

    assertThat(store.readSweepFile("s", "table.md")).hasValueSatisfying(content -> assertThat(content).hasSize(2));
    FileSystem fileSystem = fileSystem();
    assertThat(fileSystem.listStatus(new Path(folder().getParent(), "renames/sweeps/s"))).hasSize(1);
  }

  @Test
  void aLookupTakesFewRequestsWhateverTheArtifactsSize() throws IOException {
    commit(store, "weights", "metrics");
    StorageStatistics statistics = fileSystem.getStorageStatistics();
    long before = requests(statistics);
    assertThat(store.lookup(KEY)).isInstanceOf(Lookup.Present.class);

    assertThat(requests(statistics) - before).isPositive().isLessThanOrEqualTo(6);
    System.out.printf("A lookup on S3 took %d HTTP requests%n", requests(statistics) - before);
  }

  private static long requests(StorageStatistics statistics) {
    return Stream.of("object_list_request", "action_http_head_request", "action_http_get_request")
        .mapToLong(name -> Optional.ofNullable(statistics.getLong(name)).orElse(0L))
        .sum();
  }

  @Test
  void aBucketThatIsNotThereIsAnErrorThatNamesIt() {
    Configuration hadoop = s3.hadoop();
    assertThatThrownBy(() -> Store.open("s3a://no-such-bucket/x", hadoop).verify(new ArtifactKey("hemisphere", "0")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no-such-bucket");
  }
}
