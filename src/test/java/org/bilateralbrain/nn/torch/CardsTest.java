package org.bilateralbrain.nn.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bilateralbrain.nn.Engine;
import org.bilateralbrain.nn.Engine.Gpu;
import org.bilateralbrain.nn.Engine.UnsuitableBuildException;
import org.bilateralbrain.nn.Precision;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Which cards a task may be bound to, with imaginary ones. */
class CardsTest {

  private static final long GIB = 1L << 30;

  private final List<Integer> used = new ArrayList<>();

  private final Cards two =
      new Imaginary(new Cards.Card("T4", 7, 5, 16 * GIB), new Cards.Card("H100", 9, 0, 80 * GIB));

  private class Imaginary implements Cards {

    private final List<Card> cards;

    Imaginary(Card... cards) {
      this.cards = List.of(cards);
    }

    @Override
    public boolean areSupported() {
      return true;
    }

    @Override
    public void load() {}

    @Override
    public int count() {
      return cards.size();
    }

    @Override
    public Card card(int number) {
      return cards.get(number);
    }

    @Override
    public void use(int number) {
      used.add(number);
    }
  }

  /** The device of a thread outlives the engine that bound it. */
  @AfterEach
  void backToTheProcessor() {
    new TorchEngine().bind(Optional.empty(), 1);
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void theAssignedCardIsUsed(Precision precision) {
    assertThat(two.bind(gpu("1"), precision)).isEqualTo(1);
    assertThat(used).containsExactly(1);
  }

  @Test
  void aBuildForCpusRefusesAGpu() {
    Cards unsupported =
        new Imaginary() {
          @Override
          public boolean areSupported() {
            return false;
          }
        };

    assertThatThrownBy(() -> unsupported.bind(gpu("0"), Precision.FLOAT32))
        .isInstanceOf(UnsuitableBuildException.class)
        .hasMessage(
            "Spark assigned GPU 0 to the task, but this program was built for CPUs: build it with mvn -Ptorch-cuda package");
  }

  @Test
  void aMachineWithoutNvidiasLibrariesIsNotTheBuildsFault() {
    Cards withoutDriver =
        new Imaginary() {
          @Override
          public void load() {
            Error hidden = new UnsatisfiedLinkError("no jnicudart in java.library.path: /lib");
            hidden.initCause(
                new UnsatisfiedLinkError(
                    "/cache/libjnicudart.so: libcuda.so.1: cannot open shared object file: No such file or directory"));
            throw hidden;
          }
        };

    assertThatThrownBy(() -> withoutDriver.bind(gpu("0"), Precision.FLOAT32))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "this machine can't compute on GPUs (libcuda.so.1 is missing): it needs an NVIDIA driver, CUDA 13, cuDNN 9 and NCCL 2"
                + " (or a build with -Dcuda.redist); use another machine, or build for CPUs with mvn package");
  }

  @Test
  void aCardThatIsTooOldForTheLibraryIsRefused() {
    Cards volta = new Imaginary(new Cards.Card("V100", 7, 0, 16 * GIB));

    assertThatThrownBy(() -> volta.bind(gpu("0"), Precision.FLOAT32))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "GPU 0 (V100) has compute capability 7.0, but libtorch's CUDA library supports 7.5 to 10.x and 12.x");
    assertThat(used).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "FLOAT32")
  void aCardWithoutThePrecisionIsRefused(Precision precision) {
    assertThatThrownBy(() -> two.bind(gpu("0"), precision))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "GPU 0 (T4) has compute capability 7.5, but the precision %s needs 8.0 or above",
            precision.label());
    assertThat(used).isEmpty();
    assertThat(two.bind(gpu("0"), Precision.FLOAT32)).isEqualTo(0);
  }

  @Test
  void anAddressOfNoCardIsRefused() {
    assertThatThrownBy(() -> two.bind(gpu("2"), Precision.FLOAT32))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "Spark assigned GPU 2 to the task, but CUDA finds 2 on this machine: is the driver new enough for CUDA 13, and the card visible?");
    assertThatThrownBy(() -> two.bind(gpu("MIG-GPU-7/1/0"), Precision.FLOAT32))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the GPU address 'MIG-GPU-7/1/0' is not one of nvidia-smi's numbers");
    assertThatThrownBy(() -> two.bind(gpu("-1"), Precision.FLOAT32))
        .hasMessage("the GPU address '-1' is not one of nvidia-smi's numbers");
    assertThat(used).isEmpty();
  }

  @Test
  void aTaskMayUseItsShareOfTheCardsMemory() {
    Engine engine = new TorchEngine(Precision.FLOAT32, two);

    engine.bind(Optional.of(new Gpu("1", 0.25)), 2);

    assertThat(engine.memoryLimit()).hasValue(20 * GIB);
    assertThat(engine.device()).isEqualTo(new Engine.Device(Optional.of("H100"), 2));
    engine.bind(Optional.of(new Gpu("0", 1)), 1);
    assertThat(engine.memoryLimit()).hasValue(16 * GIB);
  }

  @Test
  void tensorCoresRoundOnlyWhereThePrecisionSaysSo() {
    new TorchEngine(Precision.TF32, two).bind(Optional.of(gpu("1")), 1);
    assertThat(torch.globalContext().allowTF32CuDNN()).isTrue();
    assertThat(torch.globalContext().allowTF32CuBLAS()).isTrue();

    new TorchEngine(Precision.FLOAT32, two).bind(Optional.of(gpu("1")), 1);
    assertThat(torch.globalContext().allowTF32CuDNN()).isFalse();
    assertThat(torch.globalContext().allowTF32CuBLAS()).isFalse();
  }

  @Test
  void tf32NeedsACard() {
    assertThatThrownBy(() -> new TorchEngine(Precision.TF32, two).bind(Optional.empty(), 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "the precision tf32 needs a GPU, and Spark assigned none to the task: set precision to float32 or bf16, or use --gpus");
  }

  @Test
  void bf16NeedsAProcessorThatHasIt() {
    Throwable refusal =
        catchThrowable(() -> new TorchEngine(Precision.BF16, two).bind(Optional.empty(), 1));

    if (Processor.hasBfloat16()) {
      assertThat(refusal).isNull();
    } else {
      assertThat(refusal)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "the precision bf16 needs a processor with AVX512_BF16 or AMX: set precision to float32, or use other machines");
    }
  }

  private static Gpu gpu(String address) {
    return new Gpu(address, 1);
  }
}
