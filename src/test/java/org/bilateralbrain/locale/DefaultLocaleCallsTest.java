package org.bilateralbrain.locale;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.text.MessageFormat;
import java.text.NumberFormat;
import java.text.SimpleDateFormat;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Scanner;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The program's output must not depend on the locale of the machine. */
class DefaultLocaleCallsTest {

  private static final Locale OTHER_DIGITS = Locale.forLanguageTag("fa-IR");

  @Test
  void theProgramNeverFormatsWithTheDefaultLocale() throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("target/classes"))) {
      List<Path> classFiles =
          files.filter(file -> file.toString().endsWith(".class")).sorted().toList();
      assertThat(classFiles).hasSizeGreaterThan(200);
      for (Path file : classFiles) {
        found.addAll(DefaultLocaleCalls.in(Files.readAllBytes(file)));
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void aCallIsReportedWithItsPlaceFormatAndRemedy() throws IOException {
    assertThat(found(OneBadCall.class))
        .singleElement()
        .asString()
        .matches(
            "org\\.bilateralbrain\\.locale\\.DefaultLocaleCallsTest\\$OneBadCall\\.name, line \\d+: "
                + "String\\.format with \"layer-%d\" depends on the default locale; "
                + "use %s for whole numbers, or String\\.format\\(Locale\\.ROOT, …\\)");
  }

  @Test
  void callsThatDependOnTheDefaultLocaleAreReported() throws IOException {
    assertThat(found(LocaleDependent.class))
        .extracting(
            words ->
                words.replaceAll(
                    ".*LocaleDependent\\.(\\S+), line \\d+: (.*) depends on .*", "$1: $2"))
        .containsExactly(
            "formatted: String.formatted with \"%s of %d\"",
            "grouped: String.format with \"%,d\"",
            "upperCase: String.format with \"%S\"",
            "date: String.format with \"%tY\"",
            "printed: PrintStream.printf with \"%5.1f%%%n\"",
            "printedByOurOwn: Screen.format with \"%d\"",
            "textBlock: String.formatted with \"%s\\n%e\\n\"",
            "chosen: String.format with \"%.0f\"",
            "variable: String.formatted with \"%02d\"",
            "parameter: String.formatted with a format that is not a constant",
            "parameterOrConstant: String.formatted with a format that is not a constant",
            "concatenated: String.formatted with a format that is not a constant",
            "reference: a reference to String.format",
            "referenceToLowerCase: a reference to String.toLowerCase",
            "referenceToConstructor: a reference to new DecimalFormat",
            "lowerCase: String.toLowerCase",
            "made: new Formatter",
            "made: new Scanner",
            "made: new DecimalFormat",
            "made: new SimpleDateFormat",
            "factories: NumberFormat.getInstance",
            "factories: DateTimeFormatter.ofPattern",
            "factories: MessageFormat.format",
            "factories: Locale.getDefault",
            "inSwitch: String.format with \"%d\"",
            "lambda$inLambda$0: String.format with \"%d\"");
  }

  @Test
  void callsThatDependOnNoLocaleOrPassOneAreNotReported() throws IOException {
    assertThat(found(LocaleIndependent.class)).isEmpty();
  }

  @Test
  void allowedConversionsHaveTheSameResultInEveryLocale() {
    String format = "%s %5s %-4s| %08x %#x %x %o %c %b %h %%%n";
    Object[] values = {1, 2L, 3.5, 255, 254, -1L, 64, 'c', true, "text"};

    assertThat(DefaultLocaleCalls.isLocaleIndependent(format)).isTrue();
    assertThat(String.format(OTHER_DIGITS, "%d", 1)).isNotEqualTo("1");
    assertThat(String.format(OTHER_DIGITS, format, values))
        .isEqualTo(String.format(Locale.ROOT, format, values));
  }

  private static List<String> found(Class<?> type) throws IOException {
    try (InputStream classFile =
        type.getResourceAsStream(type.getName().replaceAll(".*\\.", "") + ".class")) {
      return DefaultLocaleCalls.in(classFile.readAllBytes());
    }
  }

  static final class OneBadCall {
    static String name(int layer) {
      return String.format("layer-%d", layer);
    }
  }

  static final class Screen extends PrintStream {
    Screen(PrintStream to) {
      super(to);
    }
  }

  @SuppressWarnings("unused")
  static final class LocaleDependent {
    String formatted(int a, int b) {
      return "%s of %d".formatted(a, b);
    }

    String grouped(int number) {
      return String.format("%,d", number);
    }

    String upperCase(String text) {
      return String.format("%S", text);
    }

    String date(java.util.Date date) {
      return String.format("%tY", date);
    }

    void printed(PrintStream out) {
      out.printf("%5.1f%%%n", 1.0);
    }

    void printedByOurOwn(Screen screen) {
      screen.format("%d", 1);
    }

    String textBlock(double number) {
      return """
          %s
          %e
          """
          .formatted("a", number);
    }

    String chosen(double number) {
      return String.format(number > 1 ? "%.0f" : "%s", number);
    }

    String variable(int number) {
      String format = "%02d";
      return format.formatted(number);
    }

    String parameter(String format) {
      return format.formatted(1);
    }

    String parameterOrConstant(String given, boolean isPlain) {
      String format = given;
      if (isPlain) {
        format = "%s";
      }
      return format.formatted(1);
    }

    String concatenated(int width) {
      return ("%" + width + "s").formatted("a");
    }

    BiFunction<String, Object[], String> reference() {
      return String::format;
    }

    Function<String, String> referenceToLowerCase() {
      return String::toLowerCase;
    }

    Function<String, NumberFormat> referenceToConstructor() {
      return DecimalFormat::new;
    }

    @SuppressWarnings("StringCaseLocaleUsage") // what is to be found
    String lowerCase(String text) {
      return text.toLowerCase();
    }

    List<Object> made() {
      return List.of(
          new Formatter(), new Scanner("1"), new DecimalFormat("0"), new SimpleDateFormat("yyyy"));
    }

    List<Object> factories() {
      return List.of(
          NumberFormat.getInstance(),
          DateTimeFormatter.ofPattern("yyyy"),
          MessageFormat.format("{0}", 1),
          Locale.getDefault());
    }

    Supplier<String> inLambda(int number) {
      return () -> String.format("%d", number);
    }

    String inSwitch(String text) {
      return switch (text) {
        case "a", "b" -> String.format("%d", 1);
        default -> text;
      };
    }
  }

  @SuppressWarnings("unused")
  static final class LocaleIndependent {
    private static final String CONSTANT = "%s of %s";

    String formatted(int a, int b) {
      return CONSTANT.formatted(a, b);
    }

    String chosen(boolean isFirst) {
      String format = isFirst ? "<th>%s</th>" : "<td>%-5s</td>%n";
      return String.format(format, 1) + format.formatted(2);
    }

    String textBlock() {
      return """
          %s %% %2$s
          %08x
          """
          .formatted(1, 2);
    }

    void withLocale(PrintStream out, String anyFormat, int number) {
      out.printf(Locale.ROOT, "%d", number);
      out.print(String.format(Locale.ROOT, anyFormat, number));
      out.print(new Formatter(Locale.ROOT).format("%d", number));
      out.print(
          new DecimalFormat("0", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(number));
      out.print(DateTimeFormatter.ofPattern("yyyy", Locale.ROOT));
      out.print(DateTimeFormatter.ISO_DATE);
    }

    String lowerCase(String text) {
      return text.toLowerCase(Locale.ROOT).toUpperCase(Locale.ROOT);
    }

    String joined(int a, double b) {
      return a + " of " + b + String.valueOf(a) + Integer.toString(a);
    }

    Function<Object, String> reference() {
      return String::valueOf;
    }
  }
}
