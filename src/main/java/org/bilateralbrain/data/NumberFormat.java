package org.bilateralbrain.data;

import java.nio.ByteBuffer;
import java.util.Optional;

/** How numbers are stored in the files of other programs; the names are those of safetensors. */
public enum NumberFormat {
  F64(8),
  F32(4),
  F16(2),
  BF16(2),
  I64(8),
  I32(4),
  I16(2),
  I8(1),
  U32(4),
  U16(2),
  U8(1),
  BOOL(1);

  private final int bytes;

  NumberFormat(int bytes) {
    this.bytes = bytes;
  }

  /** Length of a number. */
  public int bytes() {
    return bytes;
  }

  public static Optional<NumberFormat> named(String name) {
    for (NumberFormat format : values()) {
      if (format.name().equals(name)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }

  /**
   * The number at a position, counted in numbers; exact for all but integers beyond 2^53.
   *
   * @param content in its own order of bytes
   */
  public double value(ByteBuffer content, int position) {
    int at = position * bytes;
    return switch (this) {
      case F64 -> content.getDouble(at);
      case F32 -> content.getFloat(at);
      case F16 -> half(content.getShort(at));
      case BF16 -> Float.intBitsToFloat(content.getShort(at) << 16);
      case I64 -> content.getLong(at);
      case I32 -> content.getInt(at);
      case I16 -> content.getShort(at);
      case I8 -> content.get(at);
      case U32 -> Integer.toUnsignedLong(content.getInt(at));
      case U16 -> Short.toUnsignedInt(content.getShort(at));
      case U8, BOOL -> Byte.toUnsignedInt(content.get(at));
    };
  }

  /** IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction. */
  private static float half(short bits) {
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    float magnitude =
        switch (exponent) {
          case 0 -> Math.scalb((float) fraction, -24);
          case 0x1f -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
          default -> Math.scalb((float) (fraction | 0x400), exponent - 25);
        };
    return bits < 0 ? -magnitude : magnitude;
  }
}
