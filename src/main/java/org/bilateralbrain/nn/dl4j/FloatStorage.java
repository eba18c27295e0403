package org.bilateralbrain.nn.dl4j;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner.ExecutionerType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The values of an array in native memory, copied to and from Java arrays in pieces small enough
 * for the processor's nearest cache. Each thread needs its own.
 */
final class FloatStorage {

  /** Values in a piece: 16 KiB, a third of a nearest cache with room for three such pieces. */
  static final int PIECE = 4096;

  /**
   * Points without owning: JavaCPP's own copies of a pointer are tracked for release, which costs
   * more than the work.
   */
  private static final class Borrowed extends FloatPointer {
    Borrowed(long address) {
      this.address = address;
    }
  }

  private final FloatPointer pointer;

  /**
   * @param array of floats, contiguous in C order; see {@link #contiguous}
   */
  FloatStorage(INDArray array) {
    if (!isContiguous(array)) {
      throw new IllegalArgumentException(
          "Expected a contiguous array in C order, got " + array.shapeInfoToString());
    }
    pointer = addressOf(array);
  }

  /**
   * Whether arrays of this type lie in main memory as floats: not on a GPU, not in double
   * precision.
   */
  static boolean canHold(DataType dataType) {
    return dataType == DataType.FLOAT && Nd4j.getExecutioner().type() == ExecutionerType.NATIVE_CPU;
  }

  /** The array itself if it can be read piece by piece, else a copy that can. */
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
   * Where the array's first value is: at an offset in its storage if it is a part of another, as
   * parameters are.
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
