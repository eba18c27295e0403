package org.bilateralbrain.train;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.bilateralbrain.nn.Head;

/** What happened in each epoch; {@code history.csv} of an artifact. */
final class History {

  static final String FILE_NAME = "history.csv";

  /**
   * @param epoch from 1
   * @param trainLoss mean cross-entropy over the epoch's images, summed over heads, without the L2
   *     term
   * @param validation accuracy of each head; empty if nothing is held out
   * @param seconds of training, without validation
   */
  record Epoch(
      int epoch,
      double trainLoss,
      Map<Head, Double> validation,
      double seconds,
      double imagesPerSecond) {

    /** What the best epoch is chosen by: the mean over heads. */
    double meanValidation() {
      return validation.values().stream()
          .mapToDouble(Double::doubleValue)
          .average()
          .orElse(Double.NaN);
    }
  }

  private final List<Head> heads;
  private final List<Epoch> epochs = new ArrayList<>();

  History(List<Head> heads) {
    this.heads = heads;
  }

  void add(Epoch epoch) {
    epochs.add(epoch);
  }

  int count() {
    return epochs.size();
  }

  List<Epoch> epochs() {
    return Collections.unmodifiableList(epochs);
  }

  /** Accuracies after the last epoch; empty before the first one and if nothing is held out. */
  Map<Head, Double> lastValidation() {
    return epochs.isEmpty() ? Map.of() : epochs.get(epochs.size() - 1).validation();
  }

  /** The first epoch of highest validation accuracy; without validation the last one. */
  Epoch best() {
    Epoch best = epochs.get(epochs.size() - 1);
    for (int i = epochs.size() - 1; i >= 0; i--) {
      if (epochs.get(i).meanValidation() >= best.meanValidation()) {
        best = epochs.get(i);
      }
    }
    return best;
  }

  double trainSeconds() {
    return epochs.stream().mapToDouble(Epoch::seconds).sum();
  }

  byte[] csv() {
    StringBuilder csv = new StringBuilder("epoch,train_loss");
    heads.forEach(head -> csv.append(",validation_").append(head.label()));
    csv.append(",train_seconds,images_per_second\n");
    for (Epoch epoch : epochs) {
      StringJoiner row = new StringJoiner(",", "", "\n");
      row.add(Integer.toString(epoch.epoch())).add(Double.toString(epoch.trainLoss()));
      for (Head head : heads) {
        Double accuracy = epoch.validation().get(head);
        row.add(accuracy == null ? "" : accuracy.toString());
      }
      row.add(String.format(Locale.ROOT, "%.3f", epoch.seconds()));
      row.add(String.format(Locale.ROOT, "%.1f", epoch.imagesPerSecond()));
      csv.append(row);
    }
    return csv.toString().getBytes(StandardCharsets.UTF_8);
  }
}
