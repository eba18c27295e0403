package org.bilateralbrain.report.page;

import java.util.Locale;

/** Text that goes into a page. */
final class Html {

  private Html() {}

  /** As it was written, whatever characters it holds. */
  static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;").replace("'", "&#39;");
  }

  /** A class's name as people write it. */
  static String name(String label) {
    return label.replace('_', ' ');
  }

  /** A paragraph that explains what stands above it. */
  static String note(String text) {
    return "<p class='note'>%s</p>%n".formatted(escaped(text));
  }

  /** A coordinate. */
  static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
