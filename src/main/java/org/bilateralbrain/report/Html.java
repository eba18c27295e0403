package org.bilateralbrain.report;

import java.util.Locale;

/** Text for an HTML page. */
public final class Html {

  private Html() {}

  /** As it was written, whatever characters it contains. */
  public static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** A class's label as a name: with blanks instead of underscores. */
  public static String name(String label) {
    return label.replace('_', ' ');
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
