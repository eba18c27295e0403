package org.bilateralbrain.nn.torch;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.DropoutMask;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Layer;
import org.bilateralbrain.nn.Operation;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The masks of a network's dropout layers and heads, as tensors. */
final class DropoutMasks {

  /** Bits of a number below {@link DropoutMask#PIECE}. */
  private static final int PIECE_BITS = Integer.numberOfTrailingZeros(DropoutMask.PIECE);

  private final TorchDevice device;
  private final Map<String, DropoutMask> masks = new LinkedHashMap<>();
  private final Map<String, Integer> numbers = new LinkedHashMap<>();

  /**
   * @param dropped probability of dropping a feature before a head
   */
  DropoutMasks(Architecture architecture, double dropped, TorchDevice device) {
    this.device = device;
    int number = 0;
    for (Layer layer : architecture.layers()) {
      if (layer.operation() instanceof Operation.Dropout dropout) {
        add(layer.name(), dropout.dropped(), number);
      }
      number++;
    }
    for (Head head : architecture.heads()) {
      add(head.label(), dropped, number++);
    }
  }

  private void add(String layer, double dropped, int number) {
    if (dropped > 0) {
      masks.put(layer, new DropoutMask(dropped));
      numbers.put(layer, number);
    }
  }

  void startEpoch(long seed) {
    masks.forEach((layer, mask) -> mask.startEpoch(seed, numbers.getOrDefault(layer, 0)));
  }

  /** Applies a layer's next mask to values of shape (batch, features). */
  Tensor apply(String layer, Tensor values) {
    DropoutMask mask = masks.get(layer);
    if (mask == null) {
      return values;
    }
    int seed = mask.nextSeed();
    int count = Math.toIntExact(values.numel());
    Tensor factors =
        device.computesInputs() ? hashed(mask, seed, count) : filled(mask, seed, count);
    return values.mul(factors.view(values.size(0), values.size(1)).to(values.scalar_type()));
  }

  private static Tensor filled(DropoutMask mask, int seed, int count) {
    int[] bits = new int[count];
    int[] piece = new int[DropoutMask.PIECE];
    for (int from = 0; from < count; from += DropoutMask.PIECE) {
      int length = Math.min(DropoutMask.PIECE, count - from);
      mask.fill(piece, length, DropoutMask.pieceSeed(seed, from >> PIECE_BITS));
      System.arraycopy(piece, 0, bits, from, length);
    }
    return Tensor.create(bits).view(ScalarType.Float);
  }

  /** The same by tensor operations, where the values are. */
  private Tensor hashed(DropoutMask mask, int seed, int count) {
    int pieces = (count + DropoutMask.PIECE - 1) >> PIECE_BITS;
    Tensor seeds = hash(numbers(pieces).add(new Scalar(seed))).unsqueeze(1);
    Tensor hashes = hash(seeds.add(numbers(DropoutMask.PIECE).unsqueeze(0)));
    return shifted(hashes, Integer.SIZE - DropoutMask.HASH_BITS)
        .lt(new Scalar(mask.threshold()))
        .to(ScalarType.Float)
        .mul(new Scalar(mask.scale()))
        .flatten()
        .narrow(0, 0, count);
  }

  private Tensor numbers(int count) {
    return device.place(torch.arange(new Scalar(count), new TensorOptions(ScalarType.Int)));
  }

  /** {@link DropoutMask}'s hash of each number. */
  private static Tensor hash(Tensor x) {
    Tensor first = x.bitwise_xor(shifted(x, 16)).mul(new Scalar(DropoutMask.FACTOR_1));
    Tensor second = first.bitwise_xor(shifted(first, 15)).mul(new Scalar(DropoutMask.FACTOR_2));
    return second.bitwise_xor(shifted(second, 16));
  }

  /** Shifts right and fills with zeros, which the tensor operation doesn't. */
  private static Tensor shifted(Tensor x, int bits) {
    return x.bitwise_right_shift(new Scalar(bits)).bitwise_and(new Scalar(-1 >>> bits));
  }
}
