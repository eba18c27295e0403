package org.bilateralbrain.config;

import com.typesafe.config.ConfigUtil;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;
import org.bilateralbrain.nn.Backbone;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * A configuration of the reference implementation (Cerenaut/bilateral-brain, {@code
 * configs/*.yaml}), converted to one of this program.
 *
 * @param text HOCON
 * @param leftOut settings without a counterpart here, each with the reason
 */
public record ReferenceConfiguration(String text, List<String> leftOut) {

  private static final Map<String, String> WITHOUT_COUNTERPART =
      Map.of(
          "evaluate", "every network is tested",
          "save_dir", "results go to bilateral.store",
          "logger", "every training writes history.csv and a TensorBoard event file",
          "ckpt_callback", "the epoch with the best validation accuracy is kept",
          "val_dir", "validation images are held out from the training set",
          "accelerator", "determined by the build: CPU, or GPU with the profile cuda",
          "num_workers", "each training task prepares its own images");

  /**
   * @param yaml the file's content
   * @throws InvalidConfigurationException listing every mistake
   */
  public static ReferenceConfiguration convert(String yaml) {
    Object root;
    try {
      root = new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
    } catch (YAMLException e) {
      throw new InvalidConfigurationException(List.of("Invalid YAML: " + e.getMessage()));
    }
    if (!(root instanceof Map<?, ?> map) || !(map.get("hparams") instanceof Map<?, ?>)) {
      throw new InvalidConfigurationException(
          List.of(
              "Section hparams is missing: not a configuration of the reference implementation"));
    }
    return new Conversion(map).run();
  }

  private static final class Conversion {

    private final Map<String, Object> values = new LinkedHashMap<>();
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final List<String> leftOut = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final List<Long> seeds = new ArrayList<>();

    /** Sections are flattened: no key occurs in two of them. */
    Conversion(Map<?, ?> root) {
      root.forEach(
          (key, value) -> {
            if (value instanceof Map<?, ?> section
                && !WITHOUT_COUNTERPART.containsKey(String.valueOf(key))) {
              section.forEach((name, inner) -> put(String.valueOf(name), inner));
            } else {
              put(String.valueOf(key), value);
            }
          });
    }

    private void put(String key, @Nullable Object value) {
      if (isScalar(value)
          || (value instanceof List<?> list && list.stream().allMatch(Conversion::isScalar))) {
        values.put(key, value);
      } else if (WITHOUT_COUNTERPART.containsKey(key)) {
        values.put(key, "…");
      } else {
        problems.add("%s is neither a value nor a list of values".formatted(key));
      }
    }

    private static boolean isScalar(@Nullable Object value) {
      return !(value instanceof Map || value instanceof Collection);
    }

    ReferenceConfiguration run() {
      Object name = take("exp_name");
      settings.put("name", quoted(name == null ? "converted" : name));
      data();
      seeds();
      macroArchitecture();
      values.forEach(
          (key, value) -> {
            if (value != null && !value.equals("")) {
              String reason = WITHOUT_COUNTERPART.getOrDefault(key, "no counterpart");
              leftOut.add("%s = %s: %s".formatted(key, value, reason));
            }
          });
      if (!problems.isEmpty()) {
        throw new InvalidConfigurationException(problems);
      }
      StringBuilder text =
          new StringBuilder(
              "# Converted from a configuration of the reference implementation.\nbilateral {\n");
      settings.forEach((key, value) -> text.append("  %s = %s\n".formatted(key, value)));
      return new ReferenceConfiguration(text.append("}\n").toString(), leftOut);
    }

    private void data() {
      settings.put("data.source", "cifar100");
      Object raw = take("raw_data_dir");
      Object images = take("train_dir");
      Object tests = take("test_dir");
      if (raw != null) {
        settings.put("data.path", quoted(raw));
      } else if (images != null && images.toString().matches(".+/train/?")) {
        settings.put("data.source", "folder");
        settings.put("data.path", quoted(images.toString().replaceFirst("/train/?$", "")));
        if (tests != null && !tests.toString().matches(".+/test/?")) {
          leftOut.add("test_dir = %s: test images must be in test, beside train".formatted(tests));
        }
      } else {
        settings.put("data.path", quoted("data/cifar100"));
        leftOut.add(
            "train_dir = %s: the folder of training images must be called train; set data.path to the archive, or to the folder above train with data.source = folder"
                .formatted(images));
      }
      settings.put(
          "data.normalisation",
          "{ mean = [0.5071, 0.4867, 0.4408], std = [0.2675, 0.2565, 0.2761] }");
    }

    private void seeds() {
      if (take("seeds") instanceof List<?> list
          && !list.isEmpty()
          && list.stream().allMatch(Number.class::isInstance)) {
        list.forEach(seed -> seeds.add(((Number) seed).longValue()));
        settings.put("grid.seeds", seeds.toString());
      } else {
        problems.add("seeds must be a list of numbers");
      }
    }

    private void macroArchitecture() {
      String hemispheres = text("mode_hemis");
      String heads = text("mode_heads");
      if (heads.equals("features") || "feature".equals(take("mode_out"))) {
        settings.put("test.mode", "features");
      }
      Object whole = take("model_path");
      Object fine = take("model_path_fine");
      Object coarse = take("model_path_coarse");
      boolean fineFrozen = Boolean.TRUE.equals(take("ffreeze"));
      boolean coarseFrozen = Boolean.TRUE.equals(take("cfreeze"));
      switch (hemispheres) {
        case "unilateral" -> unilateral(heads, whole == null ? fine : whole);
        case "bilateral" -> {
          boolean specialised = fineFrozen || coarseFrozen || fine != null || coarse != null;
          bilateral(
              specialised || whole != null,
              side("left", fine, fineFrozen && whole == null),
              side("right", coarse, coarseFrozen && whole == null));
          if (whole != null) {
            settings.put("heads.checkpoint", quoted(whole));
          }
        }
        case "ensemble" -> ensemble(fine);
        default ->
            problems.add(
                "hparams.mode_hemis is '%s', but must be unilateral, bilateral or ensemble"
                    .formatted(hemispheres));
      }
    }

    /** The reference uses the settings for "fine", whatever the head. */
    private void unilateral(String heads, @Nullable Object checkpoint) {
      String backbone = backbone("farch");
      Map<String, Object> sparsity = sparsity("fine_k", "fine_per_k");
      take("carch");
      sparsity("coarse_k", "coarse_per_k");
      settings.put("grid.backbones", "[%s]".formatted(backbone));
      switch (heads) {
        case "fine", "coarse" -> {
          settings.put("grid.models", "[unilateral-%s]".formatted(heads));
          training("hemisphere");
          if (checkpoint != null) {
            settings.put("hemisphere.start-from", quoted(checkpoint));
          }
        }
        case "both", "features" -> {
          settings.put("grid.models", "[unilateral-both]");
          training("both-heads");
          if (checkpoint != null) {
            leftOut.add(
                "model_path = %s: networks with two heads start from random weights here; both-heads.checkpoint tests a trained one"
                    .formatted(checkpoint));
          }
        }
        default ->
            problems.add(
                "hparams.mode_heads is '%s', but must be fine, coarse, both or features"
                    .formatted(heads));
      }
      sparsity.forEach((key, value) -> settings.put("hemisphere." + key, value.toString()));
    }

    private void bilateral(
        boolean specialised, Map<String, Object> left, Map<String, Object> right) {
      settings.put(
          "grid.models", specialised ? "[bilateral-specialised]" : "[bilateral-unspecialised]");
      String leftBackbone = backbone("farch");
      String rightBackbone = backbone("carch");
      settings.put("grid.backbones", "[%s]".formatted(leftBackbone));
      if (!rightBackbone.equals(leftBackbone)) {
        right.put("backbone", rightBackbone);
      }
      left.putAll(sparsity("fine_k", "fine_per_k"));
      right.putAll(sparsity("coarse_k", "coarse_per_k"));
      String variant =
          "grid.variants." + (left.isEmpty() && right.isEmpty() ? "symmetric" : "converted");
      settings.put(variant, "{}");
      left.forEach((key, value) -> settings.put(variant + ".left." + key, value.toString()));
      right.forEach((key, value) -> settings.put(variant + ".right." + key, value.toString()));
      training(specialised ? "heads" : "both-heads");
      if (specialised) {
        settings.put("heads.feature-views", "fresh");
      }
    }

    private Map<String, Object> side(String side, @Nullable Object checkpoint, boolean frozen) {
      Map<String, Object> settingsOfSide = new LinkedHashMap<>();
      if (checkpoint != null) {
        settingsOfSide.put("checkpoint", quoted(checkpoint));
      } else if (frozen) {
        leftOut.add(
            "the reference freezes the untrained %s hemisphere; here it is trained first"
                .formatted(side));
      }
      if (!frozen && checkpoint != null) {
        settingsOfSide.put("freeze", false);
      }
      return settingsOfSide;
    }

    private void ensemble(@Nullable Object checkpoints) {
      int members = 2;
      settings.put("grid.models", "[ensemble]");
      settings.put("grid.backbones", "[%s]".formatted(backbone("farch")));
      take("carch");
      sparsity("fine_k", "fine_per_k")
          .forEach((key, value) -> settings.put("hemisphere." + key, value.toString()));
      sparsity("coarse_k", "coarse_per_k");
      training("both-heads");
      if (checkpoints instanceof List<?> list) {
        leftOut.add(
            "model_path_fine = %s checkpoints: an ensemble here consists of networks of the same sweep; to use these, name them by their seeds and set both-heads.checkpoint to their path with {seed}"
                .formatted(list.size()));
        members = Math.max(members, list.size());
      }
      settings.put("ensemble.sizes", "[%s]".formatted(members));
      if (seeds.size() < members) {
        long first = seeds.isEmpty() ? 0 : seeds.get(0);
        List<Long> enough = LongStream.range(first, first + members).boxed().toList();
        leftOut.add(
            "seeds = %s: an ensemble of %s needs that many seeds, so they became %s"
                .formatted(seeds, members, enough));
        settings.put("grid.seeds", enough.toString());
      }
    }

    private void training(String section) {
      copy("max_epochs", section + ".epochs");
      copy("batch_size", section + ".batch-size");
      copy("lr", section + ".learning-rate");
      copy("weight_decay", section + ".weight-decay");
      copy("dropout", section + ".dropout");
    }

    private void copy(String key, String setting) {
      Object value = take(key);
      if (value == null) {
        return;
      }
      try {
        // YAML 1.1 takes 1e-4, without a point, for text.
        settings.put(setting, new BigDecimal(value.toString()).toString());
      } catch (NumberFormatException e) {
        problems.add("%s is '%s', but must be a number".formatted(key, value));
      }
    }

    /** Zero and a missing value mean no sparsity. */
    private Map<String, Object> sparsity(String k, String ofBatch) {
      Object first = take(k);
      Object second = take(ofBatch);
      Map<String, Object> sparsity = new LinkedHashMap<>();
      if (first instanceof Number a
          && a.doubleValue() > 0
          && second instanceof Number b
          && b.doubleValue() > 0) {
        sparsity.put("sparsity", "{ k = %s, k-percent = %s, testing = batch }".formatted(a, b));
      } else if ((first instanceof Number a && a.doubleValue() > 0)
          || (second instanceof Number b && b.doubleValue() > 0)) {
        problems.add("%s and %s must be set together".formatted(k, ofBatch));
      }
      return sparsity;
    }

    private String backbone(String key) {
      String name = text(key).toLowerCase(Locale.ROOT);
      if (Backbone.named(name).isEmpty()) {
        problems.add(
            "hparams.%s is '%s', but must be one of: %s".formatted(key, name, Backbone.labels()));
      }
      return name;
    }

    private String text(String key) {
      Object value = take(key);
      return value == null ? "" : value.toString();
    }

    private @Nullable Object take(String key) {
      return values.remove(key);
    }

    private static String quoted(Object value) {
      return ConfigUtil.quoteString(value.toString());
    }
  }
}
