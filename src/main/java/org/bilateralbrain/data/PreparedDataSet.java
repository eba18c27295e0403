package org.bilateralbrain.data;

import java.io.BufferedOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.bilateralbrain.data.EncodedImages.Part;
import org.bilateralbrain.data.PreparedDescription.Content;

/**
 * A data set that was checked once and is stored as {@code train.bin}, {@code test.bin} and {@code
 * dataset.json}, which is written last and contains the checksums of the others.
 */
public final class PreparedDataSet {

  private static final int MAX_DESCRIPTION_BYTES = 16 << 20;

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
      PreparedDescription description = PreparedDescription.of(dataSet, format, files);
      FileSystem fileSystem = Locations.unchecked(folder, hadoop); // dataset.json has checksums
      refuseToOverwrite(fileSystem, folder, description);
      for (Map.Entry<String, Images> part : parts.entrySet()) {
        replace(
            fileSystem, new Path(folder, part.getKey()), out -> format.write(part.getValue(), out));
      }
      byte[] json = description.encode();
      replace(fileSystem, new Path(folder, PreparedDescription.FILE), out -> out.write(json));
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
    PreparedDescription description =
        PreparedDescription.of(
            train.fine().length,
            test.fine().length,
            labels(written, part -> part == Part.VALIDATION).fine().length,
            Hierarchy.of(train, test, images.fineNames(), images.coarseNames()),
            sums.statistics(),
            format,
            files);
    try {
      FileSystem fileSystem = Locations.unchecked(folder, hadoop);
      PreparedPart.removeDrafts(folder, fileSystem);
      byte[] json = description.encode();
      replace(fileSystem, new Path(folder, PreparedDescription.FILE), out -> out.write(json));
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
  private static void refuseToOverwrite(
      FileSystem fileSystem, Path folder, PreparedDescription description) throws IOException {
    Path file = new Path(folder, PreparedDescription.FILE);
    if (fileSystem.exists(file)) {
      try (InputStream in = fileSystem.open(file)) {
        if (PreparedDescription.decode(file.toString(), in.readAllBytes())
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
      Path description = new Path(folder, PreparedDescription.FILE);
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
                PreparedDescription.decode(description.toString(), in.readAllBytes()),
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
        PreparedDescription.decode(
            files.nameOf(PreparedDescription.FILE), files.content(PreparedDescription.FILE)),
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

  private static DataSet decode(PreparedDescription description, String location, Source source) {
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
              .formatted(location, name, images.count(), PreparedDescription.FILE, records));
    }
  }

  /** A part is one file, or several with numbers in their names. */
  private static List<String> files(PreparedDescription description, String part) {
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
      PreparedDescription description, String location, String part, Source source) {
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
            .formatted(file, PreparedDescription.FILE));
  }

  private static List<ByteBuffer> verified(
      PreparedDescription description,
      String file,
      String name,
      RecordFormat format,
      Source source) {
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
                    PreparedDescription.FILE,
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
}
