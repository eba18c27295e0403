package org.bilateralbrain.nn.dl4j;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner.ExecutionerType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An array's values in native memory, copied to and from Java arrays in pieces that fit the CPU's
 * L1 cache. Not thread-safe: each thread needs its own instance.
 */
final class FloatStorage {

  /** Values per piece: 16 KiB, so that an L1 cache of 48 KiB holds three pieces. */
  static final int PIECE = 4096;

  /**
   * A pointer that doesn't own its memory. JavaCPP registers its own copies of pointers for
   * deallocation, which costs more than the loops.
   */
  private static final class Borrowed extends FloatPointer {
    Borrowed(long address) {
      this.address = address;
    }
  }

  private final FloatPointer pointer;

  /**
   * @param array of floats, contiguous in C order; see {@link #contiguous}
   * @throws IllegalArgumentException if the array isn't contiguous
   */
  FloatStorage(INDArray array) {
    if (!isContiguous(array)) {
      throw new IllegalArgumentException(
          "Expected a contiguous array in C order, got " + array.shapeInfoToString());
    }
    pointer = addressOf(array);
  }

  /** Whether arrays of this type are floats in main memory, rather than doubles or on a GPU. */
  static boolean canHold(DataType dataType) {
    return dataType == DataType.FLOAT && Nd4j.getExecutioner().type() == ExecutionerType.NATIVE_CPU;
  }

  /** The array itself if it is contiguous in C order, else a contiguous copy. */
  static INDArray contiguous(INDArray array) {
    return isContiguous(array) ? array : array.dup('c');
  }

  private static boolean isContiguous(INDArray array) {
    long expected = 1;
    for (int axis = array.rank() - 1; axis >= 0; axis--) {
      if (array.size(axis) != 1 && array.stride(axis) != expected) {
        return false;
      }
      expected *= array.size(axis);
    }
    return true;
  }

  /**
   * Address of the array's first value, which is offset from its buffer's if the array is a view of
   * another, as parameters are.
   */
  static FloatPointer addressOf(INDArray array) {
    return new Borrowed(array.data().pointer().address() + Float.BYTES * array.offset());
  }

  void read(long position, float[] target, int count) {
    pointer.position(position).get(target, 0, count);
  }

  void write(long position, float[] source, int count) {
    pointer.position(position).put(source, 0, count);
  }

  /**
   * @param source the bits of floats
   */
  void writeBits(long position, int[] source, int count) {
    new BorrowedBits(pointer.position(0).address()).position(position).put(source, 0, count);
  }

  private static final class BorrowedBits extends IntPointer {
    BorrowedBits(long address) {
      this.address = address;
    }
  }
}
