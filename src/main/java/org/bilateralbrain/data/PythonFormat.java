package org.bilateralbrain.data;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.razorvine.pickle.PickleException;

/**
 * CIFAR-100's "python version": pickles {@code train}, {@code test} and {@code meta}, as published
 * or written again by Python 3. The images are a NumPy array of unsigned bytes, one row of 3,072
 * per image.
 */
final class PythonFormat {

  private static final int MAX_NAMES = 256;
  private static final int MAX_NAME_BYTES = 1_000;

  private PythonFormat() {}

  /** Label names from {@code meta}. */
  record Names(List<String> fine, List<String> coarse) {}

  static Images decodeImages(String name, byte[] pickle) {
    Map<?, ?> entries = dictionary(name, pickle);
    int[] fine = labels(name, entries, "fine_labels");
    int[] coarse = labels(name, entries, "coarse_labels");
    if (!(entries.get("data") instanceof NumpyArray array)) {
      throw new DataException(
          "%s has no NumPy array under the key 'data'; make one with numpy.array(data, dtype='uint8')"
              .formatted(name));
    }
    if (fine.length == 0) {
      throw new DataException("%s has no images".formatted(name));
    }
    try {
      int[] expected = {fine.length, ImageShape.CIFAR.bytes()};
      if (fine.length != coarse.length || !Arrays.equals(array.shape(), expected)) {
        throw new DataException(
            "%s has %s fine labels, %s coarse labels and images of shape %s; expected equal numbers of each and %s columns"
                .formatted(
                    name,
                    fine.length,
                    coarse.length,
                    IntStream.of(array.shape())
                        .mapToObj(Integer::toString)
                        .collect(Collectors.joining(" x ")),
                    ImageShape.CIFAR.bytes()));
      }
      return new Images(ImageShape.CIFAR, array.bytes(), fine, coarse);
    } catch (PickleException e) {
      throw unreadable(name, e);
    }
  }

  static Names decodeNames(String name, byte[] pickle) {
    Map<?, ?> entries = dictionary(name, pickle);
    return new Names(
        strings(name, entries, "fine_label_names"), strings(name, entries, "coarse_label_names"));
  }

  private static Map<?, ?> dictionary(String name, byte[] pickle) {
    try {
      if (new RestrictedUnpickler(NumpyArray.CLASSES).read(pickle) instanceof Map<?, ?> entries) {
        return entries;
      }
      throw new DataException("%s does not contain a dictionary".formatted(name));
    } catch (PickleException e) {
      throw unreadable(name, e);
    }
  }

  private static DataException unreadable(String name, PickleException e) {
    return new DataException("%s can't be read: %s".formatted(name, e.getMessage()), e);
  }

  private static int[] labels(String name, Map<?, ?> entries, String key) {
    List<?> values = list(name, entries, key);
    int[] labels = new int[values.size()];
    for (int i = 0; i < labels.length; i++) {
      if (!(values.get(i) instanceof Number label)
          || label.doubleValue() != label.intValue()
          || label.intValue() < 0
          || label.intValue() >= RecordFormat.MAX_CLASSES) {
        throw new DataException(
            "%s: %s[%s] is not an integer from 0 to %s"
                .formatted(name, key, i, RecordFormat.MAX_CLASSES - 1));
      }
      labels[i] = label.intValue();
    }
    return labels;
  }

  private static List<String> strings(String name, Map<?, ?> entries, String key) {
    List<String> strings = new ArrayList<>();
    List<?> values = list(name, entries, key);
    if (values.size() > MAX_NAMES) {
      throw new DataException(
          "%s: %s has %s entries, at most %s are possible"
              .formatted(name, key, values.size(), MAX_NAMES));
    }
    for (Object value : values) {
      if (value instanceof byte[] bytes
          && bytes.length <= MAX_NAME_BYTES) { // as unpickled with encoding='bytes'
        strings.add(new String(bytes, StandardCharsets.UTF_8));
      } else if (value instanceof String string) {
        strings.add(string);
      } else {
        throw new DataException(
            "%s: %s has an entry that is not a short string".formatted(name, key));
      }
    }
    return strings;
  }

  private static List<?> list(String name, Map<?, ?> entries, String key) {
    if (entries.get(key) instanceof List<?> list) {
      return list;
    }
    if (entries.get(key) instanceof NumpyArray array) {
      try {
        return array.values();
      } catch (PickleException e) {
        throw unreadable(name, e);
      }
    }
    throw new DataException("%s has no list under the key '%s'".formatted(name, key));
  }
}
