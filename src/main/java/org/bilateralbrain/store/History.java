package org.bilateralbrain.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What happened in each epoch of a training; {@code history.csv} of an artifact. */
public final class History {

  public static final String FILE_NAME = "history.csv";

  private static final String EPOCH = "epoch";
  private static final String TRAIN_LOSS = "train_loss";
  private static final String VALIDATION = "validation_";
  private static final String VALIDATION_LOSS = "validation_loss_";
  private static final String TRAIN_ACCURACY = "train_accuracy_";
  private static final String LEARNING_RATE = "learning_rate";
  private static final String TRAIN_SECONDS = "train_seconds";
  private static final String IMAGES_PER_SECOND = "images_per_second";

  /**
   * @param epoch from 1
   * @param trainLoss mean cross-entropy over the epoch's images, summed over heads, without the L2
   *     term
   * @param trainAccuracy in 0..1 by the head's label, of the augmented images before each step,
   *     with dropout
   * @param validation accuracy in 0..1 by the head's label; empty if nothing is held out
   * @param validationLoss mean cross-entropy by the head's label; empty if nothing is held out
   * @param learningRate of the epoch's first step
   * @param seconds of training, without validation
   */
  public record Epoch(
      int epoch,
      double trainLoss,
      Map<String, Double> trainAccuracy,
      Map<String, Double> validation,
      Map<String, Double> validationLoss,
      double learningRate,
      double seconds,
      double imagesPerSecond) {

    /** What the best epoch is chosen by: the mean over heads; NaN if nothing is held out. */
    public double meanValidation() {
      return validation.values().stream()
          .mapToDouble(Double::doubleValue)
          .average()
          .orElse(Double.NaN);
    }
  }

  private final List<String> heads;
  private final List<Epoch> epochs = new ArrayList<>();

  /**
   * A training that has not begun.
   *
   * @param heads labels of the network's heads, in the order of the columns
   */
  public History(List<String> heads) {
    this.heads = List.copyOf(heads);
  }

  public void add(Epoch epoch) {
    epochs.add(epoch);
  }

  public List<String> heads() {
    return heads;
  }

  public int count() {
    return epochs.size();
  }

  public List<Epoch> epochs() {
    return Collections.unmodifiableList(epochs);
  }

  /** Accuracies after the last epoch; empty before the first one and if nothing is held out. */
  public Map<String, Double> lastValidation() {
    return epochs.isEmpty() ? Map.of() : epochs.get(epochs.size() - 1).validation();
  }

  /**
   * The first epoch of highest mean validation accuracy; the last epoch if nothing is held out.
   *
   * @throws IndexOutOfBoundsException before the first epoch
   */
  public Epoch best() {
    Epoch best = epochs.get(epochs.size() - 1);
    for (int i = epochs.size() - 1; i >= 0; i--) {
      if (epochs.get(i).meanValidation() >= best.meanValidation()) {
        best = epochs.get(i);
      }
    }
    return best;
  }

  /** What each epoch is judged by, see {@link Epoch#meanValidation}. */
  public List<Double> scores() {
    return epochs.stream().map(Epoch::meanValidation).toList();
  }

  public double trainSeconds() {
    return epochs.stream().mapToDouble(Epoch::seconds).sum();
  }

  /** The file's content; seconds are rounded to three decimals, images per second to one. */
  public byte[] csv() {
    List<String> columns = new ArrayList<>(List.of(EPOCH, TRAIN_LOSS));
    heads.forEach(head -> columns.add(VALIDATION + head));
    columns.addAll(List.of(TRAIN_SECONDS, IMAGES_PER_SECOND));
    heads.forEach(head -> columns.add(TRAIN_ACCURACY + head));
    heads.forEach(head -> columns.add(VALIDATION_LOSS + head));
    columns.add(LEARNING_RATE);
    StringBuilder csv = new StringBuilder(Csv.line(columns));
    for (Epoch epoch : epochs) {
      List<@Nullable Object> row = new ArrayList<>(List.of(epoch.epoch(), epoch.trainLoss()));
      heads.forEach(head -> row.add(epoch.validation().get(head)));
      row.add(String.format(Locale.ROOT, "%.3f", epoch.seconds()));
      row.add(String.format(Locale.ROOT, "%.1f", epoch.imagesPerSecond()));
      heads.forEach(head -> row.add(epoch.trainAccuracy().get(head)));
      heads.forEach(head -> row.add(epoch.validationLoss().get(head)));
      row.add(epoch.learningRate());
      csv.append(Csv.line(row));
    }
    return csv.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads what {@link #csv} wrote. Columns may come in any order, and unknown ones are skipped.
   *
   * @throws IllegalArgumentException if it is not such a file; the message names the line
   */
  public static History parse(byte[] csv) {
    List<String> lines = new String(csv, StandardCharsets.UTF_8).lines().toList();
    List<String> columns = lines.isEmpty() ? List.of() : List.of(lines.get(0).split(","));
    List<String> heads =
        columns.stream()
            .filter(column -> column.startsWith(VALIDATION) && !column.startsWith(VALIDATION_LOSS))
            .map(column -> column.substring(VALIDATION.length()))
            .toList();
    History history = new History(heads);
    for (int i = 1; i < lines.size(); i++) {
      try {
        history.add(epoch(columns, heads, Arrays.asList(lines.get(i).split(",", -1))));
      } catch (IndexOutOfBoundsException | NumberFormatException e) {
        throw new IllegalArgumentException(
            "%s, line %s, can't be read: %s".formatted(FILE_NAME, i + 1, lines.get(i)), e);
      }
    }
    return history;
  }

  private static Epoch epoch(List<String> columns, List<String> heads, List<String> cells) {
    return new Epoch(
        Integer.parseInt(cells.get(columns.indexOf(EPOCH))),
        Double.parseDouble(cells.get(columns.indexOf(TRAIN_LOSS))),
        byHead(TRAIN_ACCURACY, columns, heads, cells),
        byHead(VALIDATION, columns, heads, cells),
        byHead(VALIDATION_LOSS, columns, heads, cells),
        Double.parseDouble(cells.get(columns.indexOf(LEARNING_RATE))),
        Double.parseDouble(cells.get(columns.indexOf(TRAIN_SECONDS))),
        Double.parseDouble(cells.get(columns.indexOf(IMAGES_PER_SECOND))));
  }

  private static Map<String, Double> byHead(
      String prefix, List<String> columns, List<String> heads, List<String> cells) {
    Map<String, Double> values = new LinkedHashMap<>();
    for (String head : heads) {
      String value = cells.get(columns.indexOf(prefix + head));
      if (!value.isEmpty()) {
        values.put(head, Double.valueOf(value));
      }
    }
    return values;
  }
}
