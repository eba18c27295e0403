package org.bilateralbrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.data.ChannelStatistics;
import org.bilateralbrain.data.ImageShape;
import org.bilateralbrain.grid.DataKey;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.grid.SweepPlan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeMemoryTest {

  private static final long MIB = 1 << 20;

  @TempDir Path temp;

  @Test
  void aJobThatCannotFitIntoTheProcessIsRefusedBeforeItStarts() throws IOException {
    Job hemisphere = only("unilateral-fine");

    assertThat(NativeMemory.of(hemisphere) / MIB)
        .isBetween(800.0, 1000.0); // 893 MiB, of which 381 are the same for every job
    assertThatThrownBy(
            () -> NativeMemory.requireFor(hemisphere, 50_000, OptionalLong.of(200 * MIB)))
        .isInstanceOf(OutOfMemoryError.class)
        .hasMessageMatching("it takes 25\\d MiB or more, and this process may use 200 MiB");
    assertThatThrownBy(
            () ->
                NativeMemory.requireFor(
                    only("bilateral-unspecialised"), 50_000, OptionalLong.of(400 * MIB)))
        .isInstanceOf(OutOfMemoryError.class);
  }

  @Test
  void aJobThatMightFitIsStarted() throws IOException {
    Job hemisphere = only("unilateral-fine");

    assertThatCode(() -> NativeMemory.requireFor(hemisphere, 50_000, OptionalLong.of(300 * MIB)))
        .doesNotThrowAnyException();
    assertThatCode(() -> NativeMemory.requireFor(hemisphere, 100, OptionalLong.of(200 * MIB)))
        .doesNotThrowAnyException(); // batches of 100
    assertThatCode(() -> NativeMemory.requireFor(hemisphere, 50_000, OptionalLong.empty()))
        .doesNotThrowAnyException(); // no limit
  }

  private Job only(String model) throws IOException {
    Path file = temp.resolve("c.conf");
    Files.writeString(
        file,
        "bilateral { name = memory, grid { seeds = [0], models = [%s] }, hemisphere { width = 32, batch-size = 192 }, both-heads { batch-size = 192 } }"
            .formatted(model));
    List<Double> any = List.of(0.5, 0.5, 0.5);
    SweepConfig config = SweepConfig.load(file.toFile(), List.of());
    DataKey data =
        new DataKey(
            "", ImageShape.CIFAR, 100, 20, config.data().rule(), new ChannelStatistics(any, any));
    List<Job> jobs = SweepPlan.of(config, data, SweepPlan.Checkpoints.UNREAD).jobs();
    assertThat(jobs).hasSize(1);
    return jobs.get(0);
  }
}
