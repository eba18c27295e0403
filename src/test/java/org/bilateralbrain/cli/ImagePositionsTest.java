package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImagePositionsTest {

  @Test
  void positionsAndRangesAreCombinedInAscendingOrderWithoutRepetition() {
    assertThat(ImagePositions.parse("42,17, 100-103,101", 104))
        .containsExactly(17, 42, 100, 101, 102, 103);
  }

  @Test
  void allWrongPartsAreNamedTogether() {
    assertThatThrownBy(() -> ImagePositions.parse("3,cat,9-7,10,0-99", 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"cat\" is neither a position nor a range")
        .hasMessageContaining("the range 9-7 is empty")
        .hasMessageContaining(
            "10 is out of range: the test set has 10 images, numbered from 0 to 9")
        .hasMessageContaining("0-99 is out of range");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1,", "-1", "1-", "1.5", "99999999999", "1 2"})
  void whatIsNoPositionIsRefused(String text) {
    assertThatThrownBy(() -> ImagePositions.parse(text, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("neither a position nor a range");
  }
}
