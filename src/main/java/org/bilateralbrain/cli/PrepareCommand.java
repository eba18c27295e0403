package org.bilateralbrain.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.data.DataException;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.Images;
import org.bilateralbrain.data.Locations;
import org.bilateralbrain.data.PreparedDataSet;
import org.bilateralbrain.spark.SparkDriver;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "prepare",
    description = {
      "Checks CIFAR-100 (or any data set in its formats) and unpacks it.",
      "Reads the public binary or Python archive, packed or unpacked; writes train.bin, test.bin and dataset.json."
    },
    mixinStandardHelpOptions = true)
final class PrepareCommand implements Callable<Integer> {

  @Option(
      names = "--source",
      converter = UserPath.class,
      required = true,
      paramLabel = "ARCHIVE",
      description = "Archive or folder to read.")
  private String source;

  @Option(
      names = "--target",
      converter = UserPath.class,
      required = true,
      paramLabel = "URI",
      description = "Folder to write to, on any Hadoop file system; set bilateral.data.path to it.")
  private String target;

  @Option(
      names = "--expect-train",
      paramLabel = "N",
      description =
          "Fails unless there are exactly N training images (the public CIFAR-100 has 50000).")
  private Integer expectTrain;

  @Option(
      names = "--expect-test",
      paramLabel = "N",
      description =
          "Fails unless there are exactly N test images (the public CIFAR-100 has 10000).")
  private Integer expectTest;

  @Spec private CommandSpec command;

  @Override
  public Integer call() {
    Configuration hadoop = SparkDriver.hadoop();
    DataSet dataSet = DataSet.read(Locations.path(source), hadoop);
    check("training", dataSet.train(), expectTrain);
    check("test", dataSet.test(), expectTest);
    PreparedDataSet.write(dataSet, Locations.path(target), hadoop);
    PrintWriter out = command.commandLine().getOut();
    out.printf(
        "%s: %s training and %s test images, %s fine and %s coarse classes%ndigest %s%n",
        target,
        dataSet.train().count(),
        dataSet.test().count(),
        dataSet.hierarchy().fineClasses(),
        dataSet.hierarchy().coarseClasses(),
        dataSet.digest());
    return Main.DONE;
  }

  private void check(String part, Images images, Integer expected) {
    if (expected != null && images.count() != expected) {
      throw new DataException(
          "%s has %s %s images, expected %s".formatted(source, images.count(), part, expected));
    }
  }
}
