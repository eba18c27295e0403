package org.bilateralbrain.config;

import java.util.Optional;
import org.bilateralbrain.data.ChannelStatistics;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.data.Images;
import org.bilateralbrain.data.Locations;
import org.bilateralbrain.data.Partition;
import org.bilateralbrain.data.SyntheticDataSet;

/**
 * The images of a sweep.
 *
 * @param rule how they are split
 * @param normalisation mean and standard deviation to normalise with; empty: those of the training
 *     images
 */
public record DataSettings(
    DataSource source, Partition.Rule rule, Optional<ChannelStatistics> normalisation) {

  private static final String CIFAR100 = "cifar100";
  private static final String SYNTHETIC = "synthetic";
  private static final int MAX_CLASSES = 256;

  static DataSettings read(Section section) {
    Partition.Rule rule =
        new Partition.Rule(
            section.seed("seed"),
            section.fractionBelowOne("validation-fraction"),
            limit(section, "train-limit"),
            limit(section, "test-limit"));
    return new DataSettings(source(section), rule, normalisation(section));
  }

  private static DataSource source(Section section) {
    DataSource synthetic =
        new DataSource.Synthetic(synthetic(section.child("synthetic"), section.seed("seed")));
    String source = section.text("source");
    boolean pathGiven = !section.isNull("path");
    if (source.equals(SYNTHETIC)) {
      return synthetic;
    }
    if (!source.equals(CIFAR100)) {
      section.problem(
          "source", "is '%s', but must be %s or %s".formatted(source, CIFAR100, SYNTHETIC));
      return synthetic;
    }
    if (!pathGiven) {
      section.problem(
          "path",
          "is missing: give the archive or prepared folder with --set bilateral.data.path=…");
      return synthetic;
    }
    String path = section.text("path");
    if (path.isBlank()) {
      section.problem("path", "is empty: give the archive or prepared folder");
    }
    return new DataSource.Location(Locations.inHome(path));
  }

  private static SyntheticDataSet.Settings synthetic(Section section, long seed) {
    SyntheticDataSet.Settings settings =
        new SyntheticDataSet.Settings(
            seed,
            section.integer("train-images", 1),
            section.integer("test-images", 1),
            section.integer("coarse-classes", 2),
            section.integer("fine-per-coarse", 1));
    if (settings.fineClasses() > MAX_CLASSES) {
      section.problem(
          "coarse-classes",
          "times fine-per-coarse gives %s fine classes; the maximum is %s"
              .formatted(settings.fineClasses(), MAX_CLASSES));
    }
    if (settings.trainImages() < settings.fineClasses()) {
      section.problem(
          "train-images", "must be at least the number of fine classes, " + settings.fineClasses());
    }
    return settings;
  }

  private static int limit(Section section, String key) {
    return section.isNull(key) ? Partition.Rule.NO_LIMIT : section.integer(key, 1);
  }

  private static Optional<ChannelStatistics> normalisation(Section section) {
    if (section.isNull("normalisation")) {
      return Optional.empty();
    }
    Section own = section.child("normalisation");
    ChannelStatistics statistics =
        new ChannelStatistics(
            own.reals("mean", Images.CHANNELS), own.reals("std", Images.CHANNELS));
    if (statistics.std().stream().anyMatch(std -> !(std > 0))) {
      own.problem("std", "must be greater than 0 for every channel");
    }
    return Optional.of(statistics);
  }
}
