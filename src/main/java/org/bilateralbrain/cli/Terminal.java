package org.bilateralbrain.cli;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A terminal's screen with a block of lines at its end that can be redrawn. Everything else that is
 * printed goes through here, too, and scrolls by above the block.
 *
 * <p>The cursor waits in the line below the block. Nobody has to know how wide the terminal is:
 * while the block is drawn, lines don't wrap but are cut at the right edge. Each change is one
 * write, so that nothing flickers and the terminal is in its normal state whenever the process
 * ends. A terminal that is made narrower may wrap what stands there already: then the beginning of
 * the last block stays, as if it were a line above the next one.
 */
final class Terminal extends OutputStream {

  private static final String NO_WRAP = "\033[?7l";
  private static final String WRAP = "\033[?7h";
  private static final String UP = "\033[%sA";
  private static final String CLEAR_TO_END = "\033[J";

  private final PrintStream screen;

  /** The beginning of a line whose end has not come yet, kept back while there is a block. */
  private final ByteArrayOutputStream begun = new ByteArrayOutputStream();

  private List<String> block = List.of();
  private boolean atLineStart = true;

  /**
   * @param screen a PrintStream, since it never fails: work of days goes on if nobody sees it any
   *     more
   */
  Terminal(PrintStream screen) {
    this.screen = screen;
  }

  /** Draws the block, in place of the one before it. */
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

  /** Takes the block away. */
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

  /** Where lines are cut, the last column shows a line's last character: a blank. */
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
