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
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.WholeFile;

/**
 * One hemisphere's features of all images, in the order of the partition's subsets. They are mapped
 * into memory: what is in use lives in the system's page cache, not in the heap.
 *
 * @param views of the training images
 */
record StoredFeatures(
    int features, List<FloatBuffer> views, FloatBuffer validation, FloatBuffer test) {

  private static final String VALIDATION = "validation" + NpyFormat.EXTENSION;
  private static final String TEST = "test" + NpyFormat.EXTENSION;

  static StoredFeatures open(Artifact artifact, Partition partition, int features, int views)
      throws IOException {
    List<FloatBuffer> train = new ArrayList<>();
    for (int view = 0; view < views; view++) {
      train.add(matrix(artifact, trainFile(view), partition.train(), features));
    }
    return new StoredFeatures(
        features,
        train,
        matrix(artifact, VALIDATION, partition.validation(), features),
        matrix(artifact, TEST, partition.test(), features));
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
   * Matrices of floats as NumPy writes them, so that {@code numpy.load(file, mmap_mode="r")} reads
   * our features: version 1.0 of the {@code .npy} format, a header and the values row by row,
   * little-endian.
   */
  static final class NpyFormat {

    static final String EXTENSION = ".npy";

    private static final int HEADER_BYTES = 128;
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};

    private NpyFormat() {}

    static byte[] header(int rows, int columns) {
      ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      int described = HEADER_BYTES - MAGIC.length - Short.BYTES;
      String description =
          "{'descr': '<f4', 'fortran_order': False, 'shape': (%s, %s), }".formatted(rows, columns);
      String padded = description + " ".repeat(described - 1 - description.length()) + "\n";
      return header
          .put(MAGIC)
          .putShort((short) described)
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
     * The values of a file.
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
