package org.bilateralbrain.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.data.Augmentation.Flip;
import org.bilateralbrain.data.Batch.Crop;
import org.bilateralbrain.data.Batch.Square;
import org.junit.jupiter.api.Test;

class AugmentationTest {

  private static final int COUNT = 400;
  private static final Images IMAGES = TestImages.of(COUNT, 10, 5, 1);
  private static final Streams STREAMS = new Streams(1, 2, 3, 4);

  @Test
  void alternatingFlipsShowHalfOfTheImagesMirroredAndEachInEveryOtherEpoch() {
    Augmentation alternating = new Augmentation(4, Flip.ALTERNATING, 0);
    Map<Integer, Crop> first = epoch(alternating, 0);
    Map<Integer, Crop> second = epoch(alternating, 1);
    Map<Integer, Crop> third = epoch(alternating, 2);

    assertThat(first.values().stream().filter(Crop::mirrored).count()).isBetween(160L, 240L);
    first.forEach(
        (position, crop) -> {
          assertThat(second.get(position).mirrored()).isNotEqualTo(crop.mirrored());
          assertThat(third.get(position).mirrored()).isEqualTo(crop.mirrored());
        });
  }

  @Test
  void otherSeedsMirrorOtherImagesFirst() {
    Augmentation alternating = new Augmentation(0, Flip.ALTERNATING, 0);

    assertThat(crops(alternating, new Streams(1, 2, 9, 4), 0)).isNotEqualTo(epoch(alternating, 0));
  }

  @Test
  void withoutFlipsTheImagesAreNotMirrored() {
    assertThat(epoch(new Augmentation(4, Flip.NONE, 0), 0).values()).noneMatch(Crop::mirrored);
  }

  @Test
  void cropsLieNoFurtherOutsideThanThePadding() {
    Map<Integer, Crop> crops = epoch(new Augmentation(2, Flip.RANDOM, 0), 0);

    assertThat(crops.values()).extracting(Crop::top).contains(-2, 2);
    assertThat(crops.values()).allMatch(crop -> Math.abs(crop.top()) <= 2);
    assertThat(crops.values()).allMatch(crop -> Math.abs(crop.left()) <= 2);
    assertThat(epoch(new Augmentation(0, Flip.NONE, 0), 0).values()).containsOnly(Crop.NONE);
  }

  @Test
  void cutoutsHaveTheirCentreAnywhereInTheImage() {
    Map<Integer, Crop> crops = epoch(new Augmentation(4, Flip.RANDOM, 8), 0);

    assertThat(crops.values())
        .extracting(Crop::cutout)
        .allMatch(square -> square.size() == 8)
        .allMatch(square -> square.top() >= -4 && square.top() <= 27)
        .allMatch(square -> square.left() >= -4 && square.left() <= 27)
        .extracting(Square::top)
        .contains(-4, 27);
  }

  @Test
  void aCutoutIsFilledWithTheMeanColourAndLeavesTheRest() {
    Normalisation normalisation = new Normalisation(ChannelStatistics.of(IMAGES));
    int[] positions = {5};
    float[] whole = new Batch(IMAGES, normalisation, positions, List.of(Crop.NONE)).pixels();
    Crop cut = new Crop(0, 0, false, new Square(30, -2, 4));
    float[] pixels = new Batch(IMAGES, normalisation, positions, List.of(cut)).pixels();

    for (int i = 0; i < pixels.length; i++) {
      int pixel = i / ImageShape.CIFAR.channels();
      boolean inside = pixel / ImageShape.CIFAR.size() >= 30 && pixel % ImageShape.CIFAR.size() < 2;
      assertThat(pixels[i]).isEqualTo(inside ? 0 : whole[i]);
    }
  }

  @Test
  void viewsAlternateAsEpochsDo() {
    Batches batches = batches(new Augmentation(4, Flip.ALTERNATING, 0));
    List<Boolean> first = new ArrayList<>();
    batches.view(7, 0).forEach(batch -> batch.crops().forEach(crop -> first.add(crop.mirrored())));
    List<Boolean> second = new ArrayList<>();
    batches
        .view(7, 1)
        .forEach(batch -> batch.crops().forEach(crop -> second.add(!crop.mirrored())));

    assertThat(second).isEqualTo(first);
  }

  private static Batches batches(Augmentation augmentation) {
    return new Batches(
        Subset.all(IMAGES), new Normalisation(ChannelStatistics.of(IMAGES)), augmentation, 32);
  }

  private static Map<Integer, Crop> epoch(Augmentation augmentation, int epoch) {
    return crops(augmentation, STREAMS, epoch);
  }

  /** By the image's position. */
  private static Map<Integer, Crop> crops(Augmentation augmentation, Streams streams, int epoch) {
    Map<Integer, Crop> crops = new HashMap<>();
    for (Batch batch : batches(augmentation).epoch(streams, epoch)) {
      for (int i = 0; i < batch.count(); i++) {
        crops.put(batch.positions()[i], batch.crops().get(i));
      }
    }
    return crops;
  }
}
