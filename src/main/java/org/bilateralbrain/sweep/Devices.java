package org.bilateralbrain.sweep;

import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner.ExecutionerType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/** What this process can compute on, as ND4J's backend sees it. */
record Devices(ExecutionerType type, NativeOps operations, AffinityManager affinity) {

  /** Loads the backend. */
  static Devices ofThisProcess() {
    return new Devices(
        Nd4j.getExecutioner().type(),
        NativeOpsHolder.getInstance().getDeviceNativeOps(),
        Nd4j.getAffinityManager());
  }

  boolean areGpus() {
    return type == ExecutionerType.CUDA;
  }

  int count() {
    return operations.getAvailableDevices();
  }

  String name(int gpu) {
    return operations.getDeviceName(gpu);
  }

  int computeCapabilityMajor(int gpu) {
    return operations.getDeviceMajor(gpu);
  }

  int computeCapabilityMinor(int gpu) {
    return operations.getDeviceMinor(gpu);
  }

  /** From now on the calling thread allocates and computes on this GPU. */
  void use(int gpu) {
    affinity.unsafeSetDevice(gpu);
  }
}
