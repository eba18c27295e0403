package org.bilateralbrain.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A data set: the training and test images and the hierarchy of their classes.
 *
 * @param digest SHA-256 over the labels and pixels of both parts; the same for every packing of the
 *     same records
 * @param validation how many of the training images, the last ones, are a validation part that
 *     comes with the data set; 0 if it has none
 */
public record DataSet(
    Images train, Images test, Hierarchy hierarchy, String digest, int validation) {

  static final String TRAIN = "train.bin";
  static final String TEST = "test.bin";
  private static final String FINE_NAMES = "fine_label_names.txt";
  private static final String COARSE_NAMES = "coarse_label_names.txt";
  private static final String PYTHON_TRAIN = "train";
  private static final String PYTHON_TEST = "test";
  private static final String PYTHON_META = "meta";
  private static final Set<String> WANTED =
      Set.of(
          TRAIN,
          TEST,
          FINE_NAMES,
          COARSE_NAMES,
          PYTHON_TRAIN,
          PYTHON_TEST,
          PYTHON_META,
          PreparedDescription.FILE);

  static DataSet of(Images train, Images test, Hierarchy hierarchy) {
    return of(train, test, hierarchy, 0);
  }

  static DataSet of(Images train, Images test, Hierarchy hierarchy, int validation) {
    return new DataSet(
        train, test, hierarchy, digest(train, test, hierarchy, validation), validation);
  }

  private static String digest(Images train, Images test, Hierarchy hierarchy, int validation) {
    ImageShape shape = train.shape();
    String size =
        shape.equals(ImageShape.CIFAR) ? "" : " %s %s".formatted(shape.size(), shape.channels());
    int labelBytes = RecordFormat.of(shape, hierarchy.fineClasses()).labelBytes();
    byte[] pixels = new byte[shape.bytes()];
    MessageDigest sha256 = DigestUtils.getSha256Digest();
    if (validation > 0) {
      sha256.update(("validation " + validation + "\n").getBytes(StandardCharsets.US_ASCII));
    }
    for (Images part : List.of(train, test)) {
      sha256.update((part.count() + size + "\n").getBytes(StandardCharsets.US_ASCII));
      sha256.update(bytes(part.coarse(), labelBytes));
      sha256.update(bytes(part.fine(), labelBytes));
      for (int i = 0; i < part.count(); i++) {
        part.copyPixels(i, pixels);
        sha256.update(pixels);
      }
    }
    return HexFormat.of().formatHex(sha256.digest());
  }

  private static byte[] bytes(int[] labels, int labelBytes) {
    ByteBuffer bytes = ByteBuffer.allocate(labels.length * labelBytes);
    for (int label : labels) {
      if (labelBytes == 2) {
        bytes.put((byte) (label >> 8));
      }
      bytes.put((byte) label);
    }
    return bytes.array();
  }

  /**
   * Reads any of the known packings: a prepared folder, or CIFAR-100's binary or python version as
   * a tar archive or an unpacked folder.
   *
   * @param location an archive or a folder on any Hadoop file system
   * @throws DataException if it is missing, damaged or in another format
   */
  public static DataSet read(Path location, Configuration hadoop) {
    Optional<DataSet> prepared = PreparedDataSet.find(location, hadoop);
    if (prepared.isPresent()) {
      return prepared.get();
    }
    SourceFiles files = SourceFiles.read(location, hadoop, WANTED);
    if (files.has(PreparedDescription.FILE)) {
      return PreparedDataSet.decode(files);
    }
    if (files.has(TRAIN, TEST)) {
      return decodeBinary(files);
    }
    if (files.has(PYTHON_TRAIN, PYTHON_TEST, PYTHON_META)) {
      return decodePython(files);
    }
    throw new DataException(
        "%s contains neither %s and %s (binary version) nor %s, %s and %s (python version); found: %s"
            .formatted(
                location, TRAIN, TEST, PYTHON_TRAIN, PYTHON_TEST, PYTHON_META, files.seen()));
  }

  private static DataSet decodeBinary(SourceFiles files) {
    Images train = RecordFormat.CIFAR.images(files.nameOf(TRAIN), files.buffers(TRAIN));
    Images test = RecordFormat.CIFAR.images(files.nameOf(TEST), files.buffers(TEST));
    return checked(files, train, test, lines(files, FINE_NAMES), lines(files, COARSE_NAMES));
  }

  private static DataSet decodePython(SourceFiles files) {
    Images train =
        PythonFormat.decodeImages(files.nameOf(PYTHON_TRAIN), files.content(PYTHON_TRAIN));
    Images test = PythonFormat.decodeImages(files.nameOf(PYTHON_TEST), files.content(PYTHON_TEST));
    PythonFormat.Names names =
        PythonFormat.decodeNames(files.nameOf(PYTHON_META), files.content(PYTHON_META));
    return checked(files, train, test, names.fine(), names.coarse());
  }

  private static DataSet checked(
      SourceFiles files,
      Images train,
      Images test,
      List<String> fineNames,
      List<String> coarseNames) {
    try {
      return DataSet.of(train, test, Hierarchy.of(train, test, fineNames, coarseNames));
    } catch (DataException e) {
      throw new DataException("%s: %s".formatted(files.location(), e.getMessage()), e);
    }
  }

  private static List<String> lines(SourceFiles files, String name) {
    return files.has(name)
        ? new String(files.content(name), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> !line.isBlank())
            .toList()
        : List.of();
  }
}
