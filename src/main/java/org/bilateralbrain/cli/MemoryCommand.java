package org.bilateralbrain.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.data.ChannelStatistics;
import org.bilateralbrain.data.ImageShape;
import org.bilateralbrain.grid.DataKey;
import org.bilateralbrain.grid.SweepPlan;
import org.bilateralbrain.train.NativeMemory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "memory",
    description =
        "Prints the memory outside Java's heap, in MiB, that training the largest network of a sweep takes. The cluster"
            + " scripts size executors by it.",
    mixinStandardHelpOptions = true)
final class MemoryCommand implements Callable<Integer> {

  private static final double MIB = 1 << 20;

  @Mixin private SweepOptions options;
  @Spec private CommandSpec command;

  @Override
  public Integer call() {
    command.commandLine().getOut().println(mebibytes(options.load()));
    return Main.DONE;
  }

  /** The memory outside Java's heap that training the largest network takes. */
  static long mebibytes(SweepConfig config) {
    double bytes = plan(config).jobs().stream().mapToDouble(NativeMemory::of).max().orElseThrow();
    return Math.round(Math.ceil(bytes / MIB));
  }

  /**
   * As large as the real one, but made without reading data or checkpoints, which may be out of
   * reach from here.
   */
  private static SweepPlan plan(SweepConfig config) {
    List<Double> any = List.of(0.5, 0.5, 0.5);
    ImageShape shape = config.data().source().knownShape().orElse(ImageShape.CIFAR);
    DataKey data =
        new DataKey("", shape, 100, 20, config.data().rule(), new ChannelStatistics(any, any));
    return SweepPlan.of(config, data, SweepPlan.Checkpoints.UNREAD);
  }
}
