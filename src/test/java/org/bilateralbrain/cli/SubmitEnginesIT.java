package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the scripts for clusters learn from the program about a command's configuration. */
class SubmitEnginesIT extends SubmitFixture {

  @Test
  void ifTheNetworksMemoryIsUnknownNothingIsSubmitted() throws Exception {
    String line = "yarn.sh --executors 1 --dry-run run conf/quickstart.conf";

    useSparkSubmit("exit 1");
    assertThat(refusal(line)).contains("spark-submit failed");
    useSparkSubmit("echo no such class >&2; exit 1");
    assertThat(refusal(line)).isEqualTo("no such class\n");
    useSparkSubmit("echo nonsense");
    assertThat(refusal(line))
        .contains("printed 'nonsense' for the networks' memory: set it with --native");
    useSparkSubmit("true");
    assertThat(refusal(line)).contains("printed '' for the networks' memory");
    useSparkSubmit("echo OpenJDK warning: something; echo 0100");
    assertThat(run(line).out()).contains("spark.executor.memoryOverhead=912m");
  }
}
