package org.bilateralbrain.analysis;

import java.util.ArrayList;
import java.util.List;
import org.bilateralbrain.analysis.TwoHemispheres.Specialists;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.store.AnalysisFile.Split;
import org.bilateralbrain.train.JobData;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * The answers of a bilateral network and of the two hemispheres that it was made from, each alone,
 * to the same images.
 *
 * @param leftAlone tells fine classes apart
 * @param rightAlone tells superclasses apart
 */
record FourAnswers(TestPass leftAlone, TestPass rightAlone, TestPass whole)
    implements AutoCloseable {

  /**
   * Where hemispheres are frozen, their features are in the whole network's, and nothing is
   * computed twice.
   */
  static FourAnswers of(
      Specialists specialists,
      ComputationGraph leftAlone,
      ComputationGraph rightAlone,
      TestPass whole,
      int leftFeatures,
      JobData data) {
    List<Head> left = specialists.left().heads();
    List<Head> right = specialists.right().heads();
    if (specialists.frozen()) {
      int all = (int) whole.features().columns();
      return new FourAnswers(
          whole.ofPart(leftAlone, left, 0, leftFeatures),
          whole.ofPart(rightAlone, right, leftFeatures, all),
          whole);
    }
    return new FourAnswers(
        TestPass.of(List.of(leftAlone), left, data),
        TestPass.of(List.of(rightAlone), right, data),
        whole);
  }

  /** What belongs to the hemispheres alone. */
  @Override
  public void close() {
    leftAlone.close();
    rightAlone.close();
  }

  int left(int image) {
    return leftAlone.answers().get(Head.FINE).classes()[image];
  }

  int right(int image) {
    return rightAlone.answers().get(Head.COARSE).classes()[image];
  }

  int fine(int image) {
    return whole.answers().get(Head.FINE).classes()[image];
  }

  int coarse(int image) {
    return whole.answers().get(Head.COARSE).classes()[image];
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
