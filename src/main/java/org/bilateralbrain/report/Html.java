package org.bilateralbrain.report;

import java.text.Bidi;
import java.util.Locale;

/** Text for an HTML page. */
public final class Html {

  private static final char FIRST_STRONG_ISOLATE = '\u2068';
  private static final char POP_DIRECTIONAL_ISOLATE = '\u2069';

  private Html() {}

  /** As it was written, whatever characters it contains. */
  public static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /**
   * A class's label as a name: with blanks instead of underscores. One in a right-to-left script is
   * isolated, so that it doesn't reorder the text around it.
   */
  public static String name(String label) {
    String name = label.replace('_', ' ');
    return Bidi.requiresBidi(name.toCharArray(), 0, name.length())
        ? FIRST_STRONG_ISOLATE + name + POP_DIRECTIONAL_ISOLATE
        : name;
  }

  /** A paragraph that explains what is above it. */
  public static String note(String text) {
    return "<p class='note'>%s</p>%n".formatted(escaped(text));
  }

  /** A coordinate. */
  public static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
