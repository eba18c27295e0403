package org.bilateralbrain.cli;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The features of a terminal that the program uses: lines scroll off at the top, a line feed also
 * returns to the first column (as the system's terminal driver does), and lines that don't fit
 * wrap, or, with wrapping switched off, end in the last column.
 */
final class Screen extends OutputStream {

  private static final Pattern CONTROL = Pattern.compile("\033\\[(\\?7l|\\?7h|J|\\d+A)");

  private final int columns;
  private final char[][] cells;
  private final List<String> scrolledOff = new ArrayList<>();
  private int row;
  private int column;
  private boolean wraps = true;

  Screen(int columns, int rows) {
    this.columns = columns;
    cells = new char[rows][];
    for (int i = 0; i < rows; i++) {
      cells[i] = blank();
    }
  }

  /** The visible lines, without blank ones at the end. */
  synchronized List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (char[] line : cells) {
      lines.add(new String(line).stripTrailing());
    }
    while (!lines.isEmpty() && lines.get(lines.size() - 1).isEmpty()) {
      lines.remove(lines.size() - 1);
    }
    return lines;
  }

  synchronized List<String> scrolledOff() {
    return List.copyOf(scrolledOff);
  }

  synchronized boolean wraps() {
    return wraps;
  }

  /** Row and column of the cursor, from 0. */
  synchronized List<Integer> cursor() {
    return List.of(row, column);
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  /** Fails on half a character or half a control sequence. */
  @Override
  public synchronized void write(byte[] bytes, int from, int count) {
    String text = new String(bytes, from, count, StandardCharsets.UTF_8);
    Matcher control = CONTROL.matcher(text);
    for (int i = 0; i < text.length(); ) {
      if (text.charAt(i) == '\033') {
        if (!control.find(i) || control.start() != i) {
          throw new AssertionError(
              "unknown control sequence in " + text.substring(i).replace("\033", "ESC"));
        }
        obey(control.group(1));
        i = control.end();
      } else {
        put(text.charAt(i++));
      }
    }
  }

  private void obey(String control) {
    switch (control) {
      case "?7l" -> wraps = false;
      case "?7h" -> wraps = true;
      case "J" -> {
        Arrays.fill(cells[row], column, columns, ' ');
        for (int i = row + 1; i < cells.length; i++) {
          cells[i] = blank();
        }
      }
      default ->
          row = Math.max(0, row - Integer.parseInt(control.substring(0, control.length() - 1)));
    }
  }

  private void put(char c) {
    if (c == '\r') {
      column = 0;
    } else if (c == '\n') {
      newLine();
    } else {
      if (column == columns) {
        if (wraps) {
          newLine();
        } else {
          column--;
        }
      }
      cells[row][column++] = c;
    }
  }

  private void newLine() {
    column = 0;
    if (++row == cells.length) {
      row--;
      scrolledOff.add(new String(cells[0]).stripTrailing());
      System.arraycopy(cells, 1, cells, 0, row);
      cells[row] = blank();
    }
  }

  private char[] blank() {
    char[] line = new char[columns];
    Arrays.fill(line, ' ');
    return line;
  }
}
