package org.bilateralbrain.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.bilateralbrain.data.DataException;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.data.ImageShape;
import org.bilateralbrain.data.Images;
import org.bilateralbrain.data.Locations;
import org.bilateralbrain.data.ParquetImages;
import org.bilateralbrain.data.Preparation;
import org.bilateralbrain.data.PreparedDataSet;
import org.bilateralbrain.spark.PrepareRun;
import org.bilateralbrain.spark.SparkDriver;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "prepare",
    description = {
      "Checks a data set and writes it in one format, which every machine of a cluster reads fast.",
      "Reads CIFAR-100's public archives (binary or Python), packed or unpacked, folders of images, and Parquet files."
    },
    mixinStandardHelpOptions = true)
final class PrepareCommand implements Callable<Integer> {

  @Option(
      names = "--source",
      converter = UserPath.class,
      required = true,
      paramLabel = "SOURCE",
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

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      description =
          "Edge length that images of folders and Parquet files are brought to, a multiple of 8 (default: 32).")
  private int size = 32;

  @Option(names = "--grey", description = "Makes these images grey.")
  private boolean grey;

  @Option(
      names = "--columns",
      paramLabel = "IMAGE,FINE,COARSE",
      split = ",",
      description = "Columns of Parquet files (default: img or image, fine_label, coarse_label).")
  private List<String> columns = List.of("", "", "");

  @Override
  public Integer call() throws Exception {
    if (size < 8 || size > 1024 || size % 8 != 0) {
      throw new ParameterException(
          command.commandLine(), "--size must be a multiple of 8 from 8 to 1024, not " + size);
    }
    if (columns.size() != 3) {
      throw new ParameterException(
          command.commandLine(), "--columns must be three names, not " + columns.size());
    }
    Configuration hadoop = SparkDriver.hadoop();
    DataSource found =
        DataSource.at(
            source,
            new ImageShape(size, grey ? 1 : 3),
            new ParquetImages.Columns(columns.get(0), columns.get(1), columns.get(2)),
            hadoop);
    Path folder = Locations.path(target);
    Optional<Preparation> preparation = Preparation.of(found, folder, hadoop);
    DataSet dataSet;
    if (preparation.isPresent()) {
      write(preparation.get(), hadoop);
      dataSet = DataSet.read(folder, hadoop);
      checkCounts(dataSet);
    } else {
      dataSet = found.load(hadoop);
      checkCounts(dataSet);
      PreparedDataSet.write(dataSet, folder, hadoop);
    }
    PrintWriter out = command.commandLine().getOut();
    out.printf(
        "%s: %s training%s and %s test images (%s), %s fine and %s coarse classes%ndigest %s%n",
        target,
        dataSet.train().count() - dataSet.validation(),
        dataSet.validation() == 0 ? "" : ", %s validation".formatted(dataSet.validation()),
        dataSet.test().count(),
        dataSet.train().shape(),
        dataSet.hierarchy().fineClasses(),
        dataSet.hierarchy().coarseClasses(),
        dataSet.digest());
    return Main.DONE;
  }

  private void write(Preparation preparation, Configuration hadoop) throws Exception {
    PrintWriter progress = command.commandLine().getErr();
    Main.explainingInterruption(
        progress,
        "The data set is not complete: run the same command again.",
        () -> {
          PrepareRun.run(preparation, hadoop, progress);
          return preparation;
        });
  }

  private void checkCounts(DataSet dataSet) {
    check("training", dataSet.train(), expectTrain);
    check("test", dataSet.test(), expectTest);
  }

  private void check(String part, Images images, Integer expected) {
    if (expected != null && images.count() != expected) {
      throw new DataException(
          "%s has %s %s images, expected %s".formatted(source, images.count(), part, expected));
    }
  }
}
