package org.bilateralbrain.nn.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class LibraryTest {

  @Test
  void severalVersionsAreRefusedInOneLine() {
    assertThatThrownBy(
            () ->
                Library.requireOneVersion(
                    List.of("2.10.0-1.5.13", "2.9.1-1.5.12", "2.10.0-1.5.13")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "the class path has libtorch in several versions (2.10.0-1.5.13, 2.9.1-1.5.12): use the jars of this program's own build, in its folder engines/torch");
  }

  @Test
  void callsAndNativeCodeOfOneVersionAreAccepted() {
    assertThatCode(() -> Library.requireOneVersion(List.of("2.10.0-1.5.13", "2.10.0-1.5.13")))
        .doesNotThrowAnyException();
    assertThatCode(() -> Library.requireOneVersion(List.of())).doesNotThrowAnyException();
  }

  @Test
  void theCallingThreadComputesWithItsNumberOfThreads() {
    Library.load();
    Library.useThreads(2);
    assertThat(torch.get_num_threads()).isEqualTo(2);
    Library.useThreads(1);
    assertThat(torch.get_num_threads()).isEqualTo(1);
  }

  @Test
  void algorithmsAreDeterministic() {
    Library.load();

    assertThat(torch.globalContext().deterministicAlgorithms()).isTrue();
    assertThat(torch.globalContext().deterministicCuDNN()).isTrue();
    assertThat(torch.globalContext().benchmarkCuDNN()).isFalse();
  }
}
