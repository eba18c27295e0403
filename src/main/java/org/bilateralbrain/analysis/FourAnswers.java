package org.bilateralbrain.analysis;

import java.util.ArrayList;
import java.util.List;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.store.AnalysisFile.Split;

/**
 * The answers of a bilateral network and of the two hemispheres that it was made from, each alone,
 * to the same images.
 *
 * @param leftAlone tells fine classes apart
 * @param rightAlone tells superclasses apart
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

  int caseOf(int image) {
    return Split.caseOf(
        leftAlone.isRight(Head.FINE, image),
        rightAlone.isRight(Head.COARSE, image),
        whole.isRight(Head.FINE, image),
        whole.isRight(Head.COARSE, image));
  }

  /** How many images each case has. */
  int[] split() {
    int[] images = new int[Split.CASES];
    for (int image = 0; image < whole.images(); image++) {
      images[caseOf(image)]++;
    }
    return images;
  }

  /** The first image of each case that there is one of. */
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
