package org.bilateralbrain.data;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A data set that was checked once and is stored as {@code train.bin}, {@code test.bin} and {@code
 * dataset.json}, which is written last and contains the checksums of the others.
 */
public final class PreparedDataSet {

  static final String DESCRIPTION = "dataset.json";

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private PreparedDataSet() {}

  /**
   * Writes the data set; a damaged or incomplete copy of it in the folder is repaired.
   *
   * @throws DataException if the folder contains other files of these names, or can't be written
   */
  public static void write(DataSet dataSet, Path folder, Configuration hadoop) {
    Map<String, byte[]> files =
        Map.of(
            DataSet.TRAIN, dataSet.train().toRecords(),
            DataSet.TEST, dataSet.test().toRecords());
    Description description = describe(dataSet, files);
    try {
      FileSystem fileSystem = Locations.fileSystem(folder, hadoop);
      fileSystem.setWriteChecksum(false); // dataset.json has better ones
      refuseToOverwrite(fileSystem, folder, description);
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        replace(fileSystem, new Path(folder, file.getKey()), file.getValue());
      }
      replace(fileSystem, new Path(folder, DESCRIPTION), description.encode());
    } catch (IOException e) {
      throw new DataException("%s can't be written: %s".formatted(folder, e.getMessage()), e);
    }
  }

  /** The public archive uses the same file names: only files of this very data set are replaced. */
  private static void refuseToOverwrite(FileSystem fileSystem, Path folder, Description description)
      throws IOException {
    Path file = new Path(folder, DESCRIPTION);
    if (fileSystem.exists(file)) {
      try (InputStream in = fileSystem.open(file)) {
        if (Description.decode(file.toString(), in.readAllBytes())
            .files()
            .equals(description.files())) {
          return;
        }
      }
      throw new DataException(
          "%s already contains another data set; choose another target or remove it"
              .formatted(folder));
    }
    for (String name : description.files().keySet()) {
      if (fileSystem.exists(new Path(folder, name))) {
        throw new DataException(
            "%s already contains a file %s that this program did not write; choose another target or remove it"
                .formatted(folder, name));
      }
    }
  }

  private static Description describe(DataSet dataSet, Map<String, byte[]> contents) {
    Hierarchy hierarchy = dataSet.hierarchy();
    ChannelStatistics statistics = ChannelStatistics.of(dataSet.train());
    Map<String, Content> files = new TreeMap<>();
    contents.forEach((name, content) -> files.put(name, Content.of(content)));
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

  /**
   * Writes under another name first, so that a crash never leaves a partial file that looks whole.
   */
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
        Description.decode(files.nameOf(DESCRIPTION), files.content(DESCRIPTION));
    Images train = verified(files, DataSet.TRAIN, description, description.trainRecords());
    Images test = verified(files, DataSet.TEST, description, description.testRecords());
    return DataSet.checked(files, train, test, description.fineNames(), description.coarseNames());
  }

  private static Images verified(
      SourceFiles files, String name, Description description, int records) {
    Content expected = description.files().get(name);
    if (expected == null || !files.has(name)) {
      throw new DataException(
          "%s is missing or not listed in %s; prepare the data set again"
              .formatted(files.nameOf(name), DESCRIPTION));
    }
    Content found = Content.of(files.content(name));
    if (!found.equals(expected)) {
      throw new DataException(
          "%s has %s bytes and SHA-256 %s, but %s says %s bytes and %s: it was changed or truncated; prepare the data set again"
              .formatted(
                  files.nameOf(name),
                  found.bytes(),
                  found.sha256(),
                  DESCRIPTION,
                  expected.bytes(),
                  expected.sha256()));
    }
    Images images = Images.ofRecords(files.nameOf(name), files.content(name));
    if (images.count() != records) {
      throw new DataException(
          "%s has %s records, but %s says %s"
              .formatted(files.nameOf(name), images.count(), DESCRIPTION, records));
    }
    return images;
  }

  /**
   * {@code dataset.json}: what a prepared data set contains.
   *
   * @param mean of each colour channel of the training images, values scaled to 0..1
   * @param std population standard deviation, likewise
   * @param files length and SHA-256 of each other file
   */
  private record Description(
      @JsonProperty("train_records") int trainRecords,
      @JsonProperty("test_records") int testRecords,
      @JsonProperty("fine_names") List<String> fineNames,
      @JsonProperty("coarse_names") List<String> coarseNames,
      @JsonProperty("coarse_of_fine") List<Integer> coarseOfFine,
      @JsonProperty("mean") List<Double> mean,
      @JsonProperty("std") List<Double> std,
      @JsonProperty("files") Map<String, Content> files) {

    byte[] encode() {
      try {
        return JSON.writeValueAsBytes(this);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("The description can't be written as JSON", e);
      }
    }

    static Description decode(String name, byte[] json) {
      try {
        Description description = JSON.readValue(json, Description.class);
        if (description == null
            || description.files == null
            || description.fineNames == null
            || description.coarseNames == null
            || description.fineNames.stream().anyMatch(Objects::isNull)
            || description.coarseNames.stream().anyMatch(Objects::isNull)) {
          throw new DataException("%s has no files, fine_names or coarse_names".formatted(name));
        }
        return description;
      } catch (IOException e) {
        throw new DataException(
            "%s is not a description of a data set: %s".formatted(name, e.getMessage()), e);
      }
    }
  }

  private record Content(@JsonProperty("bytes") long bytes, @JsonProperty("sha256") String sha256) {
    static Content of(byte[] content) {
      return new Content(content.length, DigestUtils.sha256Hex(content));
    }
  }
}
