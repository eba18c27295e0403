package org.bilateralbrain.spark;

class FaultsIT extends FaultsContract {

  FaultsIT() {
    super("dl4j");
  }
}
