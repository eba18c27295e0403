package org.bilateralbrain.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.master.Master$;
import org.apache.spark.rpc.RpcEnv;
import org.bilateralbrain.spark.TinySweep.Run;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A standalone cluster of two machines, of which one has lost its card. Scripts replace nvidia-smi;
 * the workers are processes of their own, because Spark ends one that doesn't find its cards.
 */
@Timeout(180)
class LostCardIT {

  private static final String LOST =
      "Unable to determine the device handle for GPU 0000:3B:00.0: GPU is lost.  Reboot the system to recover this GPU";

  private final List<Process> workers = new ArrayList<>();

  @TempDir Path temp;

  @AfterEach
  void endWorkers() {
    workers.forEach(Process::destroy);
  }

  @Test
  void theSweepRunsOnTheOtherMachine() throws Exception {
    SparkConf conf = LocalCluster.conf(2, 1);
    RpcEnv master = Master$.MODULE$.startRpcEnvAndEndpoint("127.0.0.1", 0, 0, conf)._1();
    try {
      String url = "spark://127.0.0.1:" + master.address().port();
      Process broken = worker(url, 1, "echo '%s'; exit 15".formatted(LOST));
      worker(url, 2, "case $1 in -L) ;; *) echo '0, 8.0, Disabled, 30, NVIDIA A100' ;; esac");
      // Tasks ask for no card, because none is there to compute on; their executors have one.
      conf.setMaster(url).set("spark.executor.resource.gpu.amount", "1");

      try (JavaSparkContext spark = LocalCluster.start(conf)) {
        TinySweep sweep = TinySweep.in(temp, "store");
        Run run = sweep.run(spark);

        assertThat(run.summary().toString()).startsWith("10 jobs: 10 trained, 0 reused, 0 failed");
        assertThat(spark.sc().getExecutorMemoryStatus().keySet().mkString(" "))
            .contains("127.0.0.2:");
      }
      assertThat(broken.waitFor(30, TimeUnit.SECONDS)).as("the worker has ended").isTrue();
      assertThat(broken.exitValue()).isEqualTo(1);
      assertThat(Files.readString(log(1)))
          .contains("can be used: GPU 0 is left out: nvidia-smi says '" + LOST + "'");
      assertThat(temp.resolve("work-1")).isEmptyDirectory();
    } finally {
      master.shutdown();
      master.awaitTermination();
    }
  }

  /** A worker that is told of one card, on a machine with this nvidia-smi. */
  private Process worker(String master, int number, String nvidiaSmi) throws IOException {
    Path folder = Files.createDirectories(temp.resolve("bin-" + number));
    Path program = Files.writeString(folder.resolve("nvidia-smi"), "#!/bin/sh\n" + nvidiaSmi);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            "-Xmx256m",
            "-Dspark.worker.resource.gpu.amount=1",
            "-Dspark.worker.resource.gpu.discoveryScript="
                + Path.of("submit/gpu-discovery.sh").toAbsolutePath(),
            "-cp",
            Files.readString(Path.of("target/spark.classpath")).strip(),
            "org.apache.spark.deploy.worker.Worker",
            "--host",
            "127.0.0." + number,
            "--port",
            "0",
            "--webui-port",
            "0",
            "--cores",
            "1",
            "--memory",
            "1g",
            "--work-dir",
            Files.createDirectories(temp.resolve("work-" + number)).toString(),
            master);
    builder.environment().remove("SPARK_TESTING");
    builder
        .environment()
        .merge("PATH", folder.toString(), (path, first) -> first + File.pathSeparator + path);
    Process worker = builder.redirectErrorStream(true).redirectOutput(log(number).toFile()).start();
    workers.add(worker);
    return worker;
  }

  private Path log(int worker) {
    return temp.resolve("worker-%d.log".formatted(worker));
  }
}
