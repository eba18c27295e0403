package org.bilateralbrain.nn.layers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which of many equal values are chosen, against what {@code torch.topk} of PyTorch 1.13 chose on a CPU. */
class TopKTest {

  /** The last column is 31-fold hashing of the chosen numbers in ascending order. */
  @ParameterizedTest(name = "{1} of {0} values of {2} levels")
  @CsvSource({
    "16, 5, 3, 1, 159975", "64, 1, 2, 2, 1", "64, 16, 4, 3, -1743619943", "100, 1, 5, 4, 18",
    "100, 50, 3, 5, -1190520500", "200, 3, 4, 6, 1220", "256, 64, 2, 7, 206704740", "1024, 256, 5, 8, -636952551",
    "1000, 999, 7, 9, 964396147", "4096, 1500, 40, 10, 932168108", "1024, 256, 1, 11, 151064704", "130, 2, 3, 12, 99"
  })
  void theChoiceIsPyTorchs(int n, int k, int levels, int seed, int hash) {
    long[] entries = new long[n];
    int state = seed;
    for (int i = 0; i < n; i++) {
      state = state * 1103515245 + 12345 & Integer.MAX_VALUE;
      entries[i] = TopK.entry((state >> 16) % levels, i);
    }
    TopK.toFront(entries, k);

    int[] chosen = Arrays.stream(entries).limit(k).mapToInt(TopK::number).sorted().toArray();
    int hashed = 0;
    for (int number : chosen) {
      hashed = hashed * 31 + number;
    }
    assertThat(hashed).isEqualTo(hash);
  }
}
