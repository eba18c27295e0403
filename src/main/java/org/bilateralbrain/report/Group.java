package org.bilateralbrain.report;

import java.util.Arrays;
import java.util.List;
import org.bilateralbrain.config.Model;
import org.bilateralbrain.store.SweepPlanFile;

/** Networks that differ in their seeds alone: one line of a table. */
public record Group(String model, String variant, String backbone) {

  static Group of(SweepPlanFile.Cell cell) {
    String left = cell.backboneLeft();
    String right = cell.backboneRight();
    String backbone = left.isEmpty() ? right : right.isEmpty() || left.equals(right) ? left : left + " + " + right;
    return new Group(cell.model(), cell.variant(), backbone);
  }

  /** Its place among the macro-architectures; ensembles, which have their size in their name, come last. */
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
