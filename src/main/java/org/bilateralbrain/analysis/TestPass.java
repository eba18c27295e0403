package org.bilateralbrain.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.bilateralbrain.data.Hierarchy;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Prediction;
import org.bilateralbrain.store.AnalysisFile.OfHead;

/**
 * A network's outputs for all test images.
 *
 * @param fine one label per image
 * @param coarse one label per image
 * @param features what the heads read, one row per image
 * @param answers predictions by head, fine before coarse
 */
record TestPass(int[] fine, int[] coarse, float[][] features, Map<Head, Answers> answers) {

  /**
   * A head's prediction for each image.
   *
   * @param classes the most probable class
   * @param probabilities the probability of that class
   */
  record Answers(int[] classes, float[] probabilities) {

    static Answers of(Prediction prediction, Head head) {
      return new Answers(prediction.classes(head), prediction.probabilities(head));
    }

    private Answers append(Answers other) {
      int count = classes.length;
      float[] both = Arrays.copyOf(probabilities, count + other.probabilities.length);
      System.arraycopy(other.probabilities, 0, both, count, other.probabilities.length);
      return new Answers(TestPass.append(classes, other.classes), both);
    }
  }

  /**
   * Runs a network or ensemble on images.
   *
   * @param network predicts for one batch
   */
  static TestPass of(
      Function<Examples, Prediction> network, List<Head> heads, Iterable<Examples> images) {
    int[] fine = {};
    int[] coarse = {};
    List<float[]> features = new ArrayList<>();
    Map<Head, Answers> answers = new LinkedHashMap<>();
    for (Examples batch : images) {
      Prediction prediction = network.apply(batch);
      features.addAll(Arrays.asList(prediction.features()));
      heads.forEach(head -> answers.merge(head, Answers.of(prediction, head), Answers::append));
      fine = append(fine, batch.fine());
      coarse = append(coarse, batch.coarse());
    }
    return new TestPass(fine, coarse, features.toArray(float[][]::new), answers);
  }

  private static int[] append(int[] first, int[] second) {
    int[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  /**
   * A range of the same images' features, with the predictions of heads that read that range.
   *
   * @param from first feature
   * @param to end of the range, exclusive
   */
  TestPass ofPart(TrainedHeads heads, int from, int to) {
    float[][] part = new float[features.length][];
    for (int i = 0; i < part.length; i++) {
      part[i] = Arrays.copyOfRange(features[i], from, to);
    }
    Prediction prediction = heads.predict(part, fine, coarse);
    Map<Head, Answers> partAnswers = new LinkedHashMap<>();
    prediction
        .logits()
        .keySet()
        .forEach(head -> partAnswers.put(head, Answers.of(prediction, head)));
    return new TestPass(fine, coarse, part, partAnswers);
  }

  /** The predictions of one of the network's heads. */
  Answers answers(Head head) {
    return Objects.requireNonNull(answers.get(head));
  }

  int images() {
    return fine.length;
  }

  int[] labels(Head head) {
    return head == Head.FINE ? fine : coarse;
  }

  /** Whether a head's prediction for an image is correct. */
  boolean isRight(Head head, int image) {
    return answers(head).classes()[image] == labels(head)[image];
  }

  double accuracy(Head head) {
    return accuracy(answers(head).classes(), labels(head));
  }

  static double accuracy(int[] classes, int[] labels) {
    int right = 0;
    for (int i = 0; i < labels.length; i++) {
      right += classes[i] == labels[i] ? 1 : 0;
    }
    return (double) right / labels.length;
  }

  /** Confusion between superclasses; a fine head's predictions count as their superclass. */
  OfHead confusion(Head head, Hierarchy hierarchy) {
    int superclasses = hierarchy.coarseClasses();
    OfHead confusion = new OfHead(new int[superclasses][superclasses], new int[superclasses]);
    for (int image = 0; image < images(); image++) {
      int answer = answers(head).classes()[image];
      int superclass = head == Head.COARSE ? answer : hierarchy.coarseOfFine().get(answer);
      confusion.superclasses()[coarse[image]][superclass]++;
      confusion.rightBySuperclass()[coarse[image]] += isRight(head, image) ? 1 : 0;
    }
    return confusion;
  }
}
