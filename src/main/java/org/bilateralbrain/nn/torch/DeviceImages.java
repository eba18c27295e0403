package org.bilateralbrain.nn.torch;

import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;
import org.bilateralbrain.data.Batch;
import org.bilateralbrain.data.Batch.Crop;
import org.bilateralbrain.data.Batch.Square;
import org.bilateralbrain.data.ImageShape;
import org.bilateralbrain.data.Images;
import org.bilateralbrain.data.Normalisation;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A data set's images as bytes on a device, where batches are cropped, mirrored and normalised.
 * Only a few numbers per image travel. The result equals {@link Batch#pixels} bit for bit.
 */
final class DeviceImages {

  private static final int BYTE_VALUES = 256;

  /** How many numbers describe an image of a batch. */
  private static final int DECISIONS = 7;

  /** By device and images, so that all tasks share one copy. */
  private static final Map<TorchDevice, Map<Images, DeviceImages>> LOADED = new HashMap<>();

  /** Images on their way to a device at a time. */
  private static final int PIECE_BYTES = 1 << 28;

  private final TorchDevice device;
  private final ImageShape shape;
  private final int size;

  /** All bytes, in the order (image, channel, row, column). */
  private final Tensor bytes;

  @SuppressWarnings("try") // the resource is only a scope
  private DeviceImages(Images images, TorchDevice device) {
    this.device = device;
    shape = images.shape();
    size = shape.size();
    try (PointerScope scope = new PointerScope()) {
      TensorVector pieces = new TensorVector();
      int perPiece = Math.max(1, PIECE_BYTES / shape.bytes());
      for (int first = 0; first < images.count(); first += perPiece) {
        byte[] piece = images.pixels(first, Math.min(perPiece, images.count() - first));
        pieces.push_back(device.place(Tensor.create(piece, false)));
      }
      bytes = torch.cat(pieces).retainReference();
      device.await(); // other tasks read it on streams of their own
    }
  }

  static DeviceImages on(TorchDevice device, Images images) {
    synchronized (LOADED) {
      return LOADED
          .computeIfAbsent(device, key -> new WeakHashMap<>())
          .computeIfAbsent(images, any -> new DeviceImages(images, device));
    }
  }

  /** Normalised pixels of logical shape (batch, channel, row, column), channels last in memory. */
  Tensor pixels(Batch batch) {
    Tensor decisions = device.place(Tensor.create(decisions(batch), batch.count(), DECISIONS));
    Tensor image = decisions.select(1, 0).view(-1, 1, 1, 1);
    Tensor row = mirroredInside(decisions.narrow(1, 1, 1).add(numbers(size)));
    Tensor column = mirroredInside(decisions.narrow(1, 2, 1).add(columns(decisions)));
    Tensor channel = numbers(shape.channels()).view(1, 1, 1, -1);
    Tensor index =
        image
            .mul(new Scalar(shape.bytes()))
            .add(channel.mul(new Scalar(shape.pixels())))
            .add(row.mul(new Scalar(size)).view(-1, size, 1, 1))
            .add(column.view(-1, 1, size, 1));
    Tensor entry = bytes.take(index).to(ScalarType.Long).add(channel.mul(new Scalar(BYTE_VALUES)));
    Tensor pixels = device.place(table(batch.normalisation())).take(entry);
    boolean cutsOut = batch.crops().stream().anyMatch(crop -> crop.cutout().size() > 0);
    return (cutsOut ? cutOut(pixels, decisions) : pixels).permute(0, 3, 1, 2);
  }

  /** Of each image: position, top, left, 1 if it is mirrored; top, left and size of its cutout. */
  private static long[] decisions(Batch batch) {
    long[] decisions = new long[DECISIONS * batch.count()];
    for (int i = 0; i < batch.count(); i++) {
      Crop crop = batch.crops().get(i);
      Square cutout = crop.cutout();
      long[] ofImage = {
        batch.positions()[i],
        crop.top(),
        crop.left(),
        crop.mirrored() ? 1 : 0,
        cutout.top(),
        cutout.left(),
        cutout.size()
      };
      System.arraycopy(ofImage, 0, decisions, i * DECISIONS, DECISIONS);
    }
    return decisions;
  }

  /** Zero, the mean colour, in each image's square. */
  private Tensor cutOut(Tensor pixels, Tensor decisions) {
    Tensor side = decisions.narrow(1, 6, 1);
    Tensor rows = isInside(decisions.narrow(1, 4, 1), side).view(-1, size, 1, 1);
    Tensor columns = isInside(decisions.narrow(1, 5, 1), side).view(-1, 1, size, 1);
    return pixels.masked_fill_(rows.logical_and(columns), new Scalar(0));
  }

  /** Which of the rows, or columns, are among so many from a first one. */
  private Tensor isInside(Tensor first, Tensor count) {
    Tensor numbers = numbers(size);
    return numbers.ge(first).logical_and(numbers.lt(first.add(count)));
  }

  /** Columns of the window from left to right, or from right to left where it is mirrored. */
  private Tensor columns(Tensor decisions) {
    Tensor forward = numbers(size);
    Tensor turn = forward.mul(new Scalar(-2)).add(new Scalar(size - 1));
    return decisions.narrow(1, 3, 1).mul(turn).add(forward);
  }

  /** Rows and columns outside of the image mirror those inside. */
  private Tensor mirroredInside(Tensor positions) {
    Scalar last = new Scalar(size - 1);
    return positions.abs().sub(last).abs().neg().add(last);
  }

  private Tensor numbers(int count) {
    return device.place(torch.arange(new Scalar(count), new TensorOptions(ScalarType.Long)));
  }

  private Tensor table(Normalisation normalisation) {
    float[] table = new float[shape.channels() * BYTE_VALUES];
    for (int channel = 0; channel < shape.channels(); channel++) {
      System.arraycopy(normalisation.of(channel), 0, table, channel * BYTE_VALUES, BYTE_VALUES);
    }
    return Tensor.create(table);
  }
}
