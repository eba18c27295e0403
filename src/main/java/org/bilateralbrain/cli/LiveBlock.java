package org.bilateralbrain.cli;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.bilateralbrain.report.progress.ProgressText;
import org.bilateralbrain.report.progress.ProgressView;
import org.bilateralbrain.report.progress.Snapshot;

/**
 * Shows live progress of a sweep at the bottom of a terminal, until it is closed or the process
 * ends.
 */
final class LiveBlock implements ProgressView {

  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Terminal terminal;
  private final PrintStream lines;
  private long lastShown = System.nanoTime() - INTERVAL_NANOS;
  private boolean isClosed;

  LiveBlock(Terminal terminal) {
    this.terminal = terminal;
    lines = new PrintStream(terminal, true, StandardCharsets.UTF_8);
    Runtime.getRuntime()
        .addShutdownHook(new Thread(this::close)); // on Ctrl-C, maybe while another thread draws
  }

  @Override
  public void event(String line) {
    lines.println(line);
  }

  @Override
  public void refresh(Supplier<Snapshot> snapshot) {
    if (System.nanoTime() - lastShown >= INTERVAL_NANOS) {
      lastShown = System.nanoTime();
      show(ProgressText.block(snapshot.get()));
    }
  }

  private synchronized void show(List<String> block) {
    if (!isClosed) {
      terminal.show(block);
    }
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    terminal.clear();
  }
}
