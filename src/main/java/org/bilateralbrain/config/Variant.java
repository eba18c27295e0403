package org.bilateralbrain.config;

import java.util.Optional;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.HemisphereShape;

/**
 * An asymmetry under test: settings of the left (fine) and of the right (coarse) hemisphere.
 *
 * @param name as in tables; {@link #SYMMETRIC} where nothing was asked for
 */
public record Variant(String name, Side left, Side right) {

  public static final String SYMMETRIC = "symmetric";

  /**
   * One hemisphere's settings, complete but for its backbone, which the grid varies.
   *
   * @param backbone if given, it holds whatever the grid says
   */
  public record Side(Optional<Backbone> backbone, int width, TrainingSettings training) {

    public HemisphereSettings settings(Backbone ofGrid) {
      return new HemisphereSettings(new HemisphereShape(backbone.orElse(ofGrid), width), training);
    }

    static Side symmetric(Section hemisphere) {
      return new Side(Optional.empty(), hemisphere.integer("width", 1), TrainingSettings.read(hemisphere));
    }

    /** One side of a variant, which can also have a backbone of its own. */
    static Side read(Section side) {
      Optional<Backbone> backbone =
          side.isNull("backbone") ? Optional.empty() : side.named("backbone", Backbone::named, Backbone.labels());
      return new Side(backbone, side.integer("width", 1), TrainingSettings.read(side));
    }
  }
}
