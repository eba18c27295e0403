package org.bilateralbrain.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import net.razorvine.pickle.IObjectConstructor;
import net.razorvine.pickle.PickleException;

/**
 * A pickled NumPy array of numbers, as written by NumPy 1 and 2 under Python 2 and 3. Its parts are
 * checked when its values are wanted, so that arrays of other things may stand beside it.
 */
final class NumpyArray implements RestrictedUnpickler.Buildable {

  /** What arrays, and bytes in Python 3's protocol 2, are made with, by "module.name". */
  static final Map<String, IObjectConstructor> CLASSES = new HashMap<>();

  static {
    CLASSES.put("numpy.dtype", Type::new);
    CLASSES.put("numpy.ndarray", NumpyArray::refuseDirectCall);
    CLASSES.put("_codecs.encode", Latin1::new);
    for (String core : new String[] {"numpy.core", "numpy._core"}) {
      CLASSES.put(core + ".multiarray._reconstruct", arguments -> new NumpyArray());
      CLASSES.put(core + ".multiarray.scalar", NumpyArray::scalar);
      CLASSES.put(core + ".numeric._frombuffer", NumpyArray::ofBuffer);
    }
  }

  /** NumPy's own limit. */
  static final int MAX_AXES = 64;

  private Object content = new byte[0];
  private Object type = Type.BYTES;
  private Object shape = new Object[] {0};
  private boolean fortran;

  private NumpyArray() {}

  /** State: version, shape, type, whether it is in Fortran's order, content. */
  @Override
  public void setState(Object state) {
    if (!(state instanceof Object[] values) || values.length != 5) {
      throw new PickleException("a NumPy array's state doesn't have five parts");
    }
    shape = values[1];
    type = values[2];
    fortran = Boolean.TRUE.equals(values[3]);
    content = values[4];
  }

  /** Arguments: content, type, shape, order (protocol 5). */
  private static Object ofBuffer(Object[] arguments) {
    if (arguments.length != 4) {
      throw new PickleException("a NumPy array is not made of content, type, shape and order");
    }
    NumpyArray array = new NumpyArray();
    array.content = arguments[0];
    array.type = arguments[1];
    array.shape = arguments[2];
    array.fortran = "F".equals(arguments[3]);
    return array;
  }

  /**
   * The numbers of an array.
   *
   * @param content in the order of the axes, or in the opposite one
   */
  private record Numbers(ByteBuffer content, Type type, int[] shape, boolean fortran) {

    int count() {
      return content.capacity() / type.format().bytes();
    }

    double value(int index) {
      return type.format().value(content, fortran ? position(index) : index);
    }

    /** Where Fortran's order has an element whose index in C order is given. */
    private int position(int index) {
      int position = 0;
      int stride = count();
      int rest = index;
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        stride /= shape[axis];
        position += rest % shape[axis] * stride;
        rest /= shape[axis];
      }
      return position;
    }
  }

  /** Sizes of the axes. */
  int[] shape() {
    if (!(shape instanceof Object[] sizes) || sizes.length > MAX_AXES) {
      throw new PickleException("a NumPy array has no shape, or one of too many axes");
    }
    int[] axes = new int[sizes.length];
    for (int axis = 0; axis < axes.length; axis++) {
      if (!(sizes[axis] instanceof Integer size) || size < 0) {
        throw new PickleException("a NumPy array's shape doesn't consist of integers");
      }
      axes[axis] = size;
    }
    return axes;
  }

  /**
   * The values of an array of unsigned bytes, in C order.
   *
   * @throws PickleException if it holds others
   */
  byte[] bytes() {
    Numbers numbers = numbers();
    if (numbers.type.format() != NumberFormat.U8) {
      throw new PickleException(
          "the array's type is %s, not unsigned bytes (u1)".formatted(numbers.type));
    }
    if (!numbers.fortran) {
      return Latin1.bytes(content);
    }
    byte[] ordered = new byte[numbers.count()];
    for (int i = 0; i < ordered.length; i++) {
      ordered[i] = (byte) (int) numbers.value(i);
    }
    return ordered;
  }

  /** The numbers in C order. */
  List<Number> values() {
    Numbers numbers = numbers();
    return IntStream.range(0, numbers.count()).<Number>mapToObj(numbers::value).toList();
  }

  /** The numbers in C order. */
  float[] floats() {
    Numbers numbers = numbers();
    float[] values = new float[numbers.count()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) numbers.value(i);
    }
    return values;
  }

  /** Checks the parts, which a file may have chosen at will. */
  private Numbers numbers() {
    int[] axes = shape();
    if (!(type instanceof Type known)) {
      throw new PickleException("a NumPy array has no type");
    }
    byte[] stored = Latin1.bytes(content);
    long bytes = known.format().bytes();
    for (int size : axes) {
      bytes = Math.min(bytes * size, Integer.MAX_VALUE);
    }
    if (bytes != stored.length) {
      throw new PickleException(
          "a NumPy array of shape %s has %s bytes of type %s"
              .formatted(Arrays.toString(axes), stored.length, known));
    }
    return new Numbers(ByteBuffer.wrap(stored).order(known.order), known, axes, fortran);
  }

  private static Object scalar(Object[] arguments) {
    if (arguments.length == 2
        && arguments[0] instanceof Type type
        && type.format.isPresent()
        && Latin1.length(arguments[1]) == type.format().bytes()) {
      return type.format().value(ByteBuffer.wrap(Latin1.bytes(arguments[1])).order(type.order), 0);
    }
    return new RestrictedUnpickler.Inert("numpy.generic");
  }

  private static Object refuseDirectCall(Object[] arguments) {
    throw new PickleException("a NumPy array is created other than by _reconstruct");
  }

  /** {@code numpy.dtype('f4', …)}, then a state whose second part is the order of bytes. */
  private static final class Type implements RestrictedUnpickler.Buildable {

    private static final Map<String, NumberFormat> FORMATS =
        Map.ofEntries(
            Map.entry("f8", NumberFormat.F64),
            Map.entry("f4", NumberFormat.F32),
            Map.entry("f2", NumberFormat.F16),
            Map.entry("i8", NumberFormat.I64),
            Map.entry("u8", NumberFormat.I64),
            Map.entry("i4", NumberFormat.I32),
            Map.entry("i2", NumberFormat.I16),
            Map.entry("i1", NumberFormat.I8),
            Map.entry("u4", NumberFormat.U32),
            Map.entry("u2", NumberFormat.U16),
            Map.entry("u1", NumberFormat.U8),
            Map.entry("b1", NumberFormat.BOOL));

    static final Type BYTES = new Type(new Object[] {"u1"});

    private final String code;
    private final Optional<NumberFormat> format;
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

    Type(Object[] arguments) {
      // Others than numbers are not printed: an untrusted file can nest them without limit.
      code =
          arguments.length > 0 && arguments[0] instanceof String name && name.length() == 2
              ? name
              : "";
      format = Optional.ofNullable(FORMATS.get(code));
    }

    @Override
    public void setState(Object state) {
      if (state instanceof Object[] parts && parts.length > 1) {
        order = ">".equals(parts[1]) ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
      }
    }

    /**
     * @throws PickleException if it isn't one of numbers
     */
    NumberFormat format() {
      return format.orElseThrow(
          () ->
              new PickleException(
                  "the array's type is not unsigned bytes (u1) or another type of numbers"));
    }

    @Override
    public String toString() {
      return code;
    }
  }

  /**
   * Bytes that Python 3 wrote in protocol 2: a string that is to be encoded. It stays one until its
   * bytes are wanted.
   */
  private record Latin1(String text) {
    Latin1(Object[] arguments) {
      this(
          arguments.length == 2
                  && arguments[0] instanceof String given
                  && ("latin1".equals(arguments[1]) || "latin-1".equals(arguments[1]))
              ? given
              : refused());
    }

    private static String refused() {
      throw new PickleException("the pickle encodes something other than bytes as text");
    }

    static int length(Object content) {
      if (content instanceof byte[] bytes) {
        return bytes.length;
      }
      if (content instanceof Latin1 encoded) {
        return encoded.text.length();
      }
      return content instanceof String text ? text.length() : 0; // at most 255, from Python 2
    }

    static byte[] bytes(Object content) {
      if (content instanceof byte[] bytes) {
        return bytes;
      }
      if (content instanceof Latin1 encoded) {
        return encoded.text.getBytes(StandardCharsets.ISO_8859_1);
      }
      if (content instanceof String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
      }
      throw new PickleException("a NumPy array's content isn't bytes");
    }
  }
}
