package org.bilateralbrain.store;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * The local file system without two services of Hadoop's: the .crc files beside every file, since
 * manifests have better checksums; and the permissions, for which Hadoop starts the program chmod
 * for each file and folder, where the process's umask does.
 */
final class LocalFiles extends RawLocalFileSystem {

  LocalFiles(Configuration hadoop) throws IOException {
    initialize(getUri(), hadoop);
  }

  @Override
  public void setPermission(Path path, FsPermission permission) {
    // as the system created it
  }
}
