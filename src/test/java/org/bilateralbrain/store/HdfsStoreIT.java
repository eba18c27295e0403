package org.bilateralbrain.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.security.PrivilegedExceptionAction;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.security.UserGroupInformation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real HDFS: a name node and two data nodes in this JVM. */
class HdfsStoreIT extends StoreContract {

  @TempDir static java.nio.file.Path temp;
  private static MiniDFSCluster hdfs;

  @BeforeAll
  static void start() throws IOException {
    hdfs = new MiniDFSCluster.Builder(new Configuration(), temp.toFile()).numDataNodes(2).build();
    hdfs.waitActive();
  }

  @AfterAll
  static void stop() {
    hdfs.shutdown();
  }

  @Override
  FileSystem fileSystem() throws IOException {
    return hdfs.getFileSystem();
  }

  @Override
  Path folder() {
    return new Path("/stores");
  }

  @Test
  void aReadOnlyStoreIsAnErrorThatNamesUserAndFolder() throws Exception {
    Path closed = new Path("/closed");
    hdfs.getFileSystem().mkdirs(closed, new FsPermission("755"));
    UserGroupInformation stranger =
        UserGroupInformation.createUserForTesting("stranger", new String[] {"strangers"});
    Store store =
        stranger.doAs(
            (PrivilegedExceptionAction<Store>)
                () -> Store.open(hdfs.getURI() + "/closed", new Configuration()));

    assertThatThrownBy(() -> store.writeSweepFile("s", "table.md", new byte[1]))
        .isInstanceOf(AccessControlException.class)
        .hasMessageContaining("user=stranger")
        .hasMessageContaining("/closed");
    assertThat(store.verify(new ArtifactKey("hemisphere", "0"))).isEqualTo(new Lookup.Absent());
  }

  @Test
  void aStoreIsReopenedByItsUri() throws IOException {
    Store store = Store.open(hdfs.getURI() + "/by-uri", new Configuration());
    store.writeSweepFile("s", "table.md", new byte[1]);

    assertThat(Store.open(store.root(), new Configuration()).readSweepFile("s", "table.md"))
        .isPresent();
  }
}
