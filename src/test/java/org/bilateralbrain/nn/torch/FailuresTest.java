package org.bilateralbrain.nn.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailuresTest {

  private static final long BYTES = 1_000_000_000_000_000L;

  @BeforeAll
  static void load() {
    Library.load();
  }

  @Test
  void moreMemoryThanThereIsEndsInOneLine() {
    assertThatThrownBy(() -> Failures.translated(() -> torch.zeros(BYTES / Float.BYTES)))
        .isInstanceOf(OutOfMemoryError.class)
        .hasMessageContaining("you tried to allocate 1000000000000000 bytes")
        .hasCauseInstanceOf(RuntimeException.class)
        .satisfies(failure -> assertThat(failure.getMessage().lines()).hasSize(1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CUDA out of memory. Tried to allocate 20.00 MiB. GPU 0 has a total capacity of 79.11 GiB",
        "CUDA error: out of memory",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
        "std::bad_alloc"
      })
  void theMessagesOfGpusAreKnown(String message) {
    RuntimeException failure = new RuntimeException(message + "\nframe #0: c10::Error::Error");

    assertThatThrownBy(() -> Failures.translated(() -> fail(failure)))
        .isInstanceOf(OutOfMemoryError.class)
        .hasMessage(message)
        .hasCause(failure);
  }

  @Test
  void otherFailuresStayAsTheyAre() {
    RuntimeException failure = new RuntimeException("size mismatch\nframe #0: out of memory");

    assertThatThrownBy(() -> Failures.translated(() -> fail(failure))).isSameAs(failure);
  }

  private static Object fail(RuntimeException failure) {
    throw failure;
  }
}
