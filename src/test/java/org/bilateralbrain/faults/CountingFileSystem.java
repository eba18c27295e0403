package org.bilateralbrain.faults;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** The local file system (set by {@code fs.file.impl}), counting requests and bytes. */
public final class CountingFileSystem extends FilterFileSystem {

  public static final AtomicLong REQUESTS = new AtomicLong();
  public static final AtomicLong BYTES_READ = new AtomicLong();
  public static final AtomicLong BYTES_WRITTEN = new AtomicLong();

  /** Called by Hadoop. */
  public CountingFileSystem() {
    super(new RawLocalFileSystem());
  }

  @Override
  public FSDataInputStream open(Path f, int bufferSize) throws IOException {
    REQUESTS.incrementAndGet();
    FSDataInputStream in = super.open(f, bufferSize); // first, since the file may be missing
    BYTES_READ.addAndGet(super.getFileStatus(f).getLen());
    return in;
  }

  @Override
  public FSDataOutputStream create(
      Path f,
      FsPermission permission,
      boolean overwrite,
      int buffer,
      short replication,
      long block,
      Progressable progress)
      throws IOException {
    REQUESTS.incrementAndGet();
    FSDataOutputStream out =
        super.create(f, permission, overwrite, buffer, replication, block, progress);
    return new FSDataOutputStream(
        new FilterOutputStream(out) {
          @Override
          public void write(byte[] bytes, int offset, int count) throws IOException {
            BYTES_WRITTEN.addAndGet(count);
            out.write(bytes, offset, count);
          }
        },
        null);
  }

  @Override
  public FileStatus[] listStatus(Path f) throws IOException {
    REQUESTS.incrementAndGet();
    return super.listStatus(f);
  }

  @Override
  public FileStatus getFileStatus(Path f) throws IOException {
    REQUESTS.incrementAndGet();
    return super.getFileStatus(f);
  }

  @Override
  public boolean delete(Path f, boolean recursive) throws IOException {
    REQUESTS.incrementAndGet();
    return super.delete(f, recursive);
  }

  @Override
  public boolean rename(Path src, Path dst) throws IOException {
    REQUESTS.incrementAndGet();
    return super.rename(src, dst);
  }
}
