package org.bilateralbrain.nn.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.lang3.SerializationUtils;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class LoopDropoutTest {

  private static final int ROWS = 500;
  private static final int COLUMNS = 400;

  @Test
  void theKeptShareIsAsConfiguredInEveryRowAndColumn() {
    INDArray kept = dropped(new LoopDropout(0.4)).neq(0).castTo(DataType.FLOAT);

    // four standard deviations of a mean of independent choices, and five for the largest of
    // hundreds of means
    assertThat(kept.meanNumber().doubleValue())
        .isEqualTo(0.4, within(4 * deviation(ROWS * COLUMNS)));
    assertThat(shares(kept.mean(0))).allMatch(share -> Math.abs(share - 0.4) < 5 * deviation(ROWS));
    assertThat(shares(kept.mean(1)))
        .allMatch(share -> Math.abs(share - 0.4) < 5 * deviation(COLUMNS));
  }

  @Test
  void neighboursInARowAndInAColumnAreChosenIndependently() {
    INDArray centred = dropped(new LoopDropout(0.4)).neq(0).castTo(DataType.FLOAT).subi(0.4);

    float[][] values = centred.toFloatMatrix();
    double right = 0;
    double below = 0;
    for (int i = 0; i + 1 < ROWS; i++) {
      for (int j = 0; j + 1 < COLUMNS; j++) {
        right += values[i][j] * values[i][j + 1];
        below += values[i][j] * values[i + 1][j];
      }
    }
    double n = (ROWS - 1.0) * (COLUMNS - 1);
    assertThat(right / n / 0.24).isEqualTo(0, within(4 / Math.sqrt(n)));
    assertThat(below / n / 0.24).isEqualTo(0, within(4 / Math.sqrt(n)));
  }

  @Test
  void keptValuesAreScaledToPreserveTheMeanAndPassTheGradient() {
    LoopDropout dropout = new LoopDropout(0.25);
    INDArray output = dropped(dropout);

    Set<Float> values = new HashSet<>();
    for (float value : output.ravel().toFloatVector()) {
      values.add(value);
    }
    assertThat(values).containsExactlyInAnyOrder(0f, 4f);
    INDArray gradient = Nd4j.ones(DataType.FLOAT, ROWS, COLUMNS);
    assertThat(dropout.backprop(gradient, gradient, 0, 0)).isEqualTo(output);
  }

  @Test
  void theSameSeedDropsTheSameValuesAndTheNextStepOthers() {
    LoopDropout dropout = new LoopDropout(0.4);
    dropout.startEpoch(7, 0);
    INDArray first = dropped(dropout);
    INDArray second = dropped(dropout);
    dropout.startEpoch(7, 0);

    assertThat(dropped(dropout)).isEqualTo(first).isNotEqualTo(second);
  }

  @Test
  void aSerialisedDropoutStillDrops() {
    LoopDropout copy = SerializationUtils.roundtrip(new LoopDropout(0.4));

    assertThat(dropped(copy)).isEqualTo(dropped(new LoopDropout(0.4)));
  }

  @Test
  void doublesAreDroppedLikeFloats() {
    LoopDropout dropout = new LoopDropout(0.4);
    INDArray floats = dropped(dropout);
    dropout.startEpoch(0, 0);
    INDArray ones = Nd4j.ones(DataType.DOUBLE, ROWS, COLUMNS);

    INDArray doubles =
        dropout.applyDropout(ones, ones.dup(), 0, 0, LayerWorkspaceMgr.noWorkspaces());

    assertThat(doubles.castTo(DataType.FLOAT)).isEqualTo(floats);
  }

  private static INDArray dropped(LoopDropout dropout) {
    INDArray ones = Nd4j.ones(DataType.FLOAT, ROWS, COLUMNS);
    return dropout.applyDropout(ones, ones.dup(), 0, 0, LayerWorkspaceMgr.noWorkspaces());
  }

  private static List<Double> shares(INDArray means) {
    return Arrays.stream(means.toDoubleVector()).boxed().toList();
  }

  private static double deviation(int n) {
    return Math.sqrt(0.4 * 0.6 / n);
  }
}
