package org.bilateralbrain.nn.dl4j;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bilateralbrain.nn.Engine.Averaging;
import org.bilateralbrain.nn.Network.Snapshot;
import org.bilateralbrain.nn.Weights;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingResult;
import org.deeplearning4j.spark.impl.paramavg.aggregator.ParameterAveragingAggregationTuple;
import org.deeplearning4j.spark.impl.paramavg.aggregator.ParameterAveragingElementAddFunction;
import org.deeplearning4j.spark.impl.paramavg.aggregator.ParameterAveragingElementCombineFunction;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Averages snapshots with dl4j-spark's parameter averaging. */
final class ParameterAveraging implements Averaging<ParameterAveragingAggregationTuple> {

  private static final long serialVersionUID = 1L;

  /** Null: dl4j-spark starts a sum from its first element. */
  @Override
  public @Nullable ParameterAveragingAggregationTuple emptySum() {
    return null;
  }

  @Override
  public ParameterAveragingAggregationTuple add(
      @Nullable ParameterAveragingAggregationTuple sum, Snapshot snapshot) {
    ParameterAveragingTrainingResult result =
        new ParameterAveragingTrainingResult(
            Nd4j.createFromArray(joined(snapshot.weights())),
            moments(snapshot),
            0,
            null,
            null,
            null);
    try {
      return new ParameterAveragingElementAddFunction().call(sum, result);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public @Nullable ParameterAveragingAggregationTuple combine(
      @Nullable ParameterAveragingAggregationTuple sum,
      @Nullable ParameterAveragingAggregationTuple other) {
    try {
      return new ParameterAveragingElementCombineFunction().call(sum, other);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Snapshot mean(ParameterAveragingAggregationTuple sum, Snapshot like) {
    INDArray weights = sum.getParametersSum().div(sum.getAggregationsCount());
    INDArray moments = sum.getUpdaterStateSum();
    return new Snapshot(
        split(weights.data().asFloat(), like.weights()),
        moments == null ? new float[0] : moments.div(sum.getAggregationsCount()).data().asFloat(),
        like.step());
  }

  /** Null if there are none, because ND4J adds no empty arrays. */
  private static @Nullable INDArray moments(Snapshot snapshot) {
    return snapshot.optimiser().length == 0 ? null : Nd4j.createFromArray(snapshot.optimiser());
  }

  private static float[] joined(Weights weights) {
    int count =
        weights.tensors().values().stream().mapToInt(tensor -> tensor.values().length).sum();
    float[] all = new float[count];
    int from = 0;
    for (Weights.Tensor tensor : weights.tensors().values()) {
      System.arraycopy(tensor.values(), 0, all, from, tensor.values().length);
      from += tensor.values().length;
    }
    return all;
  }

  private static Weights split(float[] all, Weights like) {
    Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
    int from = 0;
    for (Map.Entry<String, Weights.Tensor> tensor : like.tensors().entrySet()) {
      float[] values = new float[tensor.getValue().values().length];
      System.arraycopy(all, from, values, 0, values.length);
      tensors.put(tensor.getKey(), new Weights.Tensor(tensor.getValue().shape(), values));
      from += values.length;
    }
    return new Weights(tensors);
  }
}
