package org.bilateralbrain.bench;

import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The same network from DL4J's own layers, to compare with. */
final class StockResNet9 {

  private static final CNN2DFormat FORMAT = CNN2DFormat.NHWC;

  private final GraphBuilder graph;
  private String top = "image";

  private StockResNet9(GraphBuilder graph) {
    this.graph = graph;
  }

  static Supplier<ComputationGraph> of(int width) {
    return () -> {
      // Stock layers leave arrays behind in native memory faster than the heap alone would have
      // them collected.
      Nd4j.getMemoryManager().setAutoGcWindow(1000);
      Nd4j.getMemoryManager().togglePeriodicGc(true);
      GraphBuilder graph =
          new NeuralNetConfiguration.Builder()
              .updater(new Adam(1e-4))
              .l2(1e-5)
              .convolutionMode(ConvolutionMode.Same)
              .graphBuilder()
              .addInputs("image")
              .setInputTypes(InputType.convolutional(32, 32, 3, FORMAT));
      StockResNet9 network = new StockResNet9(graph);
      network.block("conv1", width, 1);
      network.block("conv2", 2 * width, 2);
      network.residual("res1", 2 * width);
      network.block("conv3", 4 * width, 2);
      network.block("conv4", 8 * width, 2);
      network.residual("res2", 8 * width);
      graph
          .addLayer(
              "pool",
              new GlobalPoolingLayer.Builder(PoolingType.AVG).poolingDimensions(1, 2).build(),
              network.top)
          .addLayer(
              "fine",
              new OutputLayer.Builder(LossFunction.MCXENT)
                  .activation(Activation.SOFTMAX)
                  .dropOut(new Dropout(0.4))
                  .nOut(100)
                  .build(),
              "pool")
          .setOutputs("fine");
      ComputationGraph stock = new ComputationGraph(graph.build());
      stock.init();
      return stock;
    };
  }

  private void block(String name, int channels, int poolSize) {
    graph
        .addLayer(
            name,
            new ConvolutionLayer.Builder(3, 3)
                .nOut(channels)
                .hasBias(false)
                .activation(Activation.IDENTITY)
                .dataFormat(FORMAT)
                .build(),
            top)
        .addLayer(
            name + "-norm",
            new BatchNormalization.Builder().decay(0.1).dataFormat(FORMAT).build(),
            name)
        .addLayer(name + "-relu", new ActivationLayer(Activation.RELU), name + "-norm");
    top = name + "-relu";
    if (poolSize > 1) {
      graph.addLayer(
          name + "-pool",
          new SubsamplingLayer.Builder(
                  SubsamplingLayer.PoolingType.MAX, new int[] {2, 2}, new int[] {2, 2})
              .dataFormat(FORMAT)
              .build(),
          top);
      top = name + "-pool";
    }
  }

  private void residual(String name, int channels) {
    String input = top;
    block(name + "-a", channels, 1);
    block(name + "-b", channels, 1);
    graph.addVertex(name + "-sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), input, top);
    top = name + "-sum";
  }
}
