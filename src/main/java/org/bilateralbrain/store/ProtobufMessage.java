package org.bilateralbrain.store;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A message in protobuf's encoding, field by field; every cluster has a protobuf library of its
 * own, in whatever version, and these few lines need none.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">Encoding</a>
 */
public final class ProtobufMessage {

  private static final int VARINT = 0;
  private static final int EIGHT_BYTES = 1;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FOUR_BYTES = 5;

  private final ByteArrayOutputStream encoded = new ByteArrayOutputStream();

  public ProtobufMessage number(int field, long value) {
    return varint((long) field << 3 | VARINT).varint(value);
  }

  public ProtobufMessage real(int field, double value) {
    return varint((long) field << 3 | EIGHT_BYTES)
        .append(littleEndian(Double.BYTES).putDouble(value).array());
  }

  public ProtobufMessage real(int field, float value) {
    return varint((long) field << 3 | FOUR_BYTES)
        .append(littleEndian(Float.BYTES).putFloat(value).array());
  }

  public ProtobufMessage text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  public ProtobufMessage part(int field, ProtobufMessage value) {
    return bytes(field, value.bytes());
  }

  public ProtobufMessage bytes(int field, byte[] value) {
    return header(field, value.length).append(value);
  }

  /** What precedes a part, or bytes, of so many bytes that are written elsewhere. */
  public ProtobufMessage header(int field, long length) {
    return varint((long) field << 3 | LENGTH_DELIMITED).varint(length);
  }

  /** Seven bits a byte, the lowest first; all bytes but the last have their highest bit set. */
  private ProtobufMessage varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      encoded.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    encoded.write((int) rest);
    return this;
  }

  private ProtobufMessage append(byte[] value) {
    encoded.writeBytes(value);
    return this;
  }

  public byte[] bytes() {
    return encoded.toByteArray();
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
