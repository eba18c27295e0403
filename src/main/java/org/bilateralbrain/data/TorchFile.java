package org.bilateralbrain.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.razorvine.pickle.IObjectConstructor;
import net.razorvine.pickle.PickleException;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/**
 * Files written by {@code torch.save} in its zip format (since PyTorch 1.6): a state dictionary, or
 * a dictionary with one under the key {@code state_dict}, as in PyTorch Lightning's {@code .ckpt}
 * files. The pickle is read as data: only tensors, numbers, strings, lists, tuples and dictionaries
 * are allowed.
 */
public final class TorchFile {

  /**
   * @param values in C order
   */
  public record Tensor(long[] shape, float[] values) {}

  /** What the names of such files end with. */
  public static final List<String> EXTENSIONS = List.of(".ckpt", ".pt", ".pth");

  private static final String PICKLE = "/data.pkl";

  /** Bytes per value, by storage type. */
  private static final Map<String, Integer> STORAGES =
      Map.of(
          "FloatStorage",
          4,
          "DoubleStorage",
          8,
          "LongStorage",
          8,
          "IntStorage",
          4,
          "ShortStorage",
          2,
          "CharStorage",
          1,
          "ByteStorage",
          1,
          "BoolStorage",
          1);

  private final String name;
  private final ZipFile zip;
  private final String folder;

  private TorchFile(String name, ZipFile zip, String folder) {
    this.name = name;
    this.zip = zip;
    this.folder = folder;
  }

  /** Whether a file or folder of this name is taken for such a file. */
  public static boolean isNamed(String location) {
    return EXTENSIONS.stream().anyMatch(location::endsWith);
  }

  /**
   * Reads the state dictionary.
   *
   * @param name of the file, for messages
   * @throws DataException if it is damaged, in another format, or contains anything that is not
   *     allowed
   */
  public static Map<String, Tensor> read(String name, byte[] content) {
    try (ZipFile zip = new ZipFile(new SeekableInMemoryByteChannel(content))) {
      ZipArchiveEntry pickle = null;
      for (var entries = zip.getEntries(); entries.hasMoreElements(); ) {
        ZipArchiveEntry entry = entries.nextElement();
        if (entry.getName().endsWith(PICKLE)) {
          pickle = entry;
        }
      }
      if (pickle == null) {
        throw new DataException(
            "%s is a zip archive without %s: not written by torch.save".formatted(name, PICKLE));
      }
      String folder = pickle.getName().substring(0, pickle.getName().length() - PICKLE.length());
      return new TorchFile(name, zip, folder).stateDictionary(pickle);
    } catch (IOException e) {
      throw new DataException(
          "%s is not in the zip format of torch.save (PyTorch 1.6 or newer): %s"
              .formatted(name, e.getMessage()),
          e);
    }
  }

  private Map<String, Tensor> stateDictionary(ZipArchiveEntry pickle) throws IOException {
    Map<String, IObjectConstructor> allowed = new HashMap<>();
    allowed.put("collections.OrderedDict", arguments -> new LinkedHashMap<>());
    allowed.put("torch._utils._rebuild_tensor_v2", TorchFile::tensor);
    allowed.put("torch._utils._rebuild_parameter", arguments -> arguments[0]);
    STORAGES.forEach((type, bytes) -> allowed.put("torch." + type, new StorageType(type, bytes)));
    Object root;
    try {
      root = new RestrictedUnpickler(allowed, this::storage).read(stored(pickle));
    } catch (PickleException | ArrayIndexOutOfBoundsException | ClassCastException e) {
      throw new DataException("%s can't be read: %s".formatted(name, e.getMessage()), e);
    }
    if (root instanceof Map<?, ?> map && map.get("state_dict") instanceof Map<?, ?> nested) {
      root = nested;
    }
    if (!(root instanceof Map<?, ?> dictionary)) {
      throw new DataException("%s does not contain a state dictionary".formatted(name));
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    dictionary.forEach(
        (key, value) -> {
          if (!(value instanceof Tensor tensor)) {
            throw new DataException("%s: %s is not a tensor".formatted(name, key));
          }
          tensors.put(key.toString(), tensor);
        });
    return tensors;
  }

  /** A storage class, which the pickle only refers to by name. */
  private record StorageType(String type, int bytes) implements IObjectConstructor {
    @Override
    public Object construct(Object[] arguments) {
      throw new PickleException("the pickle creates a storage in a way that torch.save does not");
    }
  }

  /** The values of one or more tensors. */
  private record Storage(StorageType type, ByteBuffer content) {
    float value(int index) {
      return switch (type.type()) {
        case "FloatStorage" -> content.getFloat(4 * index);
        case "DoubleStorage" -> (float) content.getDouble(8 * index);
        case "LongStorage" -> content.getLong(8 * index);
        case "IntStorage" -> content.getInt(4 * index);
        case "ShortStorage" -> content.getShort(2 * index);
        default -> content.get(index);
      };
    }

    int length() {
      return content.capacity() / type.bytes();
    }
  }

  /** Resolves ("storage", type, key, device, length) to the archive's file data/key. */
  private Object storage(Object reference) {
    if (reference instanceof Object[] tuple
        && tuple.length == 5
        && "storage".equals(tuple[0])
        && tuple[1] instanceof StorageType type
        && tuple[2] instanceof String key
        && tuple[4] instanceof Number length) {
      ZipArchiveEntry entry = zip.getEntry(folder + "/data/" + key);
      if (entry == null) {
        throw new PickleException("the archive has no file for storage " + key);
      }
      try {
        ByteBuffer content = ByteBuffer.wrap(stored(entry)).order(ByteOrder.LITTLE_ENDIAN);
        if (content.capacity() != length.longValue() * type.bytes()) {
          throw new PickleException(
              "storage %s has %s bytes for %s values".formatted(key, content.capacity(), length));
        }
        return new Storage(type, content);
      } catch (IOException e) {
        throw new PickleException("storage %s is damaged: %s".formatted(key, e.getMessage()), e);
      }
    }
    throw new PickleException(
        "the pickle refers to an outside object that is not a tensor's storage");
  }

  /**
   * The content of an uncompressed entry. torch.save does not compress, so rejecting compressed
   * entries keeps a small file from expanding to a huge one.
   */
  private byte[] stored(ZipArchiveEntry entry) throws IOException {
    if (entry.getMethod() != ZipArchiveEntry.STORED) {
      throw new IOException("%s is compressed".formatted(entry.getName()));
    }
    try (var in = zip.getInputStream(entry)) {
      return in.readAllBytes();
    }
  }

  /** Builds a tensor from (storage, offset, size, stride, …). */
  private static Object tensor(Object[] arguments) {
    if (arguments.length < 4
        || !(arguments[0] instanceof Storage storage)
        || !(arguments[1] instanceof Number offset)
        || !(arguments[2] instanceof Object[] size)
        || !(arguments[3] instanceof Object[] stride)
        || size.length != stride.length) {
      throw new PickleException(
          "a tensor does not consist of a storage, an offset, a size and a stride");
    }
    long[] shape = new long[size.length];
    long count = 1;
    long last = offset.longValue();
    for (int axis = 0; axis < shape.length; axis++) {
      shape[axis] = ((Number) size[axis]).longValue();
      long step = ((Number) stride[axis]).longValue();
      if (shape[axis] < 0
          || step < 0
          || shape[axis] > storage.length()
          || step > storage.length()) {
        throw new PickleException("a tensor exceeds its storage");
      }
      count *= shape[axis];
      last += Math.max(0, shape[axis] - 1) * step;
      if (count > storage.length() || last >= Math.max(1, storage.length()) || last < 0) {
        throw new PickleException("a tensor exceeds its storage");
      }
    }
    float[] values = new float[(int) count];
    for (int i = 0; i < values.length; i++) {
      long position = offset.longValue();
      long rest = i;
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        position += rest % shape[axis] * ((Number) stride[axis]).longValue();
        rest /= shape[axis];
      }
      values[i] = storage.value((int) position);
    }
    return new Tensor(shape, values);
  }
}
