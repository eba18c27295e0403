package org.bilateralbrain.grid;

import java.util.List;
import java.util.Map;
import org.bilateralbrain.config.TrainingSettings;

/** Trains a fine and a coarse head on the joined features of two frozen hemispheres. */
public record BilateralJob(HemisphereJob left, HemisphereJob right, TrainingSettings training, long seed)
    implements Job {

  @Override
  public String kind() {
    return "bilateral";
  }

  @Override
  public DataKey data() {
    return left.data();
  }

  @Override
  public List<Job> parents() {
    return List.of(left, right);
  }

  @Override
  public String title() {
    return "bilateral heads on %s width %d + %s width %d, seed %d"
        .formatted(
            left.settings().shape().backbone().label(),
            left.settings().shape().width(),
            right.settings().shape().backbone().label(),
            right.settings().shape().width(),
            seed);
  }

  @Override
  public double workPerImage() {
    return left.workPerImageForward() + right.workPerImageForward();
  }

  @Override
  public void describeTo(Map<String, String> specification) {
    specification.put("left", left.id());
    specification.put("right", right.id());
  }
}
