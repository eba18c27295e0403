package org.bilateralbrain.cli;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A terminal with a block of lines at its bottom that can be redrawn. All other output goes through
 * this stream as well, and scrolls by above the block.
 *
 * <p>The cursor waits in the line below the block. The width of the terminal need not be known:
 * while the block is drawn, lines are cut at the right edge instead of wrapped. Each change is one
 * write, so that nothing flickers and the terminal is in its normal state whenever the process
 * ends. Making the terminal narrower may wrap the lines of the block; then the top of the old block
 * stays on the screen above the new one.
 */
final class Terminal extends OutputStream {

  private static final String NO_WRAP = "\033[?7l";
  private static final String WRAP = "\033[?7h";
  private static final String UP = "\033[%sA";
  private static final String CLEAR_TO_END = "\033[J";

  private final PrintStream screen;

  /** The beginning of an unfinished line, held back while there is a block. */
  private final ByteArrayOutputStream begun = new ByteArrayOutputStream();

  private List<String> block = List.of();
  private boolean atLineStart = true;

  /**
   * @param screen a PrintStream because it never throws: a run of days continues even if the
   *     terminal is gone
   */
  Terminal(PrintStream screen) {
    this.screen = screen;
  }

  /** Draws the block in place of the previous one. */
  synchronized void show(List<String> lines) {
    ByteArrayOutputStream change = new ByteArrayOutputStream();
    erase(change);
    if (!atLineStart) {
      append(change, "\n");
    }
    block = List.copyOf(lines);
    draw(change);
    send(change);
  }

  /** Removes the block. */
  synchronized void clear() {
    ByteArrayOutputStream change = new ByteArrayOutputStream();
    erase(change);
    block = List.of();
    change.writeBytes(begun.toByteArray());
    atLineStart = begun.size() == 0 && atLineStart;
    begun.reset();
    send(change);
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int from, int count) {
    int whole = count;
    while (whole > 0 && bytes[from + whole - 1] != '\n') {
      whole--;
    }
    if (block.isEmpty()) {
      screen.write(bytes, from, count);
      atLineStart = count == 0 ? atLineStart : whole == count;
    } else if (whole > 0) {
      ByteArrayOutputStream change = new ByteArrayOutputStream();
      erase(change);
      change.writeBytes(begun.toByteArray());
      begun.reset();
      change.write(bytes, from, whole);
      draw(change);
      send(change);
    }
    if (!block.isEmpty()) {
      begun.write(bytes, from + whole, count - whole);
    }
  }

  @Override
  public void flush() {
    screen.flush();
  }

  private void erase(ByteArrayOutputStream change) {
    if (!block.isEmpty()) {
      append(change, "\r" + UP.formatted(block.size()) + CLEAR_TO_END);
    }
  }

  /** A line that is cut shows its last character in the last column, hence the blank. */
  private void draw(ByteArrayOutputStream change) {
    append(change, NO_WRAP);
    block.forEach(line -> append(change, line.replaceAll("\\p{Cntrl}", " ") + " \n"));
    append(change, WRAP);
    atLineStart = true;
  }

  private static void append(ByteArrayOutputStream change, String text) {
    change.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  private void send(ByteArrayOutputStream change) {
    screen.write(change.toByteArray(), 0, change.size());
    screen.flush();
  }
}
