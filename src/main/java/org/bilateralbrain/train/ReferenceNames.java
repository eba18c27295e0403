package org.bilateralbrain.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bilateralbrain.config.CheckpointSettings;
import org.bilateralbrain.data.TorchFileWriter;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Parameter;
import org.bilateralbrain.nn.Weights;
import org.bilateralbrain.nn.Weights.InvalidWeightsException;
import org.jspecify.annotations.Nullable;

/**
 * The names of a network's parameters in the reference implementation's files. They differ from
 * ours, which files may have as well, in two places: the hemispheres of a bilateral network are
 * named after their labels, and the ResNets of 18 to 152 layers have the names of the
 * implementation of <a href="https://github.com/weiaicunzai/pytorch-cifar100">pytorch-cifar100</a>
 * instead of torchvision's.
 */
final class ReferenceNames {

  /** Batch norm's step counter, which nothing here uses. */
  private static final String COUNTER = ".num_batches_tracked";

  /** The reference registers a hemisphere's modules a second time, in a list of this name. */
  private static final Pattern DUPLICATE =
      Pattern.compile("(hemisphere|fine_hemi|coarse_hemi)\\.net\\..*");

  /** The modules in that list, which is ResNet-9's alone. */
  private static final List<String> MODULES =
      List.of("conv1", "conv2", "res1", "conv3", "conv4", "res2");

  private static final Pattern MODULE = Pattern.compile("^(\\w+\\.)(\\w+)\\.");

  /** Of data-parallel and of compiled modules. */
  private static final Pattern WRAPPER = Pattern.compile("(?<![^.])(module|_orig_mod)\\.");

  private static final String HEMISPHERE = "^(\\w+\\.)";
  private static final Pattern STEM = Pattern.compile(HEMISPHERE + "(conv|bn)1\\.(?=\\w+$)");
  private static final Pattern BLOCK =
      Pattern.compile(HEMISPHERE + "layer(\\d)\\.(\\d+)\\.(conv|bn)(\\d)\\.");
  private static final Pattern SHORTCUT =
      Pattern.compile(HEMISPHERE + "layer(\\d)\\.(\\d+)\\.downsample\\.");

  private ReferenceNames() {}

  /**
   * The entries of a state dictionary under our names. Those that aren't among the expected ones
   * keep theirs, except for step counters and duplicates, which are dropped. PyTorch's wrappers are
   * removed from names wherever they stand, and so is a prefix, such as that of a Lightning module.
   *
   * @param chosen which of several networks is meant, by its prefix; null if there is one
   * @throws InvalidWeightsException if there are several and none is chosen, or not the chosen one
   */
  static <T> Map<String, T> replaced(
      Map<String, T> dictionary, List<Parameter> expected, @Nullable String chosen) {
    Map<String, T> unwrapped = new LinkedHashMap<>();
    dictionary.forEach(
        (name, tensor) -> {
          if (unwrapped.put(unwrapped(name), tensor) != null) {
            throw new InvalidWeightsException(
                "it holds %s twice, with and without a wrapper's name".formatted(unwrapped(name)));
          }
        });
    Set<String> prefixes = prefixes(unwrapped.keySet(), of(expected.get(0).name()));
    String prefix = prefix(prefixes, chosen);
    Map<String, String> ours = new LinkedHashMap<>();
    expected.forEach(
        parameter -> of(parameter.name()).forEach(name -> ours.put(name, parameter.name())));
    Map<String, T> replaced = new LinkedHashMap<>();
    unwrapped.forEach(
        (name, tensor) -> {
          String owner = longestStart(name, prefixes);
          String theirs = prefix.equals(owner) ? name.substring(prefix.length()) : name;
          boolean ofAnother = owner != null && !owner.equals(prefix);
          if (!ofAnother && !theirs.endsWith(COUNTER) && !DUPLICATE.matcher(theirs).matches()) {
            replaced.put(ours.getOrDefault(theirs, theirs), tensor);
          }
        });
    return replaced;
  }

  private static String unwrapped(String name) {
    return WRAPPER.matcher(name).replaceAll("");
  }

  private static @Nullable String longestStart(String name, Set<String> prefixes) {
    return prefixes.stream()
        .filter(name::startsWith)
        .max(Comparator.comparingInt(String::length))
        .orElse(null);
  }

  /** What stands before each spelling of the first parameter's name. */
  private static Set<String> prefixes(Set<String> names, Set<String> first) {
    Set<String> prefixes = new TreeSet<>();
    for (String name : names) {
      for (String end : first) {
        String prefix = name.endsWith(end) ? name.substring(0, name.length() - end.length()) : "-";
        if (prefix.isEmpty() || prefix.endsWith(".")) {
          prefixes.add(prefix);
        }
      }
    }
    return prefixes;
  }

  private static String prefix(Set<String> prefixes, @Nullable String chosen) {
    if (chosen == null && prefixes.size() <= 1) {
      return prefixes.stream().findFirst().orElse("");
    }
    if (chosen != null && prefixes.contains(unwrapped(chosen))) {
      return unwrapped(chosen);
    }
    String all =
        prefixes.stream().limit(20).map("\"%s\""::formatted).collect(Collectors.joining(", "));
    throw new InvalidWeightsException(
        chosen == null
            ? "it holds several networks, whose names begin with %s; choose one with %s"
                .formatted(all, CheckpointSettings.PREFIX)
            : "%s is \"%s\", but the names of its networks begin with %s"
                .formatted(
                    CheckpointSettings.PREFIX, chosen, all.isEmpty() ? "nothing known" : all));
  }

  /**
   * Writes a network under the reference implementation's names, with the step counters and second
   * names that its modules expect.
   */
  static void write(Architecture architecture, Weights weights, TorchFileWriter file)
      throws IOException {
    for (Parameter parameter : architecture.parameters()) {
      String name = theirs(parameter.name());
      file.add(name, weights.get(parameter.name()));
      List<String> all = new ArrayList<>(List.of(name));
      if (parameter.kind() == Parameter.Kind.RUNNING_VARIANCE) {
        String counter = name.replaceFirst("\\.running_var$", COUNTER);
        file.addZero(counter);
        all.add(counter);
      }
      if (isOfResNet9(weights, parameter.name())) {
        for (String each : all) {
          file.addAgain(second(each), each);
        }
      }
    }
  }

  /**
   * Whether a parameter is of ResNet-9 and not of a head: only its residual blocks have these
   * names.
   */
  private static boolean isOfResNet9(Weights weights, String name) {
    String hemisphere = name.substring(0, name.indexOf('.') + 1);
    return weights.tensors().containsKey(hemisphere + "res1.conv_res1.weight");
  }

  private static String second(String name) {
    Matcher module = MODULE.matcher(name);
    return module.replaceFirst(
        found -> found.group(1) + "net." + MODULES.indexOf(found.group(2)) + ".");
  }

  private static String theirs(String ours) {
    return ofDeepResNet(byLabel(ours));
  }

  private static String byLabel(String ours) {
    return ours.replaceFirst("^left\\.", "fine_hemi.").replaceFirst("^right\\.", "coarse_hemi.");
  }

  /** The names under which a file may have a parameter of this name. */
  static Set<String> of(String ours) {
    Set<String> names = new LinkedHashSet<>();
    for (String name : List.of(ours, byLabel(ours))) {
      names.add(name);
      names.add(ofDeepResNet(name));
    }
    return names;
  }

  /** The name itself if it isn't torchvision's for a ResNet. */
  private static String ofDeepResNet(String torchvision) {
    String stem =
        STEM.matcher(torchvision)
            .replaceFirst(name -> name.group(1) + "conv1." + index(name, 2, 1));
    String block =
        BLOCK
            .matcher(stem)
            .replaceFirst(
                name ->
                    block(name)
                        + "residual_function."
                        + index(name, 4, Integer.parseInt(name.group(5))));
    Matcher shortcut = SHORTCUT.matcher(block);
    return shortcut.replaceFirst(name -> block(name) + "shortcut.");
  }

  /** Their numbers of stages start at 2, because the stem counts as the first. */
  private static String block(MatchResult name) {
    return "%sconv%s_x.%s."
        .formatted(name.group(1), Integer.parseInt(name.group(2)) + 1, name.group(3));
  }

  /** In a sequence of a convolution, its batch norm and a ReLU, and so on. */
  private static String index(MatchResult name, int group, int number) {
    return 3 * (number - 1) + (name.group(group).equals("bn") ? 1 : 0) + ".";
  }
}
