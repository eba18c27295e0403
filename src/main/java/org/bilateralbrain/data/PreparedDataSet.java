package org.bilateralbrain.data;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A data set checked once and kept as {@code train.bin}, {@code test.bin} and {@code dataset.json}, which is written
 * last and holds the others' checksums.
 */
public final class PreparedDataSet {

  private PreparedDataSet() {}

  /**
   * @throws DataException if the folder already holds another data set, or can't be written
   */
  public static void write(DataSet dataSet, Path folder, Configuration hadoop) {
    byte[] train = RecordFormat.encode(dataSet.train());
    byte[] test = RecordFormat.encode(dataSet.test());
    byte[] description = describe(dataSet, train, test).encode();
    try {
      FileSystem fileSystem = folder.getFileSystem(hadoop);
      fileSystem.setWriteChecksum(false); // dataset.json has better ones
      if (fileSystem.exists(new Path(folder, Description.FILE_NAME))) {
        refuseAnother(dataSet, folder, hadoop);
        return;
      }
      write(fileSystem, new Path(folder, DataSetReader.TRAIN), train);
      write(fileSystem, new Path(folder, DataSetReader.TEST), test);
      write(fileSystem, new Path(folder, Description.FILE_NAME), description);
    } catch (IOException e) {
      throw new DataException("%s can't be written: %s".formatted(folder, e.getMessage()), e);
    }
  }

  private static void refuseAnother(DataSet dataSet, Path folder, Configuration hadoop) {
    if (!DataSetReader.read(folder, hadoop).digest().equals(dataSet.digest())) {
      throw new DataException(
          "%s already holds another data set; choose another target or remove it".formatted(folder));
    }
  }

  private static Description describe(DataSet dataSet, byte[] train, byte[] test) {
    Hierarchy hierarchy = dataSet.hierarchy();
    ChannelStatistics statistics = ChannelStatistics.of(dataSet.train());
    Map<String, Description.Content> files = new TreeMap<>();
    files.put(DataSetReader.TRAIN, Description.Content.of(train));
    files.put(DataSetReader.TEST, Description.Content.of(test));
    return new Description(
        dataSet.train().count(),
        dataSet.test().count(),
        hierarchy.fineNames(),
        hierarchy.coarseNames(),
        hierarchy.coarseOfFine(),
        statistics.mean(),
        statistics.std(),
        files);
  }

  private static void write(FileSystem fileSystem, Path file, byte[] content) throws IOException {
    try (OutputStream out = fileSystem.create(file, true)) {
      out.write(content);
    }
  }

  /**
   * @throws DataException if a file is missing or differs from its description
   */
  static DataSet decode(SourceFiles files) {
    Description description =
        Description.decode(files.nameOf(Description.FILE_NAME), files.content(Description.FILE_NAME));
    Images train = verified(files, DataSetReader.TRAIN, description, description.trainRecords());
    Images test = verified(files, DataSetReader.TEST, description, description.testRecords());
    return DataSetReader.checked(files, train, test, description.fineNames(), description.coarseNames());
  }

  private static Images verified(SourceFiles files, String name, Description description, int records) {
    Description.Content expected = description.files().get(name);
    if (expected == null || !files.has(name)) {
      throw new DataException(
          "%s is missing or not described in %s; prepare the data set again"
              .formatted(files.nameOf(name), Description.FILE_NAME));
    }
    Description.Content found = Description.Content.of(files.content(name));
    if (!found.equals(expected)) {
      throw new DataException(
          "%s has %,d bytes and SHA-256 %s, but %s says %,d bytes and %s: it was altered or truncated; prepare the data set again"
              .formatted(
                  files.nameOf(name), found.bytes(), found.sha256(),
                  Description.FILE_NAME, expected.bytes(), expected.sha256()));
    }
    Images images = RecordFormat.decode(files.nameOf(name), files.content(name));
    if (images.count() != records) {
      throw new DataException(
          "%s has %d records, but %s says %d".formatted(files.nameOf(name), images.count(), Description.FILE_NAME, records));
    }
    return images;
  }
}
