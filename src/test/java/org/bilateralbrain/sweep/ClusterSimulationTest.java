package org.bilateralbrain.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.sweep.ClusterSimulation.Cluster;
import org.bilateralbrain.sweep.ClusterSimulation.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterSimulationTest {

  private static final double NEVER = Double.POSITIVE_INFINITY;

  @TempDir Path temp;
  private List<Job> jobs;

  @BeforeEach
  void plan() throws Exception {
    Path file =
        Files.writeString(
            temp.resolve("c.conf"),
            """
            bilateral.name = simulation
            bilateral.grid { seeds = [0, 1, 2, 3], models = [bilateral-specialised] }
            bilateral.heads.feature-views = fresh
            bilateral.data.synthetic { train-images = 100, test-images = 100 }
            """);
    jobs =
        SweepSetup.of(
                SweepConfig.load(file.toFile(), List.of("bilateral.store=" + temp)),
                new Configuration())
            .plan()
            .jobs();
  }

  @Test
  void oneExecutorTakesTheSumOfAllJobs() {
    assertThat(run(1, NEVER).makespan()).isCloseTo(12 * 100, within(1e-6));
  }

  @Test
  void noClusterIsFasterThanAChainOfJobs() {
    assertThat(run(1000, NEVER).makespan()).isCloseTo(200, within(1e-6));
    assertThat(ClusterSimulation.ideal(jobs, job -> 100, cluster(1000, 0, NEVER))).isEqualTo(200);
    assertThat(ClusterSimulation.ideal(jobs, job -> 100, cluster(3, 0, NEVER))).isEqualTo(400);
  }

  @Test
  void workLostWithAnExecutorIsRepeated() {
    Result result = run(2, 0.02);

    assertThat(result.jobs()).isEqualTo(12);
    assertThat(result.losses()).isPositive();
    assertThat(result.repeated()).isPositive().isLessThan(10.0 * result.losses());
    assertThat(result.makespan()).isGreaterThan(run(2, NEVER).makespan());
  }

  @Test
  void halfOfTheExecutorsAreHalfAsFast() {
    Cluster halfSlow = cluster(2, 0.5, NEVER);

    assertThat(ClusterSimulation.ideal(jobs, job -> 100, halfSlow)).isEqualTo(1200 / 1.5);
    assertThat(ClusterSimulation.run(jobs, job -> 100, halfSlow).makespan())
        .isBetween(1200 / 1.5, 1200 / 1.5 + 200);
  }

  private Result run(int executors, double hoursBetweenLosses) {
    return ClusterSimulation.run(jobs, job -> 100, cluster(executors, 0, hoursBetweenLosses));
  }

  private static Cluster cluster(int executors, double stragglers, double hoursBetweenLosses) {
    return new Cluster(executors, stragglers, hoursBetweenLosses, 30, 10, 0);
  }
}
