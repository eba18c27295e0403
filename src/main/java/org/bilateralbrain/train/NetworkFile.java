package org.bilateralbrain.train;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.commons.codec.digest.DigestUtils;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;

/** Networks in DL4J's zip files, which may come from strangers. */
public final class NetworkFile {

  /**
   * DL4J also reads serialised Java objects (preprocessor.bin, normalizer.bin), which can run any
   * code.
   */
  private static final Set<String> ENTRIES =
      Set.of(
          ModelSerializer.CONFIGURATION_JSON,
          ModelSerializer.COEFFICIENTS_BIN,
          ModelSerializer.NO_PARAMS_MARKER,
          ModelSerializer.UPDATER_BIN);

  private NetworkFile() {}

  /** As {@link #read} reads it; without what only further training would need. */
  public static byte[] write(ComputationGraph network) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ModelSerializer.writeModel(network, out, false);
    return out.toByteArray();
  }

  /**
   * SHA-256 of all weights, running statistics included; the same whenever the weights are, unlike
   * the file's.
   */
  public static String digest(ComputationGraph network) {
    return DigestUtils.sha256Hex(NpyFormat.values(network.params().dup('c').data().asFloat()));
  }

  /**
   * @throws IOException if it holds anything but a network
   */
  public static ComputationGraph read(byte[] zip) throws IOException {
    rejectOtherEntries(zip);
    return ModelSerializer.restoreComputationGraph(new ByteArrayInputStream(zip), false);
  }

  private static void rejectOtherEntries(byte[] zip) throws IOException {
    try (ZipInputStream entries = new ZipInputStream(new ByteArrayInputStream(zip))) {
      for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
        if (!ENTRIES.contains(entry.getName())) {
          throw new IOException(
              "the network's file holds %s, which a network doesn't need and which is not read"
                  .formatted(entry.getName()));
        }
      }
    }
  }
}
