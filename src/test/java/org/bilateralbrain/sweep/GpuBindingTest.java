package org.bilateralbrain.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.resource.ResourceInformation;
import org.bilateralbrain.train.PermanentFailureException;
import org.junit.jupiter.api.Test;

class GpuBindingTest {

  private final List<Integer> used = new ArrayList<>();

  @Test
  void aTaskUsesTheGpuThatSparkGaveIt() {
    GpuBinding.bind(gpu("3"), true, () -> FakeGpus.of(4, 8, used));

    assertThat(used).containsExactly(3);
  }

  @Test
  void withoutAGpuTheBackendIsNotTouched() {
    GpuBinding.bind(Map.of(), false, () -> FakeGpus.of(4, 8, used));

    assertThat(used).isEmpty();
  }

  @Test
  void aTaskThatNeedsAGpuAndGetsNoneFailsInsteadOfRunningOnTheCpu() {
    assertThatThrownBy(() -> GpuBinding.bind(Map.of(), true, () -> FakeGpus.of(4, 8, used)))
        .isInstanceOf(PermanentFailureException.class)
        .hasMessageStartingWith(
            "require-gpu is set, but Spark gave the task no GPU: set spark.task.resource.gpu.amount=1");
  }

  @Test
  void aGpuIsOfNoUseToAProgramThatWasBuiltForCpus() {
    assertThatThrownBy(() -> GpuBinding.bind(gpu("0"), false, Devices::ofThisProcess))
        .isInstanceOf(PermanentFailureException.class)
        .hasMessage(
            "Spark gave the task GPU 0, but this program was built for CPUs: build it with mvn -Pcuda package");
  }

  @Test
  void aCardNewerThanTheLibraryIsRefusedWithItsNameAndCapability() {
    assertThatThrownBy(() -> GpuBinding.bind(gpu("1"), false, () -> FakeGpus.of(2, 9, used)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(
            "GPU 1 (Imaginary 1) has compute capability 9.0, but ND4J's CUDA library serves 3.7 to 8.9");
    assertThat(used).isEmpty();
  }

  @Test
  void anAddressThatIsNoCardIsRefused() {
    assertThatThrownBy(() -> GpuBinding.bind(gpu("2"), false, () -> FakeGpus.of(2, 8, used)))
        .hasMessage("Spark gave the task GPU 2, but CUDA finds 2 on this machine");
    assertThatThrownBy(() -> GpuBinding.bind(gpu("MIG-7"), false, () -> FakeGpus.of(2, 8, used)))
        .hasMessageContaining("the GPU address 'MIG-7' is not a number");
  }

  private static Map<String, ResourceInformation> gpu(String address) {
    return Map.of("gpu", new ResourceInformation("gpu", new String[] {address}));
  }
}
