package org.bilateralbrain.nn.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.bilateralbrain.nn.Engine.UnsuitableBuildException;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner.ExecutionerType;
import org.nd4j.nativeblas.NativeOps;

/** Against a stand-in for the parts of ND4J's CUDA backend that {@link Devices} calls. */
class DevicesTest {

  private final List<Integer> used = new ArrayList<>();

  @Test
  void theAssignedGpuIsUsed() {
    gpus(4, 8).bind("3");

    assertThat(used).containsExactly(3);
  }

  @Test
  void aBuildForCpusRefusesAGpu() {
    assertThatThrownBy(() -> Devices.ofThisProcess().bind("0"))
        .isInstanceOf(UnsuitableBuildException.class)
        .hasMessage(
            "Spark assigned GPU 0 to the task, but this program was built for CPUs: build it with mvn -Pcuda package");
  }

  @Test
  void aGpuTooNewForTheLibraryIsRefusedWithItsNameAndCapability() {
    assertThatThrownBy(() -> gpus(2, 9).bind("1"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(
            "GPU 1 (Imaginary 1) has compute capability 9.0, but ND4J's CUDA library supports 3.7 to 8.9");
    assertThat(used).isEmpty();
  }

  @Test
  void anAddressOfNoGpuIsRefused() {
    assertThatThrownBy(() -> gpus(2, 8).bind("2"))
        .hasMessage("Spark assigned GPU 2 to the task, but CUDA finds 2 on this machine");
    assertThatThrownBy(() -> gpus(2, 8).bind("MIG-7"))
        .hasMessageContaining("the GPU address 'MIG-7' is not one of nvidia-smi's numbers");
  }

  /**
   * @param major major version of every GPU's compute capability
   */
  private Devices gpus(int count, int major) {
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
