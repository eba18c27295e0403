package org.bilateralbrain.grid;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;
import org.bilateralbrain.config.TrainingSettings;
import org.bilateralbrain.data.Augmentation;
import org.bilateralbrain.nn.Computation;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Optimiser;
import org.bilateralbrain.nn.Schedule;

/** Everything that a job's result depends on, in a fixed order, and the resulting id. */
public final class Specification {

  /**
   * Increment it whenever the code changes the result of a job, so that old artifacts are not
   * mistaken for new ones.
   */
  static final int NUMERICS = 6;

  /** How the keys of what follows from a job's own seed begin. */
  static final String SEED = "seed.";

  private static final int ID_LENGTH = 20;

  private final Map<String, String> values = new LinkedHashMap<>();

  /** A job of the first engine doesn't mention it. */
  Specification(String kind, Computation computation) {
    add("numerics", NUMERICS);
    add("kind", kind);
    if (!computation.equals(Computation.DL4J)) {
      add("engine", computation.engine());
      add("precision", computation.precision().label());
    }
  }

  Specification add(String key, Object value) {
    values.put(key, value.toString());
    return this;
  }

  Specification add(DataKey data) {
    data.describeTo(this);
    return this;
  }

  Specification add(HemisphereShape shape) {
    return add("backbone", shape.backbone().label())
        .add("width", shape.width())
        .add("sparsity", shape.sparsity());
  }

  /** What is as in the paper isn't mentioned, but for what always was. */
  Specification add(TrainingSettings training) {
    Hyperparameters hyperparameters = training.hyperparameters();
    add("epochs", training.epochs())
        .add("batch-size", training.batchSize())
        .add("learning-rate", training.learningRate())
        .add("weight-decay", hyperparameters.weightDecay())
        .add("dropout", hyperparameters.dropout())
        .addUnless(Optimiser.Adam.DEFAULT, "optimizer", hyperparameters.optimiser())
        .addUnless(true, "decay-norm-and-bias", hyperparameters.decaysNormAndBias())
        .addUnless(Double.POSITIVE_INFINITY, "clip-norm", hyperparameters.clipNorm())
        .addUnless(0.0, "label-smoothing", hyperparameters.labelSmoothing())
        .addUnless(0.0, "average-decay", hyperparameters.averageDecay())
        .addUnless(new Schedule.Constant(), "schedule", training.schedule())
        .add(training.augmentation());
    if (training.normMomentum() != null) {
      add("batch-norm-momentum", training.normMomentum());
    }
    return training.earlyStopping() == null
        ? this
        : add("early-stopping", training.earlyStopping());
  }

  Specification add(Augmentation augmentation) {
    return addUnless(Augmentation.REFERENCE, "augmentation", augmentation);
  }

  private <T> Specification addUnless(T usual, String key, T value) {
    return value.equals(usual) ? this : add(key, value);
  }

  public Map<String, String> values() {
    return Collections.unmodifiableMap(values);
  }

  /** A hash of all values. */
  String id() {
    return hash(values);
  }

  Specification add(Randomness randomness) {
    randomness.describeTo(this);
    return this;
  }

  /** Equal for jobs without parents that differ in their seeds only. */
  public String series() {
    Map<String, String> others = new LinkedHashMap<>(values);
    others.keySet().removeIf(key -> key.startsWith(SEED));
    return hash(others);
  }

  private static String hash(Map<String, String> values) {
    String text =
        values.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
            .collect(Collectors.joining());
    return DigestUtils.sha256Hex(text).substring(0, ID_LENGTH);
  }
}
