package org.bilateralbrain.nn.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What this machine's processor can do. */
final class Processor {

  private static final Path DESCRIPTION = Path.of("/proc/cpuinfo");

  /** Names of bfloat16 instructions on x86-64 and on 64-bit ARM. */
  private static final Set<String> BFLOAT16 = Set.of("avx512_bf16", "amx_bf16", "bf16");

  private static final Set<String> TILES = Set.of("amx_bf16");

  private Processor() {}

  /** Whether it multiplies bfloat16 numbers; assumed where the system doesn't tell. */
  static boolean hasBfloat16() {
    return description().map(Processor::hasBfloat16).orElse(true);
  }

  static boolean hasBfloat16(List<String> description) {
    return hasAnyOf(BFLOAT16, description);
  }

  /** Whether it multiplies bfloat16 matrices (AMX). */
  static boolean hasTiles() {
    return description().map(Processor::hasTiles).orElse(false);
  }

  static boolean hasTiles(List<String> description) {
    return hasAnyOf(TILES, description);
  }

  /** Empty where the system isn't Linux. */
  private static Optional<List<String>> description() {
    try (Stream<String> lines = Files.lines(DESCRIPTION)) {
      return Optional.of(lines.toList());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static boolean hasAnyOf(Set<String> instructions, List<String> description) {
    return description.stream()
        .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
        .flatMap(line -> Stream.of(line.substring(line.indexOf(':') + 1).strip().split(" ")))
        .anyMatch(instructions::contains);
  }
}
