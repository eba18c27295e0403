package org.bilateralbrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchesTest {

  private static final ChannelStatistics STATISTICS =
      new ChannelStatistics(List.of(0.5071, 0.4867, 0.4408), List.of(0.2675, 0.2565, 0.2761));
  private static final Images IMAGES = TestImages.of(23, 10, 5, 1);
  private final Batches batches = new Batches(Subset.all(IMAGES), new Normalisation(STATISTICS), 8);

  @Test
  void testingShowsEveryImageOnceInItsOrderNormalisedChannelsLast() {
    List<Batch> all = list(batches.plain());

    assertThat(all).extracting(Batch::count).containsExactly(8, 8, 7);
    assertThat(all.get(2).fine()[0]).isEqualTo(IMAGES.fineLabel(16));
    int green =
        Byte.toUnsignedInt(
            IMAGES
                .pixels(0, IMAGES.count())[
                9 * ImageShape.CIFAR.bytes() + ImageShape.CIFAR.pixels() + 3 * 32 + 5]);
    assertThat(all.get(1).pixels()[(1 * ImageShape.CIFAR.pixels() + 3 * 32 + 5) * 3 + 1])
        .isCloseTo((float) ((green / 255.0 - 0.4867) / 0.2565), within(1e-6f));
  }

  @Test
  void anEpochIsTheSameWheneverItIsAskedForAndUnlikeAnyOther() {
    float[] third = pixels(batches.epoch(new Streams(7, 7, 7, 7), 3));

    assertThat(pixels(batches.epoch(new Streams(7, 7, 7, 7), 3))).isEqualTo(third);
    assertThat(pixels(batches.epoch(new Streams(7, 7, 7, 7), 4))).isNotEqualTo(third);
    assertThat(pixels(batches.epoch(new Streams(8, 8, 8, 8), 3))).isNotEqualTo(third);
  }

  @Test
  void anEpochShowsEveryImageOnce() {
    int[] shown = new int[10];
    for (Batch batch : batches.epoch(new Streams(1, 1, 1, 1), 0)) {
      Arrays.stream(batch.fine()).forEach(label -> shown[label]++);
    }

    assertThat(shown).containsExactly(3, 3, 3, 2, 2, 2, 2, 2, 2, 2);
  }

  @Test
  void croppedWindowsMirrorTheImageWithoutRepeatingItsEdge() {
    assertThat(Arrays.copyOf(new Batch.Crop(-4, 0, false).rows(32), 6))
        .containsExactly(4, 3, 2, 1, 0, 1);
    assertThat(Arrays.copyOfRange(new Batch.Crop(4, 0, false).rows(32), 26, 32))
        .containsExactly(30, 31, 30, 29, 28, 27);
    assertThat(Batch.Crop.NONE.rows(32)).startsWith(0, 1).endsWith(30, 31).hasSize(32);
  }

  @Test
  void everyCropAndMirrorImageOccursEquallyOften() {
    byte[] ramp = new byte[ImageShape.CIFAR.bytes()];
    for (int i = 0; i < ImageShape.CIFAR.pixels(); i++) {
      ramp[i] = (byte) (i / 32 * 8 % 256);
      ramp[ImageShape.CIFAR.pixels() + i] = (byte) (i % 32 * 8);
    }
    Images image = new Images(ImageShape.CIFAR, ramp, new int[1], new int[1]);
    ChannelStatistics raw =
        new ChannelStatistics(List.of(0.0, 0.0, 0.0), List.of(1 / 255.0, 1 / 255.0, 1 / 255.0));
    Batches batches = new Batches(Subset.all(image), new Normalisation(raw), 1);
    int[] tops = new int[9];
    int mirrored = 0;
    int draws = 9_000;
    for (int i = 0; i < draws; i++) {
      Batch batch = batches.epoch(new Streams(3, 3, 3, 3), i).iterator().next();
      int row = Math.round(batch.pixels()[(10 * 32) * 3] / 8);
      tops[row - 6]++;
      float left = batch.pixels()[(10 * 32 + 10) * 3 + 1];
      float right = batch.pixels()[(10 * 32 + 11) * 3 + 1];
      mirrored += left > right ? 1 : 0;
    }

    assertThat(Arrays.stream(tops)).allSatisfy(count -> assertThat(count).isBetween(850, 1150));
    assertThat(mirrored).isBetween(4_300, 4_700);
  }

  private static List<Batch> list(Iterable<Batch> batches) {
    List<Batch> list = new ArrayList<>();
    batches.forEach(list::add);
    return list;
  }

  private static float[] pixels(Iterable<Batch> batches) {
    float[] all = new float[23 * ImageShape.CIFAR.bytes()];
    int offset = 0;
    for (Batch batch : batches) {
      System.arraycopy(batch.pixels(), 0, all, offset, batch.pixels().length);
      offset += batch.pixels().length;
    }
    return all;
  }
}
