package org.bilateralbrain.nn.dl4j;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The named parameters of one kind of layer, in their order in DL4J's flat parameter vector.
 *
 * @param <L> the layer's configuration, which determines shapes
 */
final class ParameterLayout<L extends FeedForwardLayer> implements ParamInitializer {

  /**
   * One parameter. Initial values are placeholders; {@link org.bilateralbrain.nn.Initialisation}
   * draws the real ones.
   */
  private record Parameter<L>(
      String name, boolean isWeight, double initial, Function<L, long[]> shape) {}

  private final Class<L> layerType;
  private final List<Parameter<L>> parameters = new ArrayList<>();

  ParameterLayout(Class<L> layerType) {
    this.layerType = layerType;
  }

  ParameterLayout<L> weight(String name, Function<L, long[]> shape) {
    parameters.add(new Parameter<>(name, true, 0, shape));
    return this;
  }

  /** A vector with one value per output channel. */
  ParameterLayout<L> perChannel(String name, double initial) {
    parameters.add(new Parameter<>(name, false, initial, layer -> new long[] {layer.getNOut()}));
    return this;
  }

  @Override
  public long numParams(NeuralNetConfiguration conf) {
    return numParams(conf.getLayer());
  }

  @Override
  public long numParams(Layer layer) {
    return parameters.stream().mapToLong(p -> length(p, layer)).sum();
  }

  @Override
  public List<String> paramKeys(Layer layer) {
    return parameters.stream().map(Parameter::name).toList();
  }

  @Override
  public List<String> weightKeys(Layer layer) {
    return parameters.stream().filter(Parameter::isWeight).map(Parameter::name).toList();
  }

  @Override
  public List<String> biasKeys(Layer layer) {
    return List.of();
  }

  @Override
  public boolean isWeightParam(Layer layer, String key) {
    return weightKeys(layer).contains(key);
  }

  @Override
  public boolean isBiasParam(Layer layer, String key) {
    return false;
  }

  @Override
  public Map<String, INDArray> init(
      NeuralNetConfiguration conf, INDArray flat, boolean initializeParams) {
    Map<String, INDArray> views = views(conf.getLayer(), flat);
    for (Parameter<L> parameter : parameters) {
      conf.addVariable(parameter.name());
      if (initializeParams) {
        Objects.requireNonNull(views.get(parameter.name())).assign(parameter.initial());
      }
    }
    return views;
  }

  @Override
  public Map<String, INDArray> getGradientsFromFlattened(
      NeuralNetConfiguration conf, INDArray flat) {
    return views(conf.getLayer(), flat);
  }

  private Map<String, INDArray> views(Layer layer, INDArray flat) {
    INDArray vector = flat.reshape(flat.length());
    Map<String, INDArray> views = new LinkedHashMap<>();
    long offset = 0;
    for (Parameter<L> parameter : parameters) {
      long length = length(parameter, layer);
      INDArray slice = vector.get(NDArrayIndex.interval(offset, offset + length));
      views.put(
          parameter.name(), slice.reshape('c', parameter.shape().apply(layerType.cast(layer))));
      offset += length;
    }
    return views;
  }

  private long length(Parameter<L> parameter, Layer layer) {
    long length = 1;
    for (long size : parameter.shape().apply(layerType.cast(layer))) {
      length *= size;
    }
    return length;
  }
}
