package org.bilateralbrain.grid;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;
import org.bilateralbrain.config.TrainingSettings;

/**
 * One network to train: a pure value that says what is trained, on which data, how, from which seed and from which
 * other jobs' networks. Two jobs that say the same are the same job.
 */
public sealed interface Job extends Serializable permits HemisphereJob, BilateralJob {

  /** To be raised whenever the code changes what a job's result is, so that old artifacts don't pass for new ones. */
  int NUMERICS = 1;

  int ID_LENGTH = 20;

  /** What kind of network it is; the folder of its artifacts. */
  String kind();

  DataKey data();

  TrainingSettings training();

  long seed();

  /** The jobs whose networks this one starts from. */
  List<Job> parents();

  /** In a few words, for people. */
  String title();

  /** Roughly how much work one epoch is for each image, in an arbitrary unit: for order and forecasts only. */
  double workPerImage();

  /** Everything that the result depends on, parents by their id, in a fixed order. */
  default Map<String, String> specification() {
    Map<String, String> specification = new LinkedHashMap<>();
    specification.put("numerics", Integer.toString(NUMERICS));
    specification.put("kind", kind());
    specification.put("seed", Long.toString(seed()));
    data().describeTo(specification);
    describeTo(specification);
    specification.put("epochs", Integer.toString(training().epochs()));
    specification.put("batch-size", Integer.toString(training().batchSize()));
    specification.put("learning-rate", Double.toString(training().optimisation().learningRate()));
    specification.put("weight-decay", Double.toString(training().optimisation().weightDecay()));
    specification.put("dropout", Double.toString(training().optimisation().dropout()));
    return specification;
  }

  /** Adds what is particular to this kind of job. */
  void describeTo(Map<String, String> specification);

  /** Hash of the {@link #specification}. */
  default String id() {
    String text =
        specification().entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
            .collect(Collectors.joining());
    return DigestUtils.sha256Hex(text).substring(0, ID_LENGTH);
  }
}
