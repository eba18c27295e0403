package org.bilateralbrain.config;

import java.util.List;
import java.util.Optional;
import org.bilateralbrain.data.TorchFile;
import org.bilateralbrain.nn.ClassOrder;
import org.bilateralbrain.nn.Head;

/**
 * A trained network that a configuration names.
 *
 * @param location an artifact's folder or a PyTorch file; {@code {seed}} in it stands for the seed
 * @param classOrder of a single head's rows; numeric for two heads
 */
public record CheckpointSettings(String location, ClassOrder classOrder) {

  static final String KEY = "checkpoint";
  static final String START = "start-from";

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

  /** The network's location for a seed. */
  public String location(long seed) {
    return location.replace("{seed}", Long.toString(seed));
  }

  /**
   * @param key names the location
   * @param heads those of the network
   */
  static Optional<CheckpointSettings> read(Section section, String key, List<Head> heads) {
    Optional<ClassOrder> given =
        heads.size() > 1 && !section.has(CLASS_ORDER) ? Optional.empty() : classOrder(section);
    if (section.isNull(key)) {
      return Optional.empty();
    }
    String location = section.text(key);
    boolean torch = TorchFile.isNamed(location);
    if (given.isPresent() && !torch) {
      section.problem(
          CLASS_ORDER,
          "applies to PyTorch files (%s), but %s is %s: an artifact's rows are always in numeric order; remove the setting"
              .formatted(String.join(", ", TorchFile.EXTENSIONS), key, section.shown(key)));
    } else if (given.isPresent() && heads.size() > 1) {
      section.problem(
          CLASS_ORDER,
          "applies to networks with a single head; those with two heads are always in numeric order; remove the setting");
    }
    boolean numeric = !torch || heads.size() > 1;
    return Optional.of(
        new CheckpointSettings(
            location, numeric ? ClassOrder.NUMERIC : given.orElse(ClassOrder.REFERENCE)));
  }

  private static Optional<ClassOrder> classOrder(Section section) {
    return section
        .optional(CLASS_ORDER)
        .flatMap(key -> section.named(key, ClassOrder::named, ClassOrder.labels()));
  }
}
