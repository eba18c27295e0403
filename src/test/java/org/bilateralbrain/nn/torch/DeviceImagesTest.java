package org.bilateralbrain.nn.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bilateralbrain.data.Batch;
import org.bilateralbrain.data.Batch.Crop;
import org.bilateralbrain.data.Batch.Square;
import org.bilateralbrain.data.Batches;
import org.bilateralbrain.data.ChannelStatistics;
import org.bilateralbrain.data.Images;
import org.bilateralbrain.data.Normalisation;
import org.bilateralbrain.data.Streams;
import org.bilateralbrain.data.Subset;
import org.bilateralbrain.data.TestImages;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DeviceImagesTest {

  private static final TorchDevice DEVICE = TorchDevice.CPU_AS_GPU;
  private static final Images IMAGES = TestImages.of(50, 10, 5, 1);
  private static final Normalisation NORMALISATION =
      new Normalisation(ChannelStatistics.of(IMAGES));

  @BeforeAll
  static void load() {
    Library.load();
  }

  @Test
  void everyCropMirroredOrNotHasThePixelsOfTheBatch() {
    List<Crop> crops = new ArrayList<>();
    for (int top = -4; top <= 4; top++) {
      for (int left = -4; left <= 4; left++) {
        crops.add(new Crop(top, left, false));
        crops.add(new Crop(top, left, true));
      }
    }
    int[] positions = IntStream.range(0, crops.size()).map(i -> 7 * i % IMAGES.count()).toArray();

    assertSamePixels(new Batch(IMAGES, NORMALISATION, positions, crops));
  }

  @Test
  void squaresAreCutOutWhereverTheyLie() {
    List<Crop> crops =
        List.of(
            new Crop(1, -2, true, new Square(-3, 30, 6)),
            new Crop(0, 0, false, new Square(5, 9, 8)),
            new Crop(-4, 4, true, Square.NONE),
            new Crop(2, 2, false, new Square(28, -4, 8)));

    assertSamePixels(new Batch(IMAGES, NORMALISATION, new int[] {4, 3, 2, 1}, crops));
  }

  @Test
  void plainAndAugmentedBatchesHaveTheirPixels() {
    Batches batches = new Batches(Subset.all(IMAGES), NORMALISATION, 16);

    batches.plain().forEach(DeviceImagesTest::assertSamePixels);
    batches.epoch(new Streams(3, 3, 3, 3), 1).forEach(DeviceImagesTest::assertSamePixels);
  }

  private static void assertSamePixels(Batch batch) {
    float[] pixels =
        Tensors.withoutGradients(
            () -> {
              Tensor tensor = DeviceImages.on(DEVICE, IMAGES).pixels(batch);
              assertThat(tensor.is_contiguous(MemoryFormat.ChannelsLast)).isTrue();
              return Tensors.values(tensor.permute(0, 2, 3, 1));
            });
    assertThat(pixels).isEqualTo(batch.pixels());
  }

  @Test
  void tasksThatShareImagesShareTheCopyOnTheDevice() {
    Images equalImages = TestImages.of(IMAGES.count(), 10, 5, 1);
    Images otherImages = TestImages.of(IMAGES.count(), 10, 5, 2);

    DeviceImages copy = DeviceImages.on(DEVICE, IMAGES);
    assertThat(DeviceImages.on(DEVICE, equalImages)).isSameAs(copy);
    assertThat(DeviceImages.on(TorchDevice.CPU, IMAGES)).isNotSameAs(copy);
    assertThat(DeviceImages.on(DEVICE, otherImages)).isNotSameAs(copy);
  }

  @Test
  void imagesThatNobodyUsesAnyMoreAreForgotten() throws InterruptedException {
    WeakReference<Images> images = uploaded();
    for (int attempt = 0; attempt < 50 && images.get() != null; attempt++) {
      System.gc();
      Thread.sleep(20);
    }

    assertThat(images.get()).isNull();
  }

  private static WeakReference<Images> uploaded() {
    Images images = TestImages.of(1, 1, 1, 2);
    DeviceImages.on(DEVICE, images);
    return new WeakReference<>(images);
  }
}
