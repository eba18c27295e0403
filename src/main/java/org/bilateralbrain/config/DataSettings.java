package org.bilateralbrain.config;

import java.util.List;
import java.util.Optional;
import org.bilateralbrain.data.ChannelStatistics;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.data.ImageShape;
import org.bilateralbrain.data.Locations;
import org.bilateralbrain.data.ParquetImages;
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
  private static final String FOLDER = "folder";
  private static final String PARQUET = "parquet";
  private static final String SYNTHETIC = "synthetic";
  private static final int MAX_CLASSES = 256;

  /** Three times, backbones halve height and width. */
  private static final int MULTIPLE_OF = 8;

  private static final int MAX_SIZE = 1024;
  private static final int GREY = 1;
  private static final int COLOUR = 3;

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
    ImageShape shape = shape(section);
    Section names = section.child("columns");
    ParquetImages.Columns columns =
        new ParquetImages.Columns(
            names.optional("image").map(names::text).orElse(""),
            names.optional("fine").map(names::text).orElse(""),
            names.optional("coarse").map(names::text).orElse(""));
    boolean pathGiven = !section.isNull("path");
    if (source.equals(SYNTHETIC)) {
      return synthetic;
    }
    if (!List.of(CIFAR100, FOLDER, PARQUET).contains(source)) {
      section.problem(
          "source",
          "is '%s', but must be %s, %s, %s or %s"
              .formatted(source, CIFAR100, FOLDER, PARQUET, SYNTHETIC));
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
    String location = Locations.inHome(path);
    return switch (source) {
      case FOLDER -> new DataSource.Folder(location, shape);
      case PARQUET -> new DataSource.Parquet(location, columns, shape);
      default -> new DataSource.Location(location);
    };
  }

  private static ImageShape shape(Section section) {
    int size = section.integer("size", MULTIPLE_OF, MAX_SIZE);
    if (size % MULTIPLE_OF != 0) {
      section.problem("size", "must be a multiple of %s, not %s".formatted(MULTIPLE_OF, size));
    }
    boolean grey = section.named("channels", DataSettings::isGrey, "1, 3").orElse(false);
    return new ImageShape(Math.max(1, size), grey ? GREY : COLOUR);
  }

  private static Optional<Boolean> isGrey(String channels) {
    return switch (channels) {
      case "1" -> Optional.of(true);
      case "3" -> Optional.of(false);
      default -> Optional.empty();
    };
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
    boolean grey = own.size("mean") == GREY && own.size("std") == GREY;
    int channels = grey ? GREY : COLOUR;
    ChannelStatistics statistics =
        new ChannelStatistics(own.reals("mean", channels), own.reals("std", channels));
    if (statistics.std().stream().anyMatch(std -> !(std > 0))) {
      own.problem("std", "must be greater than 0 for every channel");
    }
    return Optional.of(statistics);
  }
}
