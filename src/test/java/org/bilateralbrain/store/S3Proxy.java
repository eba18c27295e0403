package org.bilateralbrain.store;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/** A real S3 endpoint on loopback, in its own process. */
public final class S3Proxy implements AutoCloseable {

  public static final String BUCKET = "bucket";
  private static final long START_SECONDS = 60;

  private final Process process;
  private final int port;

  private S3Proxy(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * @param folder for its settings, its log and its objects
   */
  public static S3Proxy start(Path folder) throws IOException, InterruptedException {
    int port = freePort();
    Path objects = Files.createDirectory(folder.resolve("objects"));
    Files.createDirectory(objects.resolve(BUCKET));
    Path settings =
        Files.writeString(
            folder.resolve("s3proxy.properties"),
            """
            s3proxy.endpoint=http://127.0.0.1:%d
            s3proxy.authorization=aws-v2-or-v4
            s3proxy.identity=identity
            s3proxy.credential=credential
            jclouds.provider=filesystem
            jclouds.filesystem.basedir=%s
            jclouds.identity=local
            jclouds.credential=local
            """
                .formatted(port, objects));
    List<String> command =
        List.of(
            ProcessHandle.current().info().command().orElse("java"),
            "-jar",
            Path.of("target/s3proxy.jar").toAbsolutePath().toString(),
            "--properties",
            settings.toString());
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("s3proxy.log").toFile())
            .start();
    S3Proxy proxy = new S3Proxy(process, port);
    proxy.awaitStart(folder.resolve("s3proxy.log"));
    return proxy;
  }

  /** Settings for {@code s3a://bucket/…}. */
  public Configuration hadoop() {
    Configuration hadoop = new Configuration();
    hadoop.set("fs.s3a.endpoint", "http://127.0.0.1:" + port);
    hadoop.set("fs.s3a.access.key", "identity");
    hadoop.set("fs.s3a.secret.key", "credential");
    hadoop.set("fs.s3a.path.style.access", "true");
    hadoop.set("fs.s3a.connection.ssl.enabled", "false");
    hadoop.set("fs.s3a.directory.marker.retention", "keep");
    hadoop.set(
        "fs.s3a.multiobjectdelete.enable",
        "false"); // several at a time block each other in this server
    return hadoop;
  }

  private void awaitStart(Path log) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (System.nanoTime() < end && process.isAlive()) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        return;
      } catch (IOException notYet) {
        Thread.sleep(100);
      }
    }
    process.destroyForcibly();
    throw new IOException("S3Proxy did not start: " + Files.readString(log));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Also closes Hadoop's cached clients, which would keep using this server for the bucket. */
  @Override
  public void close() throws IOException {
    FileSystem.closeAll();
    process.destroyForcibly().onExit().join();
  }
}
