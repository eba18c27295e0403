package org.bilateralbrain.train;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bilateralbrain.grid.GridPoint;
import org.bilateralbrain.nn.Engines;
import org.bilateralbrain.nn.SafeTensors;
import org.bilateralbrain.store.ExportFolder;

/** Writes trained networks for use in other programs. */
public final class NetworkExport {

  /** Formats that other programs read. */
  public enum Format {
    /** Weights under PyTorch's names, for example for {@code safetensors.torch.load_file}. */
    SAFETENSORS("safetensors", SafeTensors.EXTENSION),
    /** DL4J's zip, for {@code ModelSerializer.restoreComputationGraph}. */
    DL4J("dl4j", ".zip");

    private final String label;
    private final String extension;

    Format(String label, String extension) {
      this.label = label;
      this.extension = extension;
    }

    public static Optional<Format> named(String label) {
      return Arrays.stream(values()).filter(format -> format.label.equals(label)).findFirst();
    }

    /** All names, separated by commas, for messages. */
    public static String labels() {
      return Arrays.stream(values()).map(format -> format.label).collect(Collectors.joining(", "));
    }
  }

  private final StoredNetworks networks;
  private final ExportFolder folder;
  private final Format format;

  public NetworkExport(StoredNetworks networks, ExportFolder folder, Format format) {
    this.networks = networks;
    this.folder = folder;
    this.format = format;
  }

  /**
   * Writes a grid point's network to a file named after the point, replacing an earlier copy.
   *
   * @return the file's name
   * @throws java.io.FileNotFoundException if the network isn't in the store
   */
  public String write(GridPoint point) throws IOException {
    StoredNetworks.Stored stored = networks.readAll(point.job()).get(0);
    String file = point.name() + format.extension;
    folder.createOrOverwrite(
        file,
        out -> {
          switch (format) {
            case SAFETENSORS -> SafeTensors.write(stored.weights(), metadata(point, stored), out);
            case DL4J -> Engines.named("dl4j").export(stored.architecture(), stored.weights(), out);
          }
        });
    return file;
  }

  private static Map<String, String> metadata(GridPoint point, StoredNetworks.Stored stored) {
    Map<String, String> metadata = WeightsFile.metadata(stored.architecture());
    metadata.put("model", point.model());
    metadata.put("variant", point.variant());
    metadata.put("job", point.job().id());
    return metadata;
  }
}
