package org.bilateralbrain.store;

import java.util.Collection;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Comma-separated values as in RFC 4180, for every such file; lines end with a line feed.
 *
 * @see <a href="https://owasp.org/www-community/attacks/CSV_Injection">CSV injection</a>
 */
public final class Csv {

  private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?([eE][-+]?\\d+)?");
  private static final Pattern FORMULA =
      Pattern.compile("(?s)[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20].*");
  private static final Pattern NEEDS_QUOTES = Pattern.compile("(?s).*[,\"\n\r].*|\\s.*|.*\\s");

  private Csv() {}

  /**
   * A line, with its end. Nothing stands for null, an empty optional and NaN; numbers keep all
   * their digits; a collection stands for so many cells. Text that a spreadsheet would run as a
   * formula is preceded by an apostrophe.
   */
  public static String line(@Nullable Object... cells) {
    StringJoiner line = new StringJoiner(",", "", "\n");
    for (Object cell : cells) {
      if (cell instanceof Collection<?> several) {
        several.forEach(each -> line.add(cell(each)));
      } else {
        line.add(cell(cell));
      }
    }
    return line.toString();
  }

  private static String cell(@Nullable Object value) {
    if (value == null) {
      return "";
    }
    if (value instanceof Optional<?> optional) {
      return cell(optional.orElse(null));
    }
    if (value instanceof OptionalDouble optional) {
      return optional.isPresent() ? cell(optional.getAsDouble()) : "";
    }
    if (value instanceof Double number && number.isNaN()) {
      return "";
    }
    return value instanceof Number ? value.toString() : text(value.toString());
  }

  private static String text(String text) {
    String harmless =
        FORMULA.matcher(text).matches() && !NUMBER.matcher(text).matches() ? "'" + text : text;
    return NEEDS_QUOTES.matcher(harmless).matches()
        ? '"' + harmless.replace("\"", "\"\"") + '"'
        : harmless;
  }
}
