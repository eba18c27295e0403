package org.bilateralbrain.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.store.AnalysisFile.Split;

/**
 * The predictions, for the same images, of a bilateral network's two heads and of each of its
 * hemispheres alone.
 *
 * @param leftAlone predicts fine classes
 * @param rightAlone predicts superclasses
 * @param whole predicts both
 */
record FourAnswers(TestPass leftAlone, TestPass rightAlone, TestPass whole) {

  int left(int image) {
    return leftAlone.answers(Head.FINE).classes()[image];
  }

  int right(int image) {
    return rightAlone.answers(Head.COARSE).classes()[image];
  }

  int fine(int image) {
    return whole.answers(Head.FINE).classes()[image];
  }

  int coarse(int image) {
    return whole.answers(Head.COARSE).classes()[image];
  }

  /** Which of the four predictions are correct, as a number; see {@link Split}. */
  int caseOf(int image) {
    return Split.caseOf(
        leftAlone.isRight(Head.FINE, image),
        rightAlone.isRight(Head.COARSE, image),
        whole.isRight(Head.FINE, image),
        whole.isRight(Head.COARSE, image));
  }

  /** The case of each image. */
  int[] cases() {
    return IntStream.range(0, whole.images()).map(this::caseOf).toArray();
  }

  /** The number of images per case. */
  int[] split() {
    int[] images = new int[Split.CASES];
    for (int image = 0; image < whole.images(); image++) {
      images[caseOf(image)]++;
    }
    return images;
  }

  /** The first image of each case that occurs. */
  List<Integer> firstOfEachCase() {
    boolean[] seen = new boolean[Split.CASES];
    List<Integer> first = new ArrayList<>();
    for (int image = 0; image < whole.images(); image++) {
      int number = caseOf(image);
      if (!seen[number]) {
        seen[number] = true;
        first.add(image);
      }
    }
    return first;
  }
}
