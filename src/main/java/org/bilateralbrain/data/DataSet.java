package org.bilateralbrain.data;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A data set: the training and test images and the hierarchy of their classes.
 *
 * @param digest SHA-256 over the labels and pixels of both parts; the same for every packing of the
 *     same records
 */
public record DataSet(Images train, Images test, Hierarchy hierarchy, String digest) {

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
          PreparedDataSet.DESCRIPTION);

  static DataSet of(Images train, Images test, Hierarchy hierarchy) {
    MessageDigest sha256 = DigestUtils.getSha256Digest();
    for (Images part : new Images[] {train, test}) {
      sha256.update((part.count() + "\n").getBytes(StandardCharsets.US_ASCII));
      sha256.update(part.coarse());
      sha256.update(part.fine());
      sha256.update(part.pixels());
    }
    return new DataSet(train, test, hierarchy, HexFormat.of().formatHex(sha256.digest()));
  }

  /**
   * Reads any of the known packings: a prepared folder, or CIFAR-100's binary or python version as
   * a tar archive or an unpacked folder.
   *
   * @param location an archive or a folder on any Hadoop file system
   * @throws DataException if it is missing, damaged or in another format
   */
  public static DataSet read(Path location, Configuration hadoop) {
    SourceFiles files = SourceFiles.read(location, hadoop, WANTED);
    if (files.has(PreparedDataSet.DESCRIPTION)) {
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
    Images train = Images.ofRecords(files.nameOf(TRAIN), files.content(TRAIN));
    Images test = Images.ofRecords(files.nameOf(TEST), files.content(TEST));
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

  static DataSet checked(
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
