package org.bilateralbrain.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.apache.spark.resource.ResourceInformation;
import org.bilateralbrain.nn.Engine.Gpu;
import org.bilateralbrain.nn.Engines;
import org.bilateralbrain.train.Machine;
import org.bilateralbrain.train.PermanentFailureException;
import org.junit.jupiter.api.Test;

class TaskResourcesTest {

  @Test
  void aTaskUsesItsAssignedGpuAndThreads() {
    RecordingEngine engine = new RecordingEngine();

    TaskResources.bind(gpu("3"), 0.25, 2, engine, true);

    assertThat(engine.gpu()).contains(new Gpu("3", 0.25));
    assertThat(engine.threads()).isEqualTo(2);
  }

  @Test
  void withoutAGpuATaskUsesTheCpu() {
    RecordingEngine engine = new RecordingEngine();

    TaskResources.bind(Map.of(), 1, 1, engine, false);

    assertThat(engine.gpu()).isEmpty();
  }

  @Test
  void aTaskThatNeedsAGpuAndGetsNoneFailsInsteadOfRunningOnTheCpu() {
    assertThatThrownBy(() -> TaskResources.bind(Map.of(), 1, 1, new RecordingEngine(), true))
        .isInstanceOf(PermanentFailureException.class)
        .hasMessageStartingWith(
            "require-gpu is set, but Spark assigned no GPU to the task: set spark.task.resource.gpu.amount=1");
  }

  @Test
  void aBuildForCpusFailsAJobWithAGpuForGood() {
    assertThatThrownBy(() -> TaskResources.bind(gpu("0"), 1, 1, Engines.named("dl4j"), false))
        .isInstanceOf(PermanentFailureException.class)
        .hasMessageContaining("this program was built for CPUs: build it with mvn -Pcuda package");
  }

  @Test
  void aMissingNativeLibraryIsTheMachinesFaultAndNamesTheEngine() {
    RecordingEngine engine =
        new RecordingEngine() {
          @Override
          public void bind(Optional<Gpu> assigned, int ofProcessor) {
            throw new UnsatisfiedLinkError("no jnind4jcpu in java.library.path");
          }
        };

    assertThatThrownBy(() -> TaskResources.bind(Map.of(), 1, 1, engine, false))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasNoCause()
        .hasMessageStartingWith("the engine recording can't be used on " + Machine.hostName())
        .hasMessageContaining("no jnind4jcpu in java.library.path");
  }

  private static Map<String, ResourceInformation> gpu(String address) {
    return Map.of("gpu", new ResourceInformation("gpu", new String[] {address}));
  }
}
