package org.bilateralbrain.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Positions in the test set, as users write them: {@code 17,42,100-120}. */
final class ImagePositions {

  private static final Pattern ONE_OR_RANGE = Pattern.compile("\\s*(\\d{1,9})(?:-(\\d{1,9}))?\\s*");

  private ImagePositions() {}

  /**
   * @param images number of test images
   * @throws IllegalArgumentException if a part is not a position or range, or out of range; the
   *     message names all such parts
   */
  static SortedSet<Integer> parse(String text, int images) {
    SortedSet<Integer> positions = new TreeSet<>();
    List<String> problems = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      Matcher parsed = ONE_OR_RANGE.matcher(part);
      if (!parsed.matches()) {
        problems.add("\"%s\" is neither a position nor a range such as 100-120".formatted(part));
        continue;
      }
      int from = Integer.parseInt(parsed.group(1));
      int to = parsed.group(2) == null ? from : Integer.parseInt(parsed.group(2));
      if (from > to) {
        problems.add("the range %s is empty, its first position is the larger one".formatted(part));
      } else if (to >= images) {
        problems.add(
            "%s is out of range: the test set has %s images, numbered from 0 to %s"
                .formatted(part, images, images - 1));
      } else {
        for (int position = from; position <= to; position++) {
          positions.add(position);
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    return positions;
  }
}
