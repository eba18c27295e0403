package org.bilateralbrain.grid;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;

/** Makes a unilateral network, which is what bilateral networks and ensembles are made of. */
public sealed interface Hemisphere extends NetworkJob
    permits HemisphereJob, PretrainedHemisphereJob {

  HemisphereShape shape();

  /** What it tells apart, in the order of its outputs. */
  List<Head> heads();

  long seed();

  @Override
  default String kind() {
    return "hemisphere";
  }

  @Override
  default List<Job> parents() {
    return List.of();
  }

  /** "fine", "coarse" or "fine and coarse". */
  default String labels() {
    return heads().stream().map(Head::label).collect(Collectors.joining(" and "));
  }

  @Override
  default Architecture architecture() {
    return architecture(data(), shape(), heads());
  }

  /** A hemisphere with these heads. */
  static Architecture architecture(DataKey data, HemisphereShape shape, List<Head> heads) {
    Map<Head, Integer> classes = data.classes();
    classes.keySet().retainAll(heads);
    return Architecture.unilateral(data.image(), shape, classes);
  }
}
