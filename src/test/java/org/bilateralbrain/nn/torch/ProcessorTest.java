package org.bilateralbrain.nn.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** By lines of {@code /proc/cpuinfo}. */
class ProcessorTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "AMD Zen 3, flags\t\t: fpu sse2 avx2 fma, false, false",
    "Intel Ice Lake, flags\t\t: fpu avx512f avx512_vnni avx512_bitalg, false, false",
    "AMD Zen 4, flags\t\t: avx512f avx512_bf16 avx512_vbmi, true, false",
    "Intel Sapphire Rapids, flags\t\t: avx512f amx_bf16 avx512_fp16 amx_tile amx_int8, true, true",
    "ARM Neoverse N1, Features\t: fp asimd atomics fphp asimdhp, false, false",
    "ARM Neoverse V1, Features\t: fp asimd svebf16 i8mm bf16 dgh rng, true, false",
  })
  void bfloat16AndTilesAreAmongTheFlags(
      String processor, String flags, boolean bfloat16, boolean tiles) {
    List<String> description =
        List.of("processor\t: 0", "model name\t: bf16 " + processor, flags, "", "processor\t: 1");

    assertThat(Processor.hasBfloat16(description)).isEqualTo(bfloat16);
    assertThat(Processor.hasTiles(description)).isEqualTo(tiles);
  }
}
