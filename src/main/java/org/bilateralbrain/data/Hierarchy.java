package org.bilateralbrain.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The fine classes and the coarse class that each belongs to, derived from the data.
 *
 * @param fineNames names of the fine classes, in label order
 * @param coarseNames names of the coarse classes, in label order
 * @param coarseOfFine the coarse class of each fine class
 */
public record Hierarchy(
    List<String> fineNames, List<String> coarseNames, List<Integer> coarseOfFine) {

  private static final int UNKNOWN = -1;

  public Hierarchy {
    fineNames = List.copyOf(fineNames);
    coarseNames = List.copyOf(coarseNames);
    coarseOfFine = List.copyOf(coarseOfFine);
  }

  public int fineClasses() {
    return fineNames.size();
  }

  public int coarseClasses() {
    return coarseNames.size();
  }

  /**
   * Derives the hierarchy from labelled images.
   *
   * @param fineNames empty if unknown: classes are then numbered up to the highest label
   * @param coarseNames likewise
   * @throws DataException if a label has no name, a fine class has two coarse classes or a class
   *     has no image
   */
  static Hierarchy of(Images train, Images test, List<String> fineNames, List<String> coarseNames) {
    return of(
        new Labels(train.fine(), train.coarse()),
        new Labels(test.fine(), test.coarse()),
        fineNames,
        coarseNames);
  }

  /** The labels of a part's images. */
  record Labels(int[] fine, int[] coarse) {}

  /** Likewise. */
  static Hierarchy of(Labels train, Labels test, List<String> fineNames, List<String> coarseNames) {
    List<String> fine =
        fineNames.isEmpty() ? numbered("fine", highest(train.fine(), test.fine())) : fineNames;
    List<String> coarse =
        coarseNames.isEmpty()
            ? numbered("coarse", highest(train.coarse(), test.coarse()))
            : coarseNames;
    int[] parents = new int[fine.size()];
    Arrays.fill(parents, UNKNOWN);
    readParents("train", train, fine, coarse, parents);
    readParents("test", test, fine, coarse, parents);
    for (int label = 0; label < parents.length; label++) {
      if (parents[label] == UNKNOWN) {
        throw new DataException(
            "Fine class %s (%s) has no images, so its coarse class is unknown"
                .formatted(label, fine.get(label)));
      }
    }
    List<Integer> coarseOfFine = Arrays.stream(parents).boxed().toList();
    for (int label = 0; label < coarse.size(); label++) {
      if (!coarseOfFine.contains(label)) {
        throw new DataException(
            "Coarse class %s (%s) has no images".formatted(label, coarse.get(label)));
      }
    }
    return new Hierarchy(fine, coarse, coarseOfFine);
  }

  private static void readParents(
      String part, Labels labels, List<String> fineNames, List<String> coarseNames, int[] parents) {
    for (int i = 0; i < labels.fine.length; i++) {
      int fine = labels.fine[i];
      int coarse = labels.coarse[i];
      checkRange(part, i, "fine", fine, fineNames.size());
      checkRange(part, i, "coarse", coarse, coarseNames.size());
      if (parents[fine] == UNKNOWN) {
        parents[fine] = coarse;
      } else if (parents[fine] != coarse) {
        throw new DataException(
            "Fine class %s (%s) has two coarse classes, %s (%s) and %s (%s, first in %s record %s): the file is damaged or its classes do not form a hierarchy"
                .formatted(
                    fine,
                    fineNames.get(fine),
                    parents[fine],
                    coarseNames.get(parents[fine]),
                    coarse,
                    coarseNames.get(coarse),
                    part,
                    i));
      }
    }
  }

  private static void checkRange(String part, int record, String kind, int label, int classes) {
    if (label < 0 || label >= classes) {
      throw new DataException(
          "Record %s of %s has the %s label %s, but there are only %s %s classes: the file is damaged or the label names belong to another data set"
              .formatted(record, part, kind, label, classes, kind));
    }
  }

  private static int highest(int[] train, int[] test) {
    return IntStream.concat(IntStream.of(train), IntStream.of(test)).max().orElse(0);
  }

  private static List<String> numbered(String kind, int highest) {
    if (highest >= RecordFormat.MAX_CLASSES) {
      throw new DataException(
          "%s label %s is too large: at most %s classes are possible"
              .formatted(kind, highest, RecordFormat.MAX_CLASSES));
    }
    List<String> names = new ArrayList<>();
    for (int label = 0; label <= highest; label++) {
      names.add(kind + "-" + label);
    }
    return names;
  }
}
