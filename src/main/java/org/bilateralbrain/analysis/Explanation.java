package org.bilateralbrain.analysis;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.bilateralbrain.data.Hierarchy;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Architecture.Depth;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.Network.ClassMap;
import org.bilateralbrain.store.SaliencyFile;

/**
 * Grad-CAM of a prediction for one image, at every depth: the maps of a network's hemispheres or of
 * an ensemble's members.
 *
 * @param target the predicted class
 * @param isRight whether that is the image's class
 */
record Explanation(Head head, int target, boolean isRight, List<Part> parts) {

  static final String WHOLE = "whole network";

  private static final List<String> HEMISPHERES = List.of("left hemisphere", "right hemisphere");

  /**
   * A hemisphere, or a member of an ensemble.
   *
   * @param maps of the size of the image, with negative values
   */
  record Part(String name, Map<Depth, SaliencyFile.Row> rows, Map<Depth, SaliencyMap> maps) {}

  /** Maps with how they are described in the store. */
  record Column(SaliencyFile.Column description, Map<Depth, SaliencyMap> maps) {}

  /**
   * @param members one network, or those whose mean logits are the prediction
   * @param image a batch of one image
   */
  static Explanation of(List<Network> members, Examples image, Head head, int target) {
    List<Part> parts = new ArrayList<>();
    for (Network member : members) {
      String name = "member " + (parts.size() + 1);
      List<Part> hemispheres = hemispheres(member, image, head, target, 1.0 / members.size());
      parts.addAll(
          members.size() == 1
              ? hemispheres
              : hemispheres.stream()
                  .map(each -> new Part(name, each.rows(), each.maps()))
                  .toList());
    }
    return new Explanation(head, target, image.labels(head)[0] == target, parts);
  }

  /**
   * @param share of the network in the explained logit
   */
  private static List<Part> hemispheres(
      Network network, Examples image, Head head, int target, double share) {
    Architecture architecture = network.architecture();
    List<String> layers =
        Stream.of(Depth.values()).flatMap(depth -> architecture.maps(depth).stream()).toList();
    List<ClassMap> maps = network.gradCam(image, layers, head, target);
    List<Part> hemispheres = new ArrayList<>();
    for (int hemisphere = 0; hemisphere < architecture.tops().size(); hemisphere++) {
      Part part =
          new Part(
              HEMISPHERES.get(hemisphere), new EnumMap<>(Depth.class), new EnumMap<>(Depth.class));
      for (Depth depth : Depth.values()) {
        String layer = architecture.maps(depth).get(hemisphere);
        SaliencyMap map = SaliencyMap.of(maps.get(layers.indexOf(layer))).times(share);
        part.rows().put(depth, new SaliencyFile.Row(depth.label(), List.of(layer), map.sum()));
        part.maps().put(depth, map.resized(architecture.input().height()));
      }
      hemispheres.add(part);
    }
    return hemispheres;
  }

  /**
   * A column of the sum of all parts, as bright as possible.
   *
   * @param shows what it is called
   */
  Column whole(String shows, Hierarchy names) {
    Map<Depth, SaliencyMap> maps = sums();
    maps.replaceAll((depth, map) -> map.scaledTo(map.highest()));
    return column(shows, wholeRows(), maps, names);
  }

  /** A column for each part, if there are several, and the whole; brightnesses are comparable. */
  List<Column> withParts(Hierarchy names) {
    List<Column> columns = new ArrayList<>();
    for (Part part : parts.size() > 1 ? parts : List.<Part>of()) {
      List<SaliencyFile.Row> rows = List.copyOf(part.rows().values());
      columns.add(column(part.name(), rows, comparable(part.maps()), names));
    }
    columns.add(column(WHOLE, wholeRows(), comparable(sums()), names));
    return columns;
  }

  private Map<Depth, SaliencyMap> comparable(Map<Depth, SaliencyMap> maps) {
    Map<Depth, SaliencyMap> scaled = new EnumMap<>(maps);
    Map<Depth, SaliencyMap> sums = sums();
    scaled.replaceAll(
        (depth, map) -> {
          float highest = Objects.requireNonNull(sums.get(depth)).highest();
          for (Part part : parts) {
            highest = Math.max(highest, Objects.requireNonNull(part.maps().get(depth)).highest());
          }
          return map.scaledTo(highest);
        });
    return scaled;
  }

  private Map<Depth, SaliencyMap> sums() {
    Map<Depth, SaliencyMap> sums = new EnumMap<>(Depth.class);
    parts.forEach(
        part -> part.maps().forEach((depth, map) -> sums.merge(depth, map, SaliencyMap::plus)));
    return sums;
  }

  private List<SaliencyFile.Row> wholeRows() {
    Map<Depth, SaliencyFile.Row> rows = new EnumMap<>(Depth.class);
    parts.forEach(
        part -> part.rows().forEach((depth, row) -> rows.merge(depth, row, Explanation::sum)));
    return List.copyOf(rows.values());
  }

  private static SaliencyFile.Row sum(SaliencyFile.Row some, SaliencyFile.Row others) {
    return new SaliencyFile.Row(
        some.depth(),
        Stream.concat(some.layers().stream(), others.layers().stream()).toList(),
        some.sum() + others.sum());
  }

  private Column column(
      String shows, List<SaliencyFile.Row> rows, Map<Depth, SaliencyMap> maps, Hierarchy names) {
    String name = (head == Head.FINE ? names.fineNames() : names.coarseNames()).get(target);
    return new Column(
        new SaliencyFile.Column(shows, head.label(), target, name, isRight, rows), maps);
  }
}
