package org.bilateralbrain.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Networks;
import org.bilateralbrain.train.JobData;
import org.bilateralbrain.train.MiniBatch;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What networks, together, make of the test images. To be closed: the features are outside of
 * Java's heap, whose collector would not see tens of megabytes of them.
 *
 * @param features what the heads read, (images, features); of several networks, of the last one
 * @param answers of each head, in the order of the network's outputs
 */
record TestPass(int[] fine, int[] coarse, INDArray features, Map<Head, Answers> answers)
    implements AutoCloseable {

  private static final int BATCH_SIZE = 256;

  static TestPass of(List<ComputationGraph> networks, List<Head> heads, JobData data) {
    List<INDArray> features = new ArrayList<>();
    int[] fine = {};
    int[] coarse = {};
    Map<Head, Answers> answers = new LinkedHashMap<>();
    for (MiniBatch batch : data.testImages(BATCH_SIZE)) {
      Map<Head, INDArray> logits = new LinkedHashMap<>();
      INDArray ofBatch = null;
      for (ComputationGraph network : networks) {
        close(ofBatch);
        ofBatch = Networks.featuresOf(network, batch.input());
        for (Head head : heads) {
          logits.merge(head, LinearHead.of(network, head).logits(ofBatch), TestPass::add);
        }
      }
      features.add(ofBatch);
      // The mean of several networks' logits; of one it is its own.
      logits.forEach(
          (head, sum) ->
              answers.merge(head, Answers.of(sum.divi(networks.size())), Answers::append));
      logits.values().forEach(INDArray::close);
      fine = append(fine, batch.fine());
      coarse = append(coarse, batch.coarse());
    }
    return new TestPass(fine, coarse, joined(features), answers);
  }

  /** What another network's heads make of some of the features. */
  TestPass ofPart(ComputationGraph network, List<Head> heads, int from, int to) {
    INDArray part = features.get(NDArrayIndex.all(), NDArrayIndex.interval(from, to)).dup('c');
    Map<Head, Answers> ofHeads = new LinkedHashMap<>();
    for (Head head : heads) {
      try (INDArray logits = LinearHead.of(network, head).logits(part)) {
        ofHeads.put(head, Answers.of(logits));
      }
    }
    return new TestPass(fine, coarse, part, ofHeads);
  }

  private static INDArray joined(List<INDArray> batches) {
    if (batches.size() == 1) {
      return batches.get(0);
    }
    INDArray all = Nd4j.vstack(batches);
    batches.forEach(INDArray::close);
    return all;
  }

  private static INDArray add(INDArray sum, INDArray more) {
    sum.addi(more);
    more.close();
    return sum;
  }

  private static void close(INDArray array) {
    if (array != null) {
      array.close();
    }
  }

  @Override
  public void close() {
    features.close();
  }

  int images() {
    return fine.length;
  }

  int[] labels(Head head) {
    return head == Head.FINE ? fine : coarse;
  }

  /** Whether a head's answer on an image is right. */
  boolean isRight(Head head, int image) {
    return answers.get(head).classes()[image] == labels(head)[image];
  }

  double accuracy(Head head) {
    return answers.get(head).accuracy(labels(head));
  }

  private static int[] append(int[] first, int[] second) {
    int[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
