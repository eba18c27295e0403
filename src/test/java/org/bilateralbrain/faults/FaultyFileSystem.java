package org.bilateralbrain.faults;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.bilateralbrain.faults.Faults.Operation;

/**
 * A real file system that fails on demand. If {@code fs.file.impl} names it in place of the local
 * one, its faults are an instance of the class in the setting {@link #FAULTS}.
 */
public final class FaultyFileSystem extends FilterFileSystem {

  public static final String FAULTS = "bilateral.test.faults";

  private Faults faults;

  /** Called by Hadoop. */
  public FaultyFileSystem() {
    super(new RawLocalFileSystem());
  }

  public FaultyFileSystem(FileSystem real, Faults faults) {
    super(real);
    this.faults = faults;
  }

  @Override
  public void initialize(URI name, Configuration conf) throws IOException {
    super.initialize(name, conf);
    try {
      faults =
          (Faults)
              conf.getClass(FAULTS, null).getConstructor(Configuration.class).newInstance(conf);
    } catch (ReflectiveOperationException e) {
      throw new IOException(e);
    }
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
    faults.before(Operation.CREATE, f);
    OutputStream out =
        super.create(
            faults.leadsTo(f), permission, overwrite, buffer, replication, block, progress);
    return new FSDataOutputStream(new FaultyStream(out, f), null);
  }

  @Override
  public boolean rename(Path src, Path dst) throws IOException {
    faults.before(Operation.RENAME, src);
    return faults.renameLies(src) || super.rename(faults.leadsTo(src), faults.leadsTo(dst));
  }

  @Override
  public boolean delete(Path f, boolean recursive) throws IOException {
    faults.before(Operation.DELETE, f);
    return super.delete(faults.leadsTo(f), recursive);
  }

  @Override
  public FSDataInputStream open(Path f, int bufferSize) throws IOException {
    faults.before(Operation.READ, f);
    return super.open(faults.leadsTo(f), bufferSize);
  }

  @Override
  public FileStatus[] listStatus(Path f) throws IOException {
    faults.before(Operation.READ, f);
    return super.listStatus(faults.leadsTo(f));
  }

  @Override
  public FileStatus getFileStatus(Path f) throws IOException {
    faults.before(Operation.READ, f);
    return super.getFileStatus(faults.leadsTo(f));
  }

  private final class FaultyStream extends FilterOutputStream {

    private final Path path;
    private boolean closed;

    FaultyStream(OutputStream real, Path path) {
      super(real);
      this.path = path;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
      try {
        faults.before(Operation.WRITE, path);
      } catch (IOException e) {
        out.write(bytes, offset, count / 2);
        throw e;
      }
      out.write(bytes, offset, count);
    }

    /** A failed close leaves the real file open, as a crashed writer does. */
    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      closed = true;
      faults.before(Operation.CLOSE, path);
      out.close();
      faults.afterClose(path);
    }
  }
}
