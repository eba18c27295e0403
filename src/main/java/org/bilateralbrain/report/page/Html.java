package org.bilateralbrain.report.page;

import java.util.Locale;

/** Text that goes into a page. */
final class Html {

  private Html() {}

  /** As it was written, whatever characters it holds. */
  static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
  }

  /** A coordinate. */
  static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
