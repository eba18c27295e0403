package org.bilateralbrain.data;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.BufferedOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.bilateralbrain.data.EncodedImages.Part;
import org.jspecify.annotations.Nullable;

/**
 * A data set that was checked once and is stored as {@code train.bin}, {@code test.bin} and {@code
 * dataset.json}, which is written last and contains the checksums of the others.
 */
public final class PreparedDataSet {

  static final String DESCRIPTION = "dataset.json";

  private static final int MAX_DESCRIPTION_BYTES = 16 << 20;
  private static final int MAX_SIZE = 1024;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private PreparedDataSet() {}

  /**
   * Writes the data set; a damaged or incomplete copy of it in the folder is repaired.
   *
   * @throws DataException if the folder contains other files of these names, or can't be written
   */
  public static void write(DataSet dataSet, Path folder, Configuration hadoop) {
    RecordFormat format =
        RecordFormat.of(dataSet.train().shape(), dataSet.hierarchy().fineClasses());
    Map<String, Images> parts =
        new TreeMap<>(Map.of(DataSet.TRAIN, dataSet.train(), DataSet.TEST, dataSet.test()));
    try {
      Map<String, Content> files = new TreeMap<>();
      for (Map.Entry<String, Images> part : parts.entrySet()) {
        files.put(part.getKey(), Content.written(format, part.getValue()));
      }
      Description description = Description.of(dataSet, format, files);
      FileSystem fileSystem = Locations.unchecked(folder, hadoop); // dataset.json has checksums
      refuseToOverwrite(fileSystem, folder, description);
      for (Map.Entry<String, Images> part : parts.entrySet()) {
        replace(
            fileSystem, new Path(folder, part.getKey()), out -> format.write(part.getValue(), out));
      }
      byte[] json = description.encode();
      replace(fileSystem, new Path(folder, DESCRIPTION), out -> out.write(json));
    } catch (IOException e) {
      throw new DataException("%s can't be written: %s".formatted(folder, e.getMessage()), e);
    }
  }

  /**
   * Writes the description of files that are there.
   *
   * @throws DataException if their labels don't form a hierarchy
   */
  static void finish(
      Path folder,
      EncodedImages images,
      RecordFormat format,
      List<PreparedPart.Written> written,
      Configuration hadoop) {
    Map<String, Content> files = new TreeMap<>();
    written.forEach(part -> files.put(part.name(), new Content(part.bytes(), part.sha256())));
    ChannelStatistics.Sums sums = new ChannelStatistics.Sums(format.shape());
    written.stream()
        .filter(part -> part.part() != Part.TEST)
        .forEach(part -> sums.add(part.sums()));
    Hierarchy.Labels train = labels(written, part -> part != Part.TEST);
    Hierarchy.Labels test = labels(written, part -> part == Part.TEST);
    Description description =
        Description.of(
            train.fine().length,
            test.fine().length,
            labels(written, part -> part == Part.VALIDATION).fine().length,
            Hierarchy.of(train, test, images.fineNames(), images.coarseNames()),
            sums.statistics(),
            format,
            files);
    try {
      byte[] json = description.encode();
      replace(
          Locations.unchecked(folder, hadoop),
          new Path(folder, DESCRIPTION),
          out -> out.write(json));
    } catch (IOException e) {
      throw new DataException("%s can't be written: %s".formatted(folder, e.getMessage()), e);
    }
  }

  private static Hierarchy.Labels labels(
      List<PreparedPart.Written> written, Predicate<Part> wanted) {
    return new Hierarchy.Labels(
        written.stream()
            .filter(each -> wanted.test(each.part()))
            .flatMapToInt(each -> IntStream.of(each.fine()))
            .toArray(),
        written.stream()
            .filter(each -> wanted.test(each.part()))
            .flatMapToInt(each -> IntStream.of(each.coarse()))
            .toArray());
  }

  private interface Writing {
    void to(OutputStream out) throws IOException;
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

  /**
   * Writes under another name first, so that a crash never leaves a partial file that looks whole.
   */
  private static void replace(FileSystem fileSystem, Path file, Writing content)
      throws IOException {
    Path draft = new Path(file.getParent(), "." + file.getName() + ".draft");
    try (OutputStream out = new BufferedOutputStream(fileSystem.create(draft, true), 1 << 16)) {
      content.to(out);
    }
    fileSystem.delete(file, false);
    if (!fileSystem.rename(draft, file)) {
      throw new IOException("%s could not be renamed to %s".formatted(draft, file));
    }
  }

  /**
   * Reads a prepared folder; empty if it is none. Files of a local folder are mapped, not loaded,
   * so that a data set may be larger than the memory.
   *
   * @throws DataException if a file is missing or differs from its description
   */
  static Optional<DataSet> find(Path folder, Configuration hadoop) {
    try {
      FileSystem fileSystem = Locations.unchecked(folder, hadoop);
      Path description = new Path(folder, DESCRIPTION);
      if (!fileSystem.exists(description)) {
        return Optional.empty();
      }
      Locations.requireRegular(description, fileSystem);
      long length = fileSystem.getFileStatus(description).getLen();
      if (length > MAX_DESCRIPTION_BYTES) {
        throw new DataException(
            "%s has %s bytes, too many for a description".formatted(description, length));
      }
      try (InputStream in = fileSystem.open(description)) {
        return Optional.of(
            decode(
                Description.decode(description.toString(), in.readAllBytes()),
                folder.toString(),
                (name, pieceBytes) ->
                    LocalCopy.map(fileSystem, new Path(folder, name), pieceBytes)));
      }
    } catch (IOException e) {
      throw new DataException("%s can't be read: %s".formatted(folder, e.getMessage()), e);
    }
  }

  /**
   * Reads a prepared folder that has been packed again.
   *
   * @throws DataException if a file is missing or differs from its description
   */
  static DataSet decode(SourceFiles files) {
    return decode(
        Description.decode(files.nameOf(DESCRIPTION), files.content(DESCRIPTION)),
        files.location(),
        (name, pieceBytes) -> {
          if (!files.has(name)) {
            throw new FileNotFoundException(name);
          }
          return files.buffers(name);
        });
  }

  private interface Source {
    /**
     * @param pieceBytes of all pieces but the last
     */
    List<ByteBuffer> open(String name, int pieceBytes) throws IOException;
  }

  private static DataSet decode(Description description, String location, Source source) {
    Images train = verified(description, location, DataSet.TRAIN, source);
    Images test = verified(description, location, DataSet.TEST, source);
    requireCount(location, DataSet.TRAIN, train, description.trainRecords());
    requireCount(location, DataSet.TEST, test, description.testRecords());
    try {
      return DataSet.of(
          train,
          test,
          Hierarchy.of(train, test, description.fineNames(), description.coarseNames()),
          description.validation(train.count()));
    } catch (DataException e) {
      throw new DataException("%s: %s".formatted(location, e.getMessage()), e);
    }
  }

  private static void requireCount(String location, String name, Images images, int records) {
    if (images.count() != records) {
      throw new DataException(
          "%s: %s has %s records, but %s says %s"
              .formatted(location, name, images.count(), DESCRIPTION, records));
    }
  }

  /** A part is one file, or several with numbers in their names. */
  private static List<String> files(Description description, String part) {
    String stem = part.substring(0, part.lastIndexOf('.'));
    return description.files().keySet().stream()
        .filter(name -> name.equals(part) || name.matches(stem + "-\\d{5}\\.bin"))
        .sorted()
        .toList();
  }

  /** The name of one of several files of a part. */
  static String fileName(String part, int number) {
    return String.format(
        Locale.ROOT, "%s-%05d.bin", part.substring(0, part.lastIndexOf('.')), number);
  }

  private static Images verified(
      Description description, String location, String part, Source source) {
    RecordFormat format = description.format(location);
    List<String> names = files(description, part);
    if (names.isEmpty()) {
      throw missing(location + ": " + part);
    }
    List<ByteBuffer> pieces = new ArrayList<>();
    for (String name : names) {
      pieces.addAll(verified(description, location + ": " + name, name, format, source));
    }
    return format.images(location + ": " + part, pieces);
  }

  private static DataException missing(String file) {
    return new DataException(
        "%s is missing or not listed in %s; prepare the data set again"
            .formatted(file, DESCRIPTION));
  }

  private static List<ByteBuffer> verified(
      Description description, String file, String name, RecordFormat format, Source source) {
    Content expected = Objects.requireNonNull(description.files().get(name));
    try {
      List<ByteBuffer> pieces = source.open(name, Images.Records.maxPiece(format.recordBytes()));
      Content found = Content.of(pieces);
      if (!found.equals(expected)) {
        throw new DataException(
            "%s has %s bytes and SHA-256 %s, but %s says %s bytes and %s: it was changed or truncated; prepare the data set again"
                .formatted(
                    file,
                    found.bytes(),
                    found.sha256(),
                    DESCRIPTION,
                    expected.bytes(),
                    expected.sha256()));
      }
      return pieces;
    } catch (FileNotFoundException e) {
      throw missing(file);
    } catch (IOException e) {
      throw new DataException("%s can't be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  /**
   * {@code dataset.json}: what a prepared data set contains.
   *
   * @param mean of each channel of the training images, values scaled to 0..1
   * @param std population standard deviation, likewise
   * @param files length and SHA-256 of each other file
   * @param size pixels in each row and column; null: 32
   * @param channels 1 or 3; null: 3
   * @param labelBytes length of a label; null: 1
   * @param validationRecords how many of the training images, the last ones, are for validation;
   *     null: none
   */
  private record Description(
      @JsonProperty("train_records") int trainRecords,
      @JsonProperty("test_records") int testRecords,
      @JsonProperty("fine_names") List<String> fineNames,
      @JsonProperty("coarse_names") List<String> coarseNames,
      @JsonProperty("coarse_of_fine") List<Integer> coarseOfFine,
      @JsonProperty("mean") List<Double> mean,
      @JsonProperty("std") List<Double> std,
      @JsonProperty("files") Map<String, Content> files,
      @JsonProperty("size") @Nullable Integer size,
      @JsonProperty("channels") @Nullable Integer channels,
      @JsonProperty("label_bytes") @Nullable Integer labelBytes,
      @JsonProperty("validation_records") @Nullable Integer validationRecords) {

    static Description of(DataSet dataSet, RecordFormat format, Map<String, Content> files) {
      return of(
          dataSet.train().count(),
          dataSet.test().count(),
          dataSet.validation(),
          dataSet.hierarchy(),
          ChannelStatistics.of(dataSet.train()),
          format,
          files);
    }

    static Description of(
        int train,
        int test,
        int validation,
        Hierarchy hierarchy,
        ChannelStatistics statistics,
        RecordFormat format,
        Map<String, Content> files) {
      return new Description(
          train,
          test,
          hierarchy.fineNames(),
          hierarchy.coarseNames(),
          hierarchy.coarseOfFine(),
          statistics.mean(),
          statistics.std(),
          files,
          format.shape().size(),
          format.shape().channels(),
          format.labelBytes(),
          validation);
    }

    int validation(int train) {
      int records = validationRecords == null ? 0 : validationRecords;
      if (records < 0 || records >= train) {
        throw new DataException(
            "%s says that %s of %s training images are for validation"
                .formatted(DESCRIPTION, records, train));
      }
      return records;
    }

    RecordFormat format(String location) {
      int pixels = size == null ? ImageShape.CIFAR.size() : size;
      int planes = channels == null ? ImageShape.CIFAR.channels() : channels;
      int label = labelBytes == null ? 1 : labelBytes;
      if (pixels < 1
          || pixels > MAX_SIZE
          || (planes != 1 && planes != 3)
          || (label != 1 && label != 2)) {
        throw new DataException(
            "%s: %s says images of %s pixels and %s channels with labels of %s bytes"
                .formatted(location, DESCRIPTION, pixels, planes, label));
      }
      return new RecordFormat(new ImageShape(pixels, planes), label);
    }

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

    static Content of(List<ByteBuffer> pieces) {
      MessageDigest digest = DigestUtils.getSha256Digest();
      pieces.forEach(piece -> digest.update(piece.duplicate()));
      return new Content(
          pieces.stream().mapToLong(ByteBuffer::limit).sum(),
          HexFormat.of().formatHex(digest.digest()));
    }

    /** What a file of these images will be. */
    static Content written(RecordFormat format, Images images) throws IOException {
      MessageDigest digest = DigestUtils.getSha256Digest();
      try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
        format.write(images, out);
      }
      return new Content(
          (long) images.count() * format.recordBytes(), HexFormat.of().formatHex(digest.digest()));
    }
  }
}
