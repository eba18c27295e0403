package org.bilateralbrain.nn;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What PyTorch's state dictionaries call our layers: ResNet-9 and VGG-11 as in the reference
 * implementation, the deeper residual networks as in torchvision.
 */
final class TorchNames {

  private static final Pattern RESIDUAL = Pattern.compile("(res\\d)-([ab])(-norm)?");
  private static final Pattern DEEP =
      Pattern.compile("stage(\\d)-block(\\d+)-([abc]|shortcut)(-norm)?");

  private static final Map<String, String> VGG =
      Map.of(
          "conv1", "features.0",
          "conv2", "features.3",
          "conv3", "features.6",
          "conv4", "features.8",
          "conv5", "features.11",
          "conv6", "features.13",
          "conv7", "features.16",
          "conv8", "features.18",
          "linear1", "classifier.0",
          "linear2", "classifier.3");

  private static final Map<String, String> PARAMETERS =
      Map.of(
          "W",
          "weight",
          "b",
          "bias",
          "gamma",
          "weight",
          "beta",
          "bias",
          "mean",
          "running_mean",
          "var",
          "running_var");

  private TorchNames() {}

  /** A hemisphere's layer, within the hemisphere. */
  static String layer(Backbone backbone, String layer) {
    return switch (backbone) {
      case RESNET9 -> resnet9(layer);
      case SPARSE_RESNET9, INVERTED_RESNET9 -> sparseResnet9(layer);
      case VGG11, VGG11_FEATURES -> "vgg." + VGG.get(layer);
      case RESNET18, RESNET34, RESNET50, RESNET101, RESNET152 -> deep(layer);
    };
  }

  static String head(Head head) {
    return head.label() + "_head.1"; // after the dropout
  }

  static String parameter(String key) {
    return PARAMETERS.get(key);
  }

  private static String resnet9(String layer) {
    Matcher residual = RESIDUAL.matcher(layer);
    if (residual.matches()) {
      String block = residual.group(1).equals("res2") ? "res2.0" : residual.group(1);
      int number = residual.group(2).equals("a") ? 1 : 2;
      return "%s.conv_res%s%s".formatted(block, number, residual.group(3) == null ? "" : "_bn");
    }
    return layer.endsWith("-norm") ? layer.replace("-norm", ".1") : layer + ".0";
  }

  /**
   * There the k-winners are the second of a convolution, k-winners, norm and ReLU, and have no
   * parameters.
   */
  private static String sparseResnet9(String layer) {
    Matcher residual = RESIDUAL.matcher(layer);
    if (residual.matches()) {
      int number = residual.group(2).equals("a") ? 0 : 1;
      return "%s.%s.%s".formatted(residual.group(1), number, residual.group(3) == null ? 0 : 2);
    }
    return layer.endsWith("-norm") ? layer.replace("-norm", ".2") : layer + ".0";
  }

  private static String deep(String layer) {
    Matcher block = DEEP.matcher(layer);
    if (!block.matches()) {
      return layer.equals("stem") ? "conv1" : "bn1";
    }
    String path = "layer%s.%s.".formatted(block.group(1), Integer.parseInt(block.group(2)) - 1);
    String part = block.group(3);
    boolean norm = block.group(4) != null;
    if (part.equals("shortcut")) {
      return path + (norm ? "downsample.1" : "downsample.0");
    }
    return path + (norm ? "bn" : "conv") + (List.of("a", "b", "c").indexOf(part) + 1);
  }
}
