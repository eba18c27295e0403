package org.bilateralbrain.train;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bilateralbrain.data.ChannelStatistics;
import org.bilateralbrain.data.TorchFileWriter;
import org.bilateralbrain.grid.GridPoint;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.ClassOrder;
import org.bilateralbrain.nn.Engines;
import org.bilateralbrain.nn.SafeTensors;
import org.bilateralbrain.nn.Weights;
import org.bilateralbrain.store.ExportFolder;

/** Writes trained networks for use in other programs. */
public final class NetworkExport {

  /** Formats that other programs read. */
  public enum Format {
    /** Weights under PyTorch's names, for example for {@code safetensors.torch.load_file}. */
    SAFETENSORS("safetensors", SafeTensors.EXTENSION),
    /**
     * A state dictionary with the reference implementation's names and order of classes, for {@code
     * torch.load(…, weights_only=True)}.
     */
    PYTORCH("pytorch", ".pt"),
    /** A model from normalised pixels to logits, for ONNX Runtime. */
    ONNX("onnx", ".onnx"),
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
    if (format == Format.ONNX) {
      OnnxExport.requireExportable(stored.architecture()); // before a file is made
    }
    folder.createOrOverwrite(
        file,
        out -> {
          switch (format) {
            case SAFETENSORS -> SafeTensors.write(stored.weights(), metadata(point, stored), out);
            case PYTORCH -> writePyTorch(stored.architecture(), stored.weights(), out);
            case ONNX ->
                OnnxExport.write(
                    stored.architecture(), stored.weights(), metadata(point, stored), out);
            case DL4J -> Engines.named("dl4j").export(stored.architecture(), stored.weights(), out);
          }
        });
    return file;
  }

  /** Rows of a single head are in the order in which the reference implementation has them. */
  static void writePyTorch(Architecture architecture, Weights weights, OutputStream out)
      throws IOException {
    ClassOrder order = architecture.heads().size() == 1 ? ClassOrder.REFERENCE : ClassOrder.NUMERIC;
    TorchFileWriter file = new TorchFileWriter(out);
    ReferenceNames.write(architecture, order.ofNumeric(architecture, weights), file);
    file.finish();
  }

  private static Map<String, String> metadata(GridPoint point, StoredNetworks.Stored stored) {
    Map<String, String> metadata = WeightsFile.metadata(stored.architecture());
    metadata.put("model", point.model());
    metadata.put("variant", point.variant());
    metadata.put("job", point.job().id());
    ChannelStatistics pixels = point.job().data().normalisation();
    metadata.put("pixel_mean", pixels.mean().toString());
    metadata.put("pixel_std", pixels.std().toString());
    return metadata;
  }
}
