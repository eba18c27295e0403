package org.bilateralbrain.sweep;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner.ExecutionerType;
import org.nd4j.nativeblas.NativeOps;

/** ND4J's CUDA backend as far as {@link Devices} asks it. */
final class FakeGpus {

  private FakeGpus() {}

  /**
   * @param major of every card's compute capability
   * @param used in the order in which they were asked for
   */
  static Devices of(int count, int major, List<Integer> used) {
    InvocationHandler operations =
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "getAvailableDevices" -> count;
              case "getDeviceMajor" -> major;
              case "getDeviceMinor" -> 0;
              case "getDeviceName" -> "Imaginary " + arguments[0];
              default -> throw new UnsupportedOperationException(method.getName());
            };
    InvocationHandler affinity =
        (proxy, method, arguments) -> {
          if (!method.getName().equals("unsafeSetDevice")) {
            throw new UnsupportedOperationException(method.getName());
          }
          used.add((Integer) arguments[0]);
          return null;
        };
    return new Devices(
        ExecutionerType.CUDA, as(NativeOps.class, operations), as(AffinityManager.class, affinity));
  }

  private static <T> T as(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
