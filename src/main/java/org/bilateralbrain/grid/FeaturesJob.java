package org.bilateralbrain.grid;

import java.util.List;
import org.bilateralbrain.data.Augmentation;
import org.bilateralbrain.nn.Computation;

/**
 * Computes a trained hemisphere's features of every image, so that heads can be trained on them
 * without a convolution: of the training images in several augmented views, of the others as they
 * are.
 *
 * <p>Augmentation follows from the data's seed alone, so that any two hemispheres have seen the
 * same views.
 *
 * @param data whose features; the hemisphere may have been trained on other images
 * @param views number of views of each training image
 * @param augmentation of the views
 */
public record FeaturesJob(
    Hemisphere hemisphere,
    DataKey data,
    Computation computation,
    int views,
    Augmentation augmentation)
    implements Job {

  @Override
  public String kind() {
    return "features";
  }

  @Override
  public List<Job> parents() {
    return List.of(hemisphere);
  }

  @Override
  public String title() {
    return "features of " + hemisphere.title();
  }

  @Override
  public double work() {
    return views * hemisphere.architecture().forwardCost();
  }

  @Override
  public Specification specification() {
    return new Specification(kind(), computation)
        .add(data)
        .add("hemisphere", hemisphere.id())
        .add("views", views)
        .add(augmentation);
  }
}
