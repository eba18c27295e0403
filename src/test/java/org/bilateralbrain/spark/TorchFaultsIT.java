package org.bilateralbrain.spark;

class TorchFaultsIT extends FaultsContract {

  TorchFaultsIT() {
    super("torch");
  }
}
