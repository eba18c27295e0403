package org.bilateralbrain.config;

import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How often a checkpoint of a training is saved, always at the end of an epoch. */
public sealed interface CheckpointEvery extends Serializable {

  Pattern EPOCHS = Pattern.compile("([1-9][0-9]{0,8}) epochs?");

  /**
   * Whether the next checkpoint is due.
   *
   * @param epochs since the last one
   * @param seconds since the last one
   */
  boolean due(int epochs, double seconds);

  /** After a number of epochs. */
  record Epochs(int count) implements CheckpointEvery {
    @Override
    public boolean due(int epochs, double seconds) {
      return epochs >= count;
    }
  }

  /** At the end of the first epoch that ends after this duration. */
  record Time(Duration duration) implements CheckpointEvery {
    @Override
    public boolean due(int epochs, double seconds) {
      return seconds >= duration.toMillis() / 1e3;
    }
  }

  /** Never: a job that is interrupted starts from scratch. */
  record Never() implements CheckpointEvery {
    @Override
    public boolean due(int epochs, double seconds) {
      return false;
    }
  }

  /**
   * As another one says, and at the end of each epoch once a file exists: whoever is about to end
   * this process, such as a batch job at its time limit, creates it.
   */
  record OrWhenAsked(CheckpointEvery every, Path file) implements CheckpointEvery {
    @Override
    public boolean due(int epochs, double seconds) {
      return every.due(epochs, seconds) || (epochs > 0 && Files.exists(file));
    }
  }

  static CheckpointEvery read(Section section, String key) {
    String text = section.isNull(key) ? "never" : section.text(key);
    Matcher epochs = EPOCHS.matcher(text);
    if (text.equals("never")) {
      return new Never();
    }
    if (epochs.matches()) {
      return new Epochs(Integer.parseInt(epochs.group(1)));
    }
    return new Time(
        section.duration(
            key, "a number of epochs such as 5 epochs, a duration such as 10 minutes, or never"));
  }
}
