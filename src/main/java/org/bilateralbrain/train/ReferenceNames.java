package org.bilateralbrain.train;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bilateralbrain.nn.Parameter;

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

  private static final String HEMISPHERE = "^(\\w+\\.)";
  private static final Pattern STEM = Pattern.compile(HEMISPHERE + "(conv|bn)1\\.");
  private static final Pattern BLOCK =
      Pattern.compile(HEMISPHERE + "layer(\\d)\\.(\\d+)\\.(conv|bn)(\\d)\\.");
  private static final Pattern SHORTCUT =
      Pattern.compile(HEMISPHERE + "layer(\\d)\\.(\\d+)\\.downsample\\.");

  private ReferenceNames() {}

  /**
   * The entries of a state dictionary under our names. Those that aren't among the expected ones
   * keep theirs, except for step counters and duplicates, which are dropped. A prefix that all
   * names have in common is removed.
   */
  static <T> Map<String, T> replaced(Map<String, T> dictionary, List<Parameter> expected) {
    Map<String, String> ours = new LinkedHashMap<>();
    expected.forEach(
        parameter -> of(parameter.name()).forEach(name -> ours.put(name, parameter.name())));
    String prefix = prefix(dictionary.keySet(), of(expected.get(0).name()));
    Map<String, T> replaced = new LinkedHashMap<>();
    dictionary.forEach(
        (name, tensor) -> {
          String theirs = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
          if (!theirs.endsWith(COUNTER) && !DUPLICATE.matcher(theirs).matches()) {
            replaced.put(ours.getOrDefault(theirs, theirs), tensor);
          }
        });
    return replaced;
  }

  /** A state dictionary's names may have a common prefix, such as that of a Lightning module. */
  private static String prefix(Set<String> names, Set<String> first) {
    for (String name : names) {
      for (String end : first) {
        if (name.endsWith(end)) {
          return name.substring(0, name.length() - end.length());
        }
      }
    }
    return "";
  }

  /** The names under which a file may have a parameter of this name. */
  static Set<String> of(String ours) {
    String byLabel =
        ours.replaceFirst("^left\\.", "fine_hemi.").replaceFirst("^right\\.", "coarse_hemi.");
    Set<String> names = new LinkedHashSet<>();
    for (String name : List.of(ours, byLabel)) {
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
