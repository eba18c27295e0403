package org.bilateralbrain.tensorboard;

import java.util.Map;

/** A Markdown table of names and values. */
public final class MarkdownTable {

  private MarkdownTable() {}

  /**
   * @param rows in the order of the table
   */
  public static String of(String nameHeading, String valueHeading, Map<String, String> rows) {
    StringBuilder table =
        new StringBuilder(row(nameHeading, valueHeading)).append(row("---", "---"));
    rows.forEach((name, value) -> table.append(row(cell(name), cell(value))));
    return table.toString();
  }

  private static String row(String name, String value) {
    return "| %s | %s |\n".formatted(name, value);
  }

  /** As it is: a bar doesn't end the column, nor is anything between two underscores emphasised. */
  private static String cell(String text) {
    return text.replaceAll("[\\\\`*_|]", "\\\\$0").replaceAll("\\R", " ");
  }
}
