package org.bilateralbrain.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A data set checked once and kept as {@code train.bin}, {@code test.bin} and {@code dataset.json},
 * which is written last and holds the others' checksums.
 */
public final class PreparedDataSet {

  private PreparedDataSet() {}

  /**
   * Writes the data set; one that was damaged or left half-written there is repaired.
   *
   * @throws DataException if the folder holds other files of these names, or can't be written
   */
  public static void write(DataSet dataSet, Path folder, Configuration hadoop) {
    Map<String, byte[]> files =
        Map.of(
            DataSetReader.TRAIN, RecordFormat.encode(dataSet.train()),
            DataSetReader.TEST, RecordFormat.encode(dataSet.test()));
    Description description = describe(dataSet, files);
    try {
      FileSystem fileSystem = Locations.fileSystem(folder, hadoop);
      fileSystem.setWriteChecksum(false); // dataset.json has better ones
      refuseToOverwrite(fileSystem, folder, description);
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        replace(fileSystem, new Path(folder, file.getKey()), file.getValue());
      }
      replace(fileSystem, new Path(folder, Description.FILE_NAME), description.encode());
    } catch (IOException e) {
      throw new DataException("%s can't be written: %s".formatted(folder, e.getMessage()), e);
    }
  }

  /**
   * The public archive's files have the same names as ours: only files of this very data set are
   * replaced.
   */
  private static void refuseToOverwrite(FileSystem fileSystem, Path folder, Description description)
      throws IOException {
    Path file = new Path(folder, Description.FILE_NAME);
    if (fileSystem.exists(file)) {
      try (InputStream in = fileSystem.open(file)) {
        if (Description.decode(file.toString(), in.readAllBytes())
            .files()
            .equals(description.files())) {
          return;
        }
      }
      throw new DataException(
          "%s already holds another data set; choose another target or remove it"
              .formatted(folder));
    }
    for (String name : description.files().keySet()) {
      if (fileSystem.exists(new Path(folder, name))) {
        throw new DataException(
            "%s already holds a file %s that this program has not prepared; choose another target or remove it"
                .formatted(folder, name));
      }
    }
  }

  private static Description describe(DataSet dataSet, Map<String, byte[]> contents) {
    Hierarchy hierarchy = dataSet.hierarchy();
    ChannelStatistics statistics = ChannelStatistics.of(dataSet.train());
    Map<String, Description.Content> files = new TreeMap<>();
    contents.forEach((name, content) -> files.put(name, Description.Content.of(content)));
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

  /** Under another name first, so that a run that is cut off leaves no file that looks whole. */
  private static void replace(FileSystem fileSystem, Path file, byte[] content) throws IOException {
    Path draft = new Path(file.getParent(), "." + file.getName() + ".draft");
    try (OutputStream out = fileSystem.create(draft, true)) {
      out.write(content);
    }
    fileSystem.delete(file, false);
    if (!fileSystem.rename(draft, file)) {
      throw new IOException("%s could not be renamed to %s".formatted(draft, file));
    }
  }

  /**
   * @throws DataException if a file is missing or differs from its description
   */
  static DataSet decode(SourceFiles files) {
    Description description =
        Description.decode(
            files.nameOf(Description.FILE_NAME), files.content(Description.FILE_NAME));
    Images train = verified(files, DataSetReader.TRAIN, description, description.trainRecords());
    Images test = verified(files, DataSetReader.TEST, description, description.testRecords());
    return DataSetReader.checked(
        files, train, test, description.fineNames(), description.coarseNames());
  }

  private static Images verified(
      SourceFiles files, String name, Description description, int records) {
    Description.Content expected = description.files().get(name);
    if (expected == null || !files.has(name)) {
      throw new DataException(
          "%s is missing or not described in %s; prepare the data set again"
              .formatted(files.nameOf(name), Description.FILE_NAME));
    }
    Description.Content found = Description.Content.of(files.content(name));
    if (!found.equals(expected)) {
      throw new DataException(
          "%s has %s bytes and SHA-256 %s, but %s says %s bytes and %s: it was altered or truncated; prepare the data set again"
              .formatted(
                  files.nameOf(name),
                  found.bytes(),
                  found.sha256(),
                  Description.FILE_NAME,
                  expected.bytes(),
                  expected.sha256()));
    }
    Images images = RecordFormat.decode(files.nameOf(name), files.content(name));
    if (images.count() != records) {
      throw new DataException(
          "%s has %s records, but %s says %s"
              .formatted(files.nameOf(name), images.count(), Description.FILE_NAME, records));
    }
    return images;
  }
}
