package org.bilateralbrain.nn.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Objects;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Initialisation;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.Network.Snapshot;
import org.bilateralbrain.nn.SnapshotsContract;
import org.bilateralbrain.nn.TestNetworks;
import org.bilateralbrain.nn.Weights;
import org.deeplearning4j.spark.impl.paramavg.aggregator.ParameterAveragingAggregationTuple;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotsTest extends SnapshotsContract {

  @Override
  protected Network create(Architecture architecture, Hyperparameters hyperparameters) {
    return new Dl4jNetwork(architecture, hyperparameters);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 6})
  void theMeanOfSnapshotsIsThatOfWeightsAndMoments(int moments) {
    Snapshot first = snapshot(1, moments);
    Snapshot second = snapshot(2, moments);
    Snapshot third = snapshot(3, moments);
    ParameterAveraging averaging = new ParameterAveraging();
    ParameterAveragingAggregationTuple sum =
        averaging.combine(
            averaging.add(averaging.add(averaging.emptySum(), first), third),
            averaging.add(averaging.emptySum(), second));

    Snapshot mean = averaging.mean(Objects.requireNonNull(sum), first);
    assertThat(mean.step()).isEqualTo(first.step());
    float[] expected = new float[moments];
    Arrays.fill(expected, 2);
    assertThat(mean.optimiser()).isEqualTo(expected);
    assertThat(mean.weights().get("fine_head.1.bias").values()).containsOnly(2);
  }

  private static Snapshot snapshot(float value, int moments) {
    Architecture architecture = Architecture.heads(2, TestNetworks.CLASSES);
    float[] state = new float[moments];
    Arrays.fill(state, value);
    Weights weights = Initialisation.draw(architecture, 1);
    weights.tensors().values().forEach(tensor -> Arrays.fill(tensor.values(), value));
    return new Snapshot(weights, state, 5);
  }
}
