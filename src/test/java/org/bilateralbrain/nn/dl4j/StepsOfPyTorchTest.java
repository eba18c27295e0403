package org.bilateralbrain.nn.dl4j;

import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.StepsOfPyTorchContract;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class StepsOfPyTorchTest extends StepsOfPyTorchContract {

  @Override
  protected Network create(Architecture architecture, Hyperparameters hyperparameters) {
    return new Dl4jNetwork(architecture, hyperparameters);
  }

  @Override
  protected void inDoublePrecision(Runnable training) {
    Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE);
    try {
      training.run();
    } finally {
      Nd4j.setDefaultDataTypes(DataType.FLOAT, DataType.FLOAT);
    }
  }
}
