package org.bilateralbrain.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;
import net.razorvine.pickle.IObjectConstructor;
import net.razorvine.pickle.PickleException;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.bilateralbrain.data.RestrictedUnpickler.Inert;

/**
 * Files written by {@code torch.save} in its zip format (since PyTorch 1.6): a state dictionary, or
 * a dictionary with one beside other things, as in a training checkpoint. The pickle is read as
 * data: classes are names, whatever isn't a tensor of the state dictionary is skipped, and values
 * are copied only where they are asked for.
 */
public final class TorchFile {

  /** What the names of such files end with. */
  public static final List<String> EXTENSIONS = List.of(".ckpt", ".pt", ".pth", ".pth.tar");

  /** Where training programs put a network's weights beside other things. */
  private static final List<String> STATE_DICTIONARIES =
      List.of("state_dict", "model_state_dict", "model", "net");

  private static final String PICKLE = "/data.pkl";

  /** How files of PyTorch up to 1.5 begin: a pickled number. */
  private static final byte[] LEGACY = {
    (byte) 0x80, 2, (byte) 0x8a, 10, 0x6c, (byte) 0xfc, (byte) 0x9c, 0x46
  };

  private static final String SAVE_AGAIN =
      "save its state dictionary in PyTorch 1.6 or newer: torch.save(torch.load('%s', map_location='cpu'), 'new.pt')";

  private static final Map<String, NumberFormat> STORAGES =
      Map.of(
          "FloatStorage", NumberFormat.F32,
          "DoubleStorage", NumberFormat.F64,
          "HalfStorage", NumberFormat.F16,
          "BFloat16Storage", NumberFormat.BF16,
          "LongStorage", NumberFormat.I64,
          "IntStorage", NumberFormat.I32,
          "ShortStorage", NumberFormat.I16,
          "CharStorage", NumberFormat.I8,
          "ByteStorage", NumberFormat.U8,
          "BoolStorage", NumberFormat.BOOL);

  private final String name;
  private final ZipFile zip;
  private final String folder;
  private final Map<String, Storage> storages = new HashMap<>();

  /** How many more bytes of values the file can have: entries may share theirs. */
  private long bytesLeft;

  private TorchFile(String name, ZipFile zip, String folder, long bytes) {
    this.name = name;
    bytesLeft = bytes;
    this.zip = zip;
    this.folder = folder;
  }

  /** Whether a file or folder of this name is taken for such a file. */
  public static boolean isNamed(String location) {
    return EXTENSIONS.stream().anyMatch(location::endsWith);
  }

  /**
   * Reads the state dictionary: the whole content, or what it has under the key {@code state_dict},
   * {@code model_state_dict}, {@code model} or {@code net}.
   *
   * @param name of the file, for messages
   * @throws DataException if it is damaged or in another format, or if the state dictionary holds
   *     anything but tensors
   */
  public static Map<String, StoredTensor> read(String name, byte[] content) {
    if (Arrays.equals(Arrays.copyOf(content, LEGACY.length), LEGACY)) {
      throw new DataException(
          "%s is in the format of PyTorch 1.5 and older; %s"
              .formatted(name, SAVE_AGAIN.formatted(name)));
    }
    try (ZipFile zip = new ZipFile(new SeekableInMemoryByteChannel(content))) {
      ZipArchiveEntry pickle =
          Collections.list(zip.getEntries()).stream()
              .filter(entry -> entry.getName().endsWith(PICKLE))
              .findFirst()
              .orElseThrow(
                  () ->
                      new DataException(
                          "%s is a zip archive without %s: not written by torch.save"
                              .formatted(name, PICKLE)));
      String folder = pickle.getName().substring(0, pickle.getName().length() - PICKLE.length());
      return new TorchFile(name, zip, folder, content.length).stateDictionary(pickle);
    } catch (DataException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new DataException(
          "%s is not in the zip format of torch.save (PyTorch 1.6 or newer): %s"
              .formatted(name, e.getMessage()),
          e);
    }
  }

  private Map<String, StoredTensor> stateDictionary(ZipArchiveEntry pickle) throws IOException {
    Map<?, ?> dictionary = found(unpickled(pickle));
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    dictionary.forEach(
        (key, value) -> {
          if (value instanceof NumpyArray array) {
            tensors.put(key.toString(), new OfNumpy(name, key.toString(), array));
          } else if (value instanceof StoredTensor tensor) {
            tensors.put(key.toString(), tensor);
          } else {
            throw new DataException(
                "%s: %s is %s, not a tensor".formatted(name, key, inWords(value)));
          }
        });
    return tensors;
  }

  private Object unpickled(ZipArchiveEntry pickle) throws IOException {
    Map<String, IObjectConstructor> known = new HashMap<>(NumpyArray.CLASSES);
    for (String dictionary : List.of("OrderedDict", "defaultdict", "Counter")) {
      known.put("collections." + dictionary, arguments -> new LinkedHashMap<>());
    }
    known.put("torch._utils._rebuild_tensor_v2", this::tensor);
    known.put("torch._utils._rebuild_parameter", TorchFile::first);
    known.put("torch._utils._rebuild_parameter_with_state", TorchFile::first);
    STORAGES.forEach((type, format) -> known.put("torch." + type, new StorageType(format)));
    try {
      return new RestrictedUnpickler(
              className -> known.getOrDefault(className, new Inert(className)), this::storage)
          .read(stored(pickle));
    } catch (PickleException e) {
      throw new DataException(
          "%s can't be read: %s; %s".formatted(name, e.getMessage(), SAVE_AGAIN.formatted(name)),
          e);
    }
  }

  private Map<?, ?> found(Object root) {
    if (!(root instanceof Map<?, ?> map)) {
      throw new DataException(
          "%s does not contain a state dictionary but %s; save one in PyTorch: torch.save(network.state_dict(), 'new.pt')"
              .formatted(name, inWords(root)));
    }
    for (String key : STATE_DICTIONARIES) {
      if (map.get(key) instanceof Map<?, ?> nested) {
        return nested;
      }
      if (map.get(key) instanceof Inert object) {
        throw new DataException(
            "%s: %s is an object of %s, not a state dictionary; save its state_dict() in PyTorch"
                .formatted(name, key, object.className()));
      }
    }
    if (map.values().stream().anyMatch(value -> value instanceof StoredTensor || isArray(value))) {
      return map;
    }
    throw new DataException(
        "%s has no state dictionary under %s; it has: %s"
            .formatted(
                name, String.join(", ", STATE_DICTIONARIES), new TreeSet<>(keys(map)).toString()));
  }

  private static boolean isArray(Object value) {
    return value instanceof NumpyArray;
  }

  private static List<String> keys(Map<?, ?> map) {
    return map.keySet().stream().limit(20).map(Object::toString).toList();
  }

  private static String inWords(Object value) {
    return value instanceof Inert object
        ? "an object of " + object.className()
        : value == null ? "None" : "a number, a text or a list";
  }

  private static Object first(Object[] arguments) {
    return arguments.length > 0 ? arguments[0] : new Inert("torch.nn.Parameter");
  }

  /** A storage class, which the pickle only refers to by name. */
  private record StorageType(NumberFormat format) implements IObjectConstructor {
    @Override
    public Object construct(Object[] arguments) {
      return new Inert("torch.Storage");
    }
  }

  /** The values of one or more tensors. */
  private record Storage(NumberFormat format, ByteBuffer content) {

    int length() {
      return content.capacity() / format.bytes();
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
      Storage storage = storages.computeIfAbsent(key, k -> new Storage(type.format(), content(k)));
      if (storage.format != type.format() || storage.length() != length.longValue()) {
        throw new PickleException(
            "storage %s has %s bytes for %s values of %s"
                .formatted(key, storage.content.capacity(), length, type.format()));
      }
      return storage;
    }
    return new Inert("an object outside the pickle");
  }

  private ByteBuffer content(String key) {
    ZipArchiveEntry entry = zip.getEntry(folder + "/data/" + key);
    if (entry == null) {
      throw new PickleException("the archive has no file for storage " + key);
    }
    bytesLeft -= entry.getSize();
    if (bytesLeft < 0) {
      throw new PickleException("its storages are larger than the file");
    }
    try {
      return ByteBuffer.wrap(stored(entry)).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new PickleException("storage %s is damaged: %s".formatted(key, e.getMessage()), e);
    }
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
  private Object tensor(Object[] arguments) {
    if (arguments.length < 4
        || !(arguments[0] instanceof Storage storage)
        || !(arguments[1] instanceof Number offset)
        || !(arguments[2] instanceof Object[] size)
        || !(arguments[3] instanceof Object[] stride)) {
      return new Inert("torch.Tensor of another kind"); // sparse, quantised, of complex numbers
    }
    return new OfStorage(name, storage, offset.longValue(), size, stride);
  }

  /** A tensor's window on a storage. */
  private record OfStorage(
      String file, Storage storage, long offset, Object[] size, Object[] stride)
      implements StoredTensor {

    @Override
    public List<Integer> shape() {
      require(size.length <= NumpyArray.MAX_AXES);
      return Arrays.stream(size).map(this::number).toList();
    }

    @Override
    public float[] values() {
      List<Integer> shape = shape();
      require(stride.length == shape.size());
      List<Integer> steps = Arrays.stream(stride).map(this::number).toList();
      require(offset >= 0 && offset <= storage.length());
      long count = 1;
      long last = offset;
      for (int axis = 0; axis < shape.size(); axis++) {
        require(shape.get(axis) <= storage.length() && steps.get(axis) <= storage.length());
        count *= shape.get(axis);
        last += Math.max(0, shape.get(axis) - 1L) * steps.get(axis);
        require(count <= storage.length());
      }
      require(count == 0 || last < storage.length());
      float[] values = new float[(int) count];
      for (int i = 0; i < values.length; i++) {
        long position = offset;
        int rest = i;
        for (int axis = shape.size() - 1; axis >= 0; axis--) {
          position += (long) (rest % shape.get(axis)) * steps.get(axis);
          rest /= shape.get(axis);
        }
        values[i] = (float) storage.format.value(storage.content, (int) position);
      }
      return values;
    }

    private int number(Object value) {
      require(value instanceof Integer number && number >= 0);
      return (Integer) value;
    }

    private void require(boolean condition) {
      if (!condition) {
        throw new DataException("%s can't be read: a tensor exceeds its storage".formatted(file));
      }
    }
  }

  /** A NumPy array in the place of a tensor. */
  private record OfNumpy(String file, String key, NumpyArray array) implements StoredTensor {

    @Override
    public List<Integer> shape() {
      return checked(() -> Arrays.stream(array.shape()).boxed().toList());
    }

    @Override
    public float[] values() {
      return checked(array::floats);
    }

    private <T> T checked(Supplier<T> part) {
      try {
        return part.get();
      } catch (PickleException e) {
        throw new DataException("%s: %s can't be read: %s".formatted(file, key, e.getMessage()), e);
      }
    }
  }
}
