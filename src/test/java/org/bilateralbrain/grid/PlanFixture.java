package org.bilateralbrain.grid;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.data.ChannelStatistics;
import org.bilateralbrain.data.ImageShape;
import org.bilateralbrain.data.Partition;
import org.junit.jupiter.api.io.TempDir;

/** Plans of configurations that differ from the defaults in a few settings. */
abstract class PlanFixture {

  static final SweepPlan.Checkpoints NO_CHECKPOINTS =
      (settings, architecture, network) -> {
        throw new AssertionError("unexpected checkpoint " + settings.location());
      };
  static final DataKey DATA = data("digest", 0.1);

  @TempDir Path temp;

  final SweepPlan plan(String settings) throws IOException {
    return SweepPlan.of(config(settings), DATA, NO_CHECKPOINTS);
  }

  final SweepConfig config(String settings) throws IOException {
    Path file =
        Files.writeString(temp.resolve("sweep.conf"), "bilateral { name = plan, " + settings + "}");
    return SweepConfig.load(file.toFile(), List.of());
  }

  static Map<String, Long> kinds(SweepPlan plan) {
    return plan.jobs().stream().collect(Collectors.groupingBy(Job::kind, Collectors.counting()));
  }

  static Set<String> ids(SweepPlan plan) {
    Set<String> ids = new HashSet<>();
    plan.jobs().forEach(job -> ids.add(job.id()));
    return ids;
  }

  static DataKey data(String digest, double validationFraction) {
    return new DataKey(
        digest,
        ImageShape.CIFAR,
        100,
        20,
        new Partition.Rule(0, validationFraction, Partition.Rule.NO_LIMIT, Partition.Rule.NO_LIMIT),
        new ChannelStatistics(List.of(0.5, 0.5, 0.5), List.of(0.25, 0.25, 0.25)));
  }
}
