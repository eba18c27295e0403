package org.bilateralbrain.report;

import java.util.Arrays;
import java.util.List;
import org.bilateralbrain.config.Model;
import org.bilateralbrain.config.Variant;
import org.bilateralbrain.store.SweepPlanFile;

/** Networks that differ in their seeds alone: one line of a table. */
public record Group(String model, String variant, String backbone) {

  public static Group of(SweepPlanFile.GridPoint cell) {
    String left = cell.backboneLeft();
    String right = cell.backboneRight();
    String backbone =
        left.isEmpty()
            ? right
            : right.isEmpty() || left.equals(right) ? left : left + " + " + right;
    return new Group(cell.model(), cell.variant(), backbone);
  }

  /** One, or the left hemisphere's and the right one's. */
  List<String> backbones() {
    return List.of(backbone.split(" \\+ "));
  }

  /** Its name beside others' of the same sweep, in which some things may be the same for all. */
  public String name(boolean withBackbone) {
    String name = variant.equals(Variant.SYMMETRIC) ? model : "%s, %s".formatted(model, variant);
    return withBackbone ? "%s, %s".formatted(name, backbone) : name;
  }

  /**
   * Its place among the macro-architectures; ensembles, which have their size in their name, come
   * last.
   */
  int place() {
    List<String> labels = Arrays.stream(Model.values()).map(Model::label).toList();
    int place = labels.indexOf(model);
    return place < 0 ? labels.size() : place;
  }

  @Override
  public String toString() {
    return "%s, %s, %s".formatted(model, variant, backbone);
  }
}
