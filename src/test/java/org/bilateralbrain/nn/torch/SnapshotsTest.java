package org.bilateralbrain.nn.torch;

import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.Precision;
import org.bilateralbrain.nn.SnapshotsContract;
import org.junit.jupiter.api.BeforeEach;

class SnapshotsTest extends SnapshotsContract {

  @BeforeEach
  void oneThread() {
    TorchNetworks.useThreads(1);
  }

  @Override
  protected Network create(Architecture architecture, Hyperparameters hyperparameters) {
    return new TorchNetwork(architecture, hyperparameters, TorchDevice.CPU, Precision.FLOAT32);
  }
}
