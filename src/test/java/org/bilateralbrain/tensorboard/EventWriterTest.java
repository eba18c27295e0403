package org.bilateralbrain.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventWriterTest {

  private static final Instant TIME = Instant.ofEpochMilli(1_700_000_000_250L);

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void theChecksumMatchesThePublicTestVector() {
    byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
    int crc = 0xe3069283;

    assertThat(EventFileReader.crc(digits)).as("the reader's own").isEqualTo(crc);
    assertThat(EventWriter.maskedCrc(digits)).isEqualTo((crc >>> 15 | crc << 17) + 0xa282ead8);
  }

  @Test
  void aFileBeginsLikeThoseOfTensorFlow() throws IOException {
    EventWriter.begin(out, TIME);

    HexFormat hex = HexFormat.of();
    assertThat(hex.formatHex(out.toByteArray(), 0, 13))
        .as("24 bytes, their checksum, field 1")
        .isEqualTo("1800000000000000" + "a37f4b22" + "09");
    assertThat(new String(out.toByteArray(), 21, 15, StandardCharsets.US_ASCII))
        .isEqualTo("\u001a\rbrain.Event:2");
    assertThat(out.size()).isEqualTo(8 + 4 + 24 + 4);
  }

  @Test
  void scalarsAndTextsAreReadBack() throws IOException {
    Map<String, Double> scalars = new LinkedHashMap<>();
    scalars.put("train/loss", 2.5);
    scalars.put("validation/fine", 0.1);
    EventWriter events = EventWriter.begin(out, TIME);
    events.text(TIME, 0, "note", "größer | kleiner");
    events.scalars(TIME.plusSeconds(60), 1, scalars);
    events.scalars(TIME.plusSeconds(120), 1L << 40, Map.of("train/loss", Double.MIN_VALUE));

    List<EventFileReader.Event> read = EventFileReader.read(out.toByteArray());

    assertThat(read).hasSize(4);
    assertThat(read.get(0))
        .isEqualTo(
            new EventFileReader.Event(1_700_000_000.25, 0, "brain.Event:2", Map.of(), Map.of()));
    assertThat(read.get(1).texts()).containsExactly(entry("note", "größer | kleiner"));
    assertThat(read.get(2))
        .isEqualTo(
            new EventFileReader.Event(
                1_700_000_060.25,
                1,
                "",
                Map.of("train/loss", 2.5f, "validation/fine", 0.1f),
                Map.of()));
    assertThat(read.get(3).step()).isEqualTo(1L << 40);
    assertThat(read.get(3).scalars())
        .as("a zero is written, too")
        .containsExactly(entry("train/loss", 0f));
  }

  @Test
  void readersNoticeAnyChangedByte() throws IOException {
    EventWriter.begin(out, TIME).scalars(TIME, 3, Map.of("train/loss", 1.5));
    byte[] file = out.toByteArray();
    for (int i = 0; i < file.length; i++) {
      byte[] changed = Arrays.copyOf(file, file.length);
      changed[i] ^= 1;
      assertThatThrownBy(() -> EventFileReader.read(changed))
          .as("byte %d", i)
          .isInstanceOf(Exception.class);
    }
  }

  @Test
  void markdownInATablesValuesIsEscaped() {
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put("backbone", "sparse_resnet9_wide");
    rows.put("share", "a|b");

    assertThat(EventWriter.table("setting", "value", rows))
        .isEqualTo(
            """
            | setting | value |
            | --- | --- |
            | backbone | sparse\\_resnet9\\_wide |
            | share | a\\|b |
            """);
  }

  @Test
  void tensorBoardRecognisesTheFilesName() {
    assertThat(EventWriter.fileName(TIME, "0123abcd"))
        .isEqualTo("events.out.tfevents.1700000000.0123abcd");
    assertThat(EventWriter.isEventFile(EventWriter.fileName(TIME, "x"))).isTrue();
    assertThat(EventWriter.isEventFile("history.csv")).isFalse();
  }
}
