package org.bilateralbrain.config;

import java.util.List;
import java.util.Optional;
import org.bilateralbrain.data.Locations;
import org.bilateralbrain.data.TorchFile;
import org.bilateralbrain.nn.ClassOrder;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.SafeTensors;
import org.jspecify.annotations.Nullable;

/**
 * A trained network that a configuration names.
 *
 * @param location an artifact's folder, a PyTorch file or a safetensors file; {@code {seed}} in it
 *     stands for the seed
 * @param classOrder of a single head's rows; numeric for two heads
 * @param prefix of the parameters' names, where a file holds several networks; null: there is one
 */
public record CheckpointSettings(String location, ClassOrder classOrder, @Nullable String prefix) {

  static final String KEY = "checkpoint";
  static final String START = "start-from";

  public static final String PREFIX = "checkpoint-prefix";

  private static final String CLASS_ORDER = "checkpoint-class-order";

  /**
   * Networks that a variant takes as a whole instead of training them.
   *
   * @param bothHeads a unilateral network with two heads
   * @param bilateral a bilateral network
   */
  public record OfVariant(
      Optional<CheckpointSettings> bothHeads, Optional<CheckpointSettings> bilateral) {

    static OfVariant read(Section bothHeads, Section heads) {
      return new OfVariant(
          CheckpointSettings.read(bothHeads, KEY, Head.BOTH),
          CheckpointSettings.read(heads, KEY, Head.BOTH));
    }
  }

  /** The network of a seed. */
  public CheckpointSettings ofSeed(long seed) {
    return new CheckpointSettings(
        location.replace("{seed}", Long.toString(seed)), classOrder, prefix);
  }

  /**
   * @param key names the location
   * @param heads those of the network
   */
  static Optional<CheckpointSettings> read(Section section, String key, List<Head> heads) {
    Optional<ClassOrder> given =
        heads.size() > 1 && !section.has(CLASS_ORDER) ? Optional.empty() : classOrder(section);
    Optional<String> prefix =
        section.has(PREFIX) ? section.optional(PREFIX).map(section::text) : Optional.empty();
    if (section.isNull(key)) {
      return Optional.empty();
    }
    String location = Locations.inHome(section.text(key));
    boolean torch = TorchFile.isNamed(location);
    boolean foreign = torch || location.endsWith(SafeTensors.EXTENSION);
    if (given.isPresent() && !foreign) {
      section.problem(
          CLASS_ORDER,
          "applies to files (%s), but %s is %s: an artifact's rows are always in numeric order; remove the setting"
              .formatted(extensions(), key, section.shown(key)));
    } else if (given.isPresent() && heads.size() > 1) {
      section.problem(
          CLASS_ORDER,
          "applies to networks with a single head; those with two heads are always in numeric order; remove the setting");
    }
    if (prefix.isPresent() && !foreign) {
      section.problem(
          PREFIX,
          "applies to files (%s), but %s is %s: an artifact holds one network; remove the setting"
              .formatted(extensions(), key, section.shown(key)));
    }
    ClassOrder usual = torch && heads.size() == 1 ? ClassOrder.REFERENCE : ClassOrder.NUMERIC;
    return Optional.of(new CheckpointSettings(location, given.orElse(usual), prefix.orElse(null)));
  }

  private static String extensions() {
    return String.join(", ", TorchFile.EXTENSIONS) + ", " + SafeTensors.EXTENSION;
  }

  private static Optional<ClassOrder> classOrder(Section section) {
    return section
        .optional(CLASS_ORDER)
        .flatMap(key -> section.named(key, ClassOrder::named, ClassOrder.labels()));
  }
}
