package org.bilateralbrain.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.razorvine.pickle.IObjectConstructor;
import net.razorvine.pickle.PickleException;

/**
 * CIFAR-100's "python version": Python-2 pickles {@code train}, {@code test} and {@code meta}. The
 * images are a pickled NumPy array of unsigned bytes, one row of 3,072 per image.
 */
final class PythonFormat {

  private static final Map<String, IObjectConstructor> NUMPY =
      Map.of(
          "numpy.core.multiarray._reconstruct", arguments -> new ByteArray(),
          "numpy.ndarray", PythonFormat::refuseDirectCall,
          "numpy.dtype", arguments -> new ByteType(arguments));

  private PythonFormat() {}

  /** Label names from {@code meta}. */
  record Names(List<String> fine, List<String> coarse) {}

  static Images decodeImages(String name, byte[] pickle) {
    Map<?, ?> entries = dictionary(name, pickle);
    byte[] fine = labels(name, entries, "fine_labels");
    byte[] coarse = labels(name, entries, "coarse_labels");
    if (!(entries.get("data") instanceof ByteArray array)) {
      throw new DataException("%s has no NumPy array under the key 'data'".formatted(name));
    }
    if (fine.length == 0) {
      throw new DataException("%s has no images".formatted(name));
    }
    if (fine.length != coarse.length
        || array.rows != fine.length
        || array.columns != Images.BYTES_PER_IMAGE) {
      throw new DataException(
          "%s has %s fine labels, %s coarse labels and images of shape %s x %s; expected equal numbers of each and %s columns"
              .formatted(
                  name,
                  fine.length,
                  coarse.length,
                  array.rows,
                  array.columns,
                  Images.BYTES_PER_IMAGE));
    }
    return new Images(array.values, fine, coarse);
  }

  static Names decodeNames(String name, byte[] pickle) {
    Map<?, ?> entries = dictionary(name, pickle);
    return new Names(
        strings(name, entries, "fine_label_names"), strings(name, entries, "coarse_label_names"));
  }

  private static Map<?, ?> dictionary(String name, byte[] pickle) {
    try {
      if (new RestrictedUnpickler(NUMPY).read(pickle) instanceof Map<?, ?> entries) {
        return entries;
      }
      throw new DataException("%s does not contain a dictionary".formatted(name));
    } catch (PickleException e) {
      throw new DataException("%s can't be read: %s".formatted(name, e.getMessage()), e);
    }
  }

  private static byte[] labels(String name, Map<?, ?> entries, String key) {
    List<?> values = list(name, entries, key);
    byte[] labels = new byte[values.size()];
    for (int i = 0; i < labels.length; i++) {
      if (!(values.get(i) instanceof Integer label) || label < 0 || label > 255) {
        throw new DataException(
            "%s: %s[%s] is not an integer from 0 to 255".formatted(name, key, i));
      }
      labels[i] = label.byteValue();
    }
    return labels;
  }

  private static List<String> strings(String name, Map<?, ?> entries, String key) {
    List<String> strings = new ArrayList<>();
    for (Object value : list(name, entries, key)) {
      if (!(value instanceof String string)) {
        throw new DataException("%s: %s has an entry that is not a string".formatted(name, key));
      }
      strings.add(string);
    }
    return strings;
  }

  private static List<?> list(String name, Map<?, ?> entries, String key) {
    if (entries.get(key) instanceof List<?> list) {
      return list;
    }
    throw new DataException("%s has no list under the key '%s'".formatted(name, key));
  }

  private static Object refuseDirectCall(Object[] arguments) {
    throw new PickleException("a NumPy array is created other than by _reconstruct");
  }

  /** {@code numpy.dtype('u1', ...)}: no other type is allowed. */
  private static final class ByteType implements RestrictedUnpickler.Buildable {
    ByteType(Object[] arguments) {
      if (arguments.length == 0 || !"u1".equals(arguments[0])) {
        // The arguments are not printed: an untrusted file can nest them without limit.
        throw new PickleException("the array's type is not unsigned bytes (u1)");
      }
    }

    /** Byte order and alignment, which are irrelevant for single bytes. */
    @Override
    public void setState(Object[] state) {}
  }

  /** {@code numpy.ndarray}; its state is (version, shape, dtype, Fortran order?, bytes). */
  private static final class ByteArray implements RestrictedUnpickler.Buildable {
    private int rows;
    private int columns;
    private byte[] values = {};

    @Override
    public void setState(Object[] state) {
      if (state.length == 5
          && state[1] instanceof Object[] shape
          && shape.length == 2
          && shape[0] instanceof Integer r
          && shape[1] instanceof Integer c
          && state[2] instanceof ByteType
          && Boolean.FALSE.equals(state[3])
          && state[4] instanceof byte[] bytes
          && (long) r * c == bytes.length) {
        rows = r;
        columns = c;
        values = bytes;
      } else {
        throw new PickleException("expected a two-dimensional array of unsigned bytes in C order");
      }
    }
  }
}
