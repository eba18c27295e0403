package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What submit/common.bash takes for the available memory and cores, with trees of files like
 * Linux's /proc and /sys.
 */
class AvailableResourcesTest {

  @TempDir Path root;

  @BeforeEach
  void aMachineOf16Gib() throws IOException {
    write("proc/meminfo", "MemTotal:       16777216 kB\nMemFree:         1000000 kB\n");
  }

  @Test
  void withoutControlGroupsTheMachinesMemoryIsAvailable() throws Exception {
    assertThat(availableMib()).isEqualTo(16384);
  }

  @Test
  void withoutInformationFromTheSystemThereIsNoLimit() throws Exception {
    Files.delete(root.resolve("proc/meminfo"));

    assertThat(availableMib()).isZero();
  }

  @Test
  void inVersion1AnyGroupOnThePathCanSetTheLimit() throws Exception {
    write("proc/self/cgroup", "5:devices:/\n4:memory:/batch/job:7/step\n0::/\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    write("sys/fs/cgroup/memory/batch/memory.limit_in_bytes", "8388608000\n");
    write("sys/fs/cgroup/memory/batch/job:7/memory.limit_in_bytes", "1677721600\n");
    write("sys/fs/cgroup/memory/batch/job:7/step/memory.limit_in_bytes", "9223372036854771712\n");

    assertThat(availableMib()).isEqualTo(1600);
  }

  @Test
  void inVersion1AContainerSeesItsOwnGroupAsTheRootThoughItsPathIsTheHosts() throws Exception {
    write("proc/self/cgroup", "11:cpu,cpuacct:/docker/4e1f\n4:memory:/docker/4e1f\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "2147483648\n");

    assertThat(availableMib()).isEqualTo(2048);
  }

  @Test
  void inVersion2AnyGroupOnThePathCanSetTheLimit() throws Exception {
    write("proc/self/cgroup", "0::/user.slice/user-1000.slice/session.scope\n");
    write("sys/fs/cgroup/user.slice/memory.max", "max\n");
    write("sys/fs/cgroup/user.slice/user-1000.slice/memory.max", "4294967296\n");
    write("sys/fs/cgroup/user.slice/user-1000.slice/session.scope/memory.max", "max\n");

    assertThat(availableMib()).isEqualTo(4096);
  }

  @Test
  void inVersion2AContainerSeesItsOwnGroupAsTheRoot() throws Exception {
    write("proc/self/cgroup", "0::/\n");
    write("sys/fs/cgroup/memory.max", "1073741824\n");

    assertThat(availableMib()).isEqualTo(1024);
  }

  @Test
  void groupsWithoutALimitOrAboveTheMachinesMemoryDoNotCount() throws Exception {
    write("proc/self/cgroup", "4:memory:/a\n0::/b\n");
    write("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "18446744073709551615\n");
    write("sys/fs/cgroup/b/memory.max", "68719476736\n");
    write("sys/fs/cgroup/memory.max", "max\n");

    assertThat(availableMib()).isEqualTo(16384);
  }

  @Test
  void allocationsAreRefusedEarlyEnoughForTheBuffersOfEachTask() throws Exception {
    assertThat(bash("allowed_mib 10000 1")).isEqualTo(8500);
    assertThat(bash("allowed_mib 1440 2")).isEqualTo(1440 - 2 * 192);
    assertThat(bash("allowed_mib 1440 16")).isEqualTo(720);
    assertThat(bash("allowed_mib 0 16")).isZero();
  }

  @Test
  void aLimitOfTimeIsRoundedUpToCoresInEitherVersion() throws Exception {
    int all = bash("available_cores " + root);
    write("proc/self/cgroup", "5:cpu,cpuacct:/job\n");
    write("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "50000\n");
    write("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
    assertThat(bash("available_cores " + root)).isEqualTo(1);

    write("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "150000\n");
    assertThat(bash("available_cores " + root)).isEqualTo(Math.min(2, all));

    write("proc/self/cgroup", "0::/job/step\n");
    write("sys/fs/cgroup/job/cpu.max", "100000 100000\n");
    write("sys/fs/cgroup/job/step/cpu.max", "max 100000\n");
    assertThat(bash("available_cores " + root)).isEqualTo(1);

    write("sys/fs/cgroup/job/cpu.max", "100000000 100000\n");
    assertThat(bash("available_cores " + root)).isEqualTo(all);
  }

  @Test
  void howManyThreadsALibraryShouldHaveDoesNotChangeTheNumberOfCores() throws Exception {
    int all = bash("available_cores /");

    assertThat(bash("export OMP_NUM_THREADS=1 OMP_THREAD_LIMIT=1; available_cores /"))
        .isEqualTo(all);
    assertThat(bash("export OMP_NUM_THREADS=64; available_cores /")).isEqualTo(all);
  }

  private void write(String file, String content) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, content);
  }

  private int availableMib() throws Exception {
    return bash("available_mib " + root);
  }

  private static int bash(String command) throws Exception {
    Process process =
        new ProcessBuilder(
                "bash", "-euo", "pipefail", "-c", "source submit/common.bash; " + command)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String printed =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).isZero();
    return Integer.parseInt(printed);
  }
}
