package org.bilateralbrain.report;

import java.util.Locale;

/** Text that goes into a page. */
public final class Html {

  private Html() {}

  /** As it was written, whatever characters it holds. */
  public static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** A class's name as people write it. */
  public static String name(String label) {
    return label.replace('_', ' ');
  }

  /** A paragraph that explains what stands above it. */
  public static String note(String text) {
    return "<p class='note'>%s</p>%n".formatted(escaped(text));
  }

  /** A coordinate. */
  public static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
