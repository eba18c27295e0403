package org.bilateralbrain.grid;

import java.util.List;
import java.util.Map;
import org.bilateralbrain.config.HemisphereSettings;
import org.bilateralbrain.config.TrainingSettings;
import org.bilateralbrain.nn.Head;

/** Trains one hemisphere with one head: the left on fine labels, the right on coarse ones. */
public record HemisphereJob(DataKey data, Head head, HemisphereSettings settings, long seed) implements Job {

  @Override
  public String kind() {
    return "hemisphere";
  }

  @Override
  public TrainingSettings training() {
    return settings.training();
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
  public double workPerImage() {
    return workPerImageForward() * 3; // forward, gradient of the input, gradient of the weights
  }

  /** Convolutions cost the square of the width. */
  double workPerImageForward() {
    double width = settings.shape().width();
    return width * width;
  }

  @Override
  public void describeTo(Map<String, String> specification) {
    specification.put("labels", head.label());
    specification.put("backbone", settings.shape().backbone().label());
    specification.put("width", Integer.toString(settings.shape().width()));
  }
}
