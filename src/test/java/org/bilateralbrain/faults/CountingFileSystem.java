package org.bilateralbrain.faults;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * The local file system (set by {@code fs.file.impl}), counting requests and bytes. Each request
 * takes as long as the setting {@link #MILLIS} says, as with an object store.
 */
public final class CountingFileSystem extends FilterFileSystem {

  private static final String MILLIS = "bilateral.test.request-millis";

  public static final AtomicLong REQUESTS = new AtomicLong();
  public static final AtomicLong BYTES_READ = new AtomicLong();
  public static final AtomicLong BYTES_WRITTEN = new AtomicLong();

  private int millis;

  /** Called by Hadoop. */
  public CountingFileSystem() {
    super(new RawLocalFileSystem());
  }

  /** Hadoop's configuration in which it is the local file system. */
  public static Configuration slow(int millisPerRequest) {
    Configuration hadoop = new Configuration();
    hadoop.set("fs.file.impl", CountingFileSystem.class.getName());
    hadoop.setBoolean("fs.file.impl.disable.cache", true);
    hadoop.setInt(MILLIS, millisPerRequest);
    return hadoop;
  }

  @Override
  public void initialize(URI name, Configuration conf) throws IOException {
    super.initialize(name, conf);
    millis = conf.getInt(MILLIS, 0);
  }

  private void request() throws IOException {
    REQUESTS.incrementAndGet();
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
  }

  @Override
  public FSDataInputStream open(Path f, int bufferSize) throws IOException {
    request();
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
    request();
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
    request();
    return super.listStatus(f);
  }

  @Override
  public FileStatus getFileStatus(Path f) throws IOException {
    request();
    return super.getFileStatus(f);
  }

  @Override
  public boolean delete(Path f, boolean recursive) throws IOException {
    request();
    return super.delete(f, recursive);
  }

  @Override
  public boolean rename(Path src, Path dst) throws IOException {
    request();
    return super.rename(src, dst);
  }
}
