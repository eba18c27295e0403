package org.bilateralbrain.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.bilateralbrain.data.Partition;
import org.bilateralbrain.data.Subset;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.WholeFile;

/**
 * One hemisphere's features of all images, in the order of the partition's subsets, without copies
 * of the same value. They are memory-mapped, so they occupy the system's page cache instead of the
 * heap.
 *
 * @param hemisphere whose features they are
 * @param views one (images, features) matrix per augmented view of the training images
 * @param validation an (images, features) matrix
 * @param test an (images, features) matrix
 */
record StoredFeatures(
    HemisphereShape hemisphere, List<FloatBuffer> views, FloatBuffer validation, FloatBuffer test) {

  private static final String VALIDATION = "validation" + NpyFormat.EXTENSION;
  private static final String TEST = "test" + NpyFormat.EXTENSION;

  /**
   * Maps an artifact's features.
   *
   * @param views number of views
   * @throws PermanentFailureException if a file has another shape
   */
  static StoredFeatures open(
      Artifact artifact, Partition partition, HemisphereShape hemisphere, int views)
      throws IOException {
    int features = hemisphere.distinctFeatures();
    List<FloatBuffer> train = new ArrayList<>();
    for (int view = 0; view < views; view++) {
      train.add(matrix(artifact, trainFile(view), partition.train(), features));
    }
    return new StoredFeatures(
        hemisphere,
        train,
        matrix(artifact, VALIDATION, partition.validation(), features),
        matrix(artifact, TEST, partition.test(), features));
  }

  /** Writes an image's whole feature vector to an offset of the target. */
  void read(FloatBuffer matrix, int row, float[] target, int offset) {
    FloatBuffer values = matrix.duplicate(); // threads share the matrix, but not a position
    hemisphere.restore(values.position(row * hemisphere.distinctFeatures()), target, offset);
  }

  private static FloatBuffer matrix(Artifact artifact, String file, Subset subset, int features)
      throws IOException {
    return NpyFormat.matrix(artifact.map(file), subset.count(), features);
  }

  static void writeTrain(ArtifactWriter artifact, int view, WholeFile.Content content)
      throws IOException {
    artifact.write(trainFile(view), content);
  }

  static void writeValidation(ArtifactWriter artifact, WholeFile.Content content)
      throws IOException {
    artifact.write(VALIDATION, content);
  }

  static void writeTest(ArtifactWriter artifact, WholeFile.Content content) throws IOException {
    artifact.write(TEST, content);
  }

  private static String trainFile(int view) {
    return "train-view-%s%s".formatted(view, NpyFormat.EXTENSION);
  }

  /**
   * Matrices of floats in NumPy's {@code .npy} format, version 1.0, which {@code numpy.load(file,
   * mmap_mode="r")} reads: a header, then the values row by row, little-endian.
   */
  static final class NpyFormat {

    static final String EXTENSION = ".npy";

    private static final int HEADER_BYTES = 128;
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};

    private NpyFormat() {}

    static byte[] header(int rows, int columns) {
      ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      int descriptionBytes = HEADER_BYTES - MAGIC.length - Short.BYTES;
      String description =
          "{'descr': '<f4', 'fortran_order': False, 'shape': (%s, %s), }".formatted(rows, columns);
      String padded = description + " ".repeat(descriptionBytes - 1 - description.length()) + "\n";
      return header
          .put(MAGIC)
          .putShort((short) descriptionBytes)
          .put(padded.getBytes(StandardCharsets.US_ASCII))
          .array();
    }

    static byte[] values(float[] values) {
      ByteBuffer bytes =
          ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(values);
      return bytes.array();
    }

    /**
     * A file's values, row by row.
     *
     * @throws PermanentFailureException if it is not a matrix of this shape
     */
    static FloatBuffer matrix(ByteBuffer file, int rows, int columns) {
      long bytes = HEADER_BYTES + (long) rows * columns * Float.BYTES;
      if (file.capacity() != bytes
          || !file.slice(0, HEADER_BYTES).equals(ByteBuffer.wrap(header(rows, columns)))) {
        throw new PermanentFailureException(
            "stored features are not a matrix of %s x %s".formatted(rows, columns));
      }
      return file.slice(HEADER_BYTES, file.capacity() - HEADER_BYTES)
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer();
    }
  }
}
