package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bilateralbrain.report.progress.Snapshot;
import org.junit.jupiter.api.Test;

class TerminalTest {

  private final Screen screen = new Screen(20, 6);
  private final Terminal terminal =
      new Terminal(new PrintStream(screen, true, StandardCharsets.UTF_8));
  private final PrintStream err = new PrintStream(terminal, true, StandardCharsets.UTF_8);

  @Test
  void withoutABlockEverythingIsPrintedAtOnce() {
    err.print("begun, ");
    assertThat(screen.lines()).containsExactly("begun,");
    err.println("ended");
    assertThat(screen.lines()).containsExactly("begun, ended");
  }

  @Test
  void aBlockReplacesThePreviousOneWhicheverIsLonger() {
    terminal.show(List.of("one", "two", "three"));
    terminal.show(List.of("1"));
    assertThat(screen.lines()).containsExactly("1");
    terminal.show(List.of("one", "two"));
    assertThat(screen.lines()).containsExactly("one", "two");
    assertThat(screen.cursor()).containsExactly(2, 0);
  }

  @Test
  void linesScrollByAboveTheBlock() {
    err.println("first");
    terminal.show(List.of("bar", "job"));
    err.println("second");
    assertThat(screen.lines()).containsExactly("first", "second", "bar", "job");
    err.print("third\nfourth\nfifth\n");
    assertThat(screen.lines()).containsExactly("third", "fourth", "fifth", "bar", "job");
    assertThat(screen.scrolledOff()).containsExactly("first", "second");
    terminal.clear();
    assertThat(screen.lines()).containsExactly("third", "fourth", "fifth");
  }

  @Test
  void aLongLineIsCutInTheBlockAndWrappedAboveIt() {
    terminal.show(List.of("0123456789012345678901234567890", "next"));
    assertThat(screen.lines()).containsExactly("0123456789012345678", "next");
    err.println("a line that is longer than the screen is wide");
    terminal.show(List.of("bar"));
    assertThat(screen.lines())
        .containsExactly("a line that is longe", "r than the screen is", " wide", "bar");
    assertThat(screen.wraps()).isTrue();
  }

  @Test
  void anUnfinishedLineIsHeldBackWhileThereIsABlock() {
    terminal.show(List.of("bar"));
    err.print("half ");
    assertThat(screen.lines()).containsExactly("bar");
    terminal.show(List.of("bar 2"));
    err.print("and half\nmore");
    assertThat(screen.lines()).containsExactly("half and half", "bar 2");
    terminal.clear();
    assertThat(screen.lines()).containsExactly("half and half", "more");
    err.println(" to come");
    assertThat(screen.lines()).containsExactly("half and half", "more to come");
  }

  @Test
  void aBlockStartsOnANewLine() {
    err.print("half");
    terminal.show(List.of("bar"));
    assertThat(screen.lines()).containsExactly("half", "bar");
    terminal.clear();
    err.print("x");
    terminal.show(List.of("bar"));
    assertThat(screen.lines()).containsExactly("half", "x", "bar");
  }

  @Test
  void aMultiByteCharacterCanArriveInPieces() {
    terminal.show(List.of("bar"));
    for (byte each : "±0\n".getBytes(StandardCharsets.UTF_8)) {
      err.write(each);
    }
    assertThat(screen.lines()).containsExactly("±0", "bar");
  }

  @Test
  void controlCharactersInTheBlockBecomeBlanks() {
    terminal.show(List.of("a\tb\nc\033[2Jd", "next"));
    terminal.show(List.of("a\tb\nc\033[2Jd", "next"));
    assertThat(screen.lines()).containsExactly("a b c [2Jd", "next");
  }

  @Test
  void whatTheUserTypesBelowTheBlockIsErasedWithIt() {
    terminal.show(List.of("bar"));
    new PrintStream(screen, true, StandardCharsets.UTF_8).print("^C");
    err.println("Interrupted.");
    terminal.clear();
    assertThat(screen.lines()).containsExactly("Interrupted.");
  }

  @Test
  void linesOfConcurrentWritersStayWhole() throws Exception {
    Screen tall = new Screen(20, 4);
    Terminal shared = new Terminal(new PrintStream(tall, true, StandardCharsets.UTF_8));
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String line = "line of " + i;
      PrintStream out = new PrintStream(shared, true, StandardCharsets.UTF_8);
      threads.add(new Thread(() -> IntStream.range(0, 200).forEach(n -> out.print(line + "\n"))));
    }
    threads.add(
        new Thread(
            () -> IntStream.range(0, 200).forEach(n -> shared.show(List.of("bar " + n, "job")))));
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    shared.clear();

    List<String> all = new ArrayList<>(tall.scrolledOff());
    all.addAll(tall.lines());
    assertThat(all).hasSize(800).allMatch(line -> line.matches("line of [0-3]"));
  }

  @Test
  void aLiveBlockIsRedrawnAtMostOncePerSecondAndNeverAfterClosing() {
    Screen wide = new Screen(100, 6);
    Terminal shared = new Terminal(new PrintStream(wide, true, StandardCharsets.UTF_8));
    LiveBlock block = new LiveBlock(shared);
    block.refresh(TerminalTest::nothing);
    block.refresh(
        () -> {
          throw new AssertionError("asked for");
        });
    block.event("FAILED   job: reason");

    assertThat(wide.lines())
        .containsExactly(
            "FAILED   job: reason",
            "████████████████████ 100 %  0 of 0 jobs done, 0 running, 0 failed, 0 waiting");
    block.close();
    LiveBlock late = new LiveBlock(shared);
    late.close();
    late.refresh(TerminalTest::nothing);
    late.event("Interrupted.");
    assertThat(wide.lines()).containsExactly("FAILED   job: reason", "Interrupted.");
  }

  private static Snapshot nothing() {
    return Snapshot.of(List.of(), key -> Optional.empty(), Optional.empty(), Duration.ZERO);
  }
}
