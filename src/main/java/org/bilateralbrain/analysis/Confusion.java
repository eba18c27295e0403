package org.bilateralbrain.analysis;

import org.bilateralbrain.data.Hierarchy;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.store.AnalysisFile.OfHead;

/** Which superclasses a head takes for which. */
final class Confusion {

  private Confusion() {}

  static OfHead of(Head head, TestPass pass, Hierarchy hierarchy) {
    int superclasses = hierarchy.coarseClasses();
    OfHead confusion = new OfHead(new int[superclasses][superclasses], new int[superclasses]);
    int[] answers = pass.answers().get(head).classes();
    for (int image = 0; image < pass.images(); image++) {
      int truth = pass.coarse()[image];
      int answer =
          head == Head.COARSE ? answers[image] : hierarchy.coarseOfFine().get(answers[image]);
      confusion.superclasses()[truth][answer]++;
      confusion.rightBySuperclass()[truth] += pass.isRight(head, image) ? 1 : 0;
    }
    return confusion;
  }
}
