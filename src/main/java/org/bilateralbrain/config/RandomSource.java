package org.bilateralbrain.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A source of randomness that a seed can change. */
public enum RandomSource {
  /** The initial weights. */
  START,
  /** The order of the training images in each epoch. */
  ORDER,
  /** Crops and flips of the training images. */
  AUGMENTATION,
  /** Dropout masks. */
  DROPOUT,
  /** Which training images are held out for validation. */
  SPLIT;

  /** Those that a training draws from, whatever its images. */
  public static final List<RandomSource> OF_TRAINING = List.of(START, ORDER, AUGMENTATION, DROPOUT);

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<RandomSource> named(String label) {
    return Arrays.stream(values()).filter(source -> source.label().equals(label)).findFirst();
  }

  static String labels() {
    return Arrays.stream(values()).map(RandomSource::label).collect(Collectors.joining(", "));
  }
}
