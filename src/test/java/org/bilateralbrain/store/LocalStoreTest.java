package org.bilateralbrain.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalStoreTest extends StoreContract {

  @TempDir java.nio.file.Path temp;

  @Override
  FileSystem fileSystem() throws IOException {
    RawLocalFileSystem local = new RawLocalFileSystem();
    local.initialize(local.getUri(), new Configuration());
    return local;
  }

  @Override
  Path folder() {
    return new Path(temp.toUri());
  }

  @Test
  void hadoopLeavesNoChecksumFiles() throws IOException {
    Store store = Store.open(temp.resolve("s").toString(), new Configuration());
    store.writeSweepFile("s", "table.md", new byte[10]);

    try (var files = Files.list(temp.resolve("s/sweeps/s"))) {
      assertThat(files)
          .extracting(file -> file.getFileName().toString())
          .containsExactly("table.md");
    }
  }

  @Test
  void draftsOfFilesAreLeftovers() throws IOException {
    Store store = Store.open(temp.toString(), new Configuration());
    store.writeSweepFile("s", "table.md", new byte[10]);
    Files.write(temp.resolve("sweeps/s/.table.md." + UUID.randomUUID()), new byte[5]);

    assertThat(Leftovers.list(store, Instant.now().plusSeconds(2), false))
        .singleElement()
        .satisfies(
            leftover -> {
              assertThat(leftover.reason()).isEqualTo("draft of a file");
              assertThat(leftover.bytes()).isEqualTo(5);
            });
  }

  @Test
  void anUnknownFileSystemIsAnError() {
    assertThatThrownBy(() -> Store.open("nosuch://host/x", new Configuration()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nosuch");
  }
}
