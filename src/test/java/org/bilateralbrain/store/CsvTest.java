package org.bilateralbrain.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTest {

  @Test
  void numbersKeepTheirDigitsAndNothingStandsForWhatIsNotThere() {
    assertThat(Csv.line(1, 0.1 + 0.2, true, null, Optional.empty(), Double.NaN, "x"))
        .isEqualTo("1,0.30000000000000004,true,,,,x\n");
    assertThat(Csv.line(OptionalDouble.of(-1), Optional.of(2L), List.of("a", "b"), "end"))
        .isEqualTo("-1.0,2,a,b,end\n");
  }

  @Test
  void textWithCommasQuotesAndLineBreaksIsQuoted() {
    assertThat(
            Csv.line("tabby, tabby cat", "say \"cheese\"", "two\nlines", " padded", "größe", "قط"))
        .isEqualTo(
            "\"tabby, tabby cat\",\"say \"\"cheese\"\"\",\"two\nlines\",\" padded\",größe,قط\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\uff1d1+1"})
  void textThatASpreadsheetWouldRunIsMadeHarmless(String formula) {
    assertThat(Csv.line(formula).strip().replaceFirst("^\"", ""))
        .startsWith("'" + formula.charAt(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "-1.5e-7", "-0.25"})
  void aNegativeNumberIsNotAFormula(String number) {
    assertThat(Csv.line(number)).isEqualTo(number + "\n");
    assertThat(Csv.line(Double.parseDouble(number))).startsWith("-");
  }
}
