package org.bilateralbrain.data;

import java.util.ArrayList;
import java.util.List;

/** Reads comma-separated values as in RFC 4180; lines may end with a line feed alone. */
final class CsvText {

  private final String name;
  private final String text;
  private int position;

  private CsvText(String name, String text) {
    this.name = name;
    this.text = text;
  }

  /**
   * The cells of each line that isn't empty.
   *
   * @param name of the file, for messages
   * @throws DataException if a quoted cell doesn't end
   */
  static List<List<String>> parse(String name, String text) {
    CsvText csv = new CsvText(name, text.startsWith("\ufeff") ? text.substring(1) : text);
    List<List<String>> lines = new ArrayList<>();
    while (csv.position < csv.text.length()) {
      List<String> line = csv.line();
      if (line.size() > 1 || !line.get(0).isBlank()) {
        lines.add(line);
      }
    }
    return lines;
  }

  private List<String> line() {
    List<String> cells = new ArrayList<>();
    while (true) {
      cells.add(position < text.length() && text.charAt(position) == '"' ? quoted() : plain());
      if (position >= text.length() || text.charAt(position++) == '\n') {
        return cells;
      }
    }
  }

  /** Up to the comma or line feed, which is left. */
  private String plain() {
    int start = position;
    while (position < text.length() && ",\n".indexOf(text.charAt(position)) < 0) {
      position++;
    }
    return text.substring(start, position).strip();
  }

  private String quoted() {
    StringBuilder cell = new StringBuilder();
    position++;
    while (true) {
      int end = text.indexOf('"', position);
      if (end < 0) {
        throw new DataException("%s has a quoted cell that doesn't end".formatted(name));
      }
      cell.append(text, position, end);
      position = end + 1;
      if (position < text.length() && text.charAt(position) == '"') {
        cell.append('"');
        position++;
      } else {
        plain(); // nothing, or what doesn't belong there
        return cell.toString();
      }
    }
  }
}
