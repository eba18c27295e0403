package org.bilateralbrain.grid;

import java.util.List;
import org.bilateralbrain.config.HemisphereSettings;
import org.bilateralbrain.nn.Head;

/** Trains one hemisphere with one head: the left on fine labels, the right on coarse ones. */
public record HemisphereJob(DataKey data, Head head, HemisphereSettings settings, long seed) implements Job {

  @Override
  public String kind() {
    return "hemisphere";
  }

  @Override
  public List<Job> parents() {
    return List.of();
  }

  @Override
  public String title() {
    return "%s hemisphere, %s width %d, seed %d"
        .formatted(head.label(), settings.shape().backbone().label(), settings.shape().width(), seed);
  }

  @Override
  public double work() {
    // forward, gradient of the input, gradient of the weights
    return settings.training().epochs() * workPerImageForward() * 3;
  }

  /** Convolutions cost the square of the width. */
  double workPerImageForward() {
    double width = settings.shape().width();
    return width * width;
  }

  @Override
  public Specification specification() {
    return new Specification(kind())
        .add("seed", seed)
        .add(data)
        .add("labels", head.label())
        .add("backbone", settings.shape().backbone().label())
        .add("width", settings.shape().width())
        .add(settings.training());
  }
}
