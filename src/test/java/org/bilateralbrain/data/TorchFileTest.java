package org.bilateralbrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files as torch.save writes them: a hand-written pickle in an uncompressed archive. */
class TorchFileTest {

  /** Stands for the number of values in the storage. */
  private static final char PLACEHOLDER = '\uffff';

  /** {"a.weight": a 2 x 3 tensor} in protocol 2. */
  private static final String ONE_TENSOR =
      "ccollections\nOrderedDict\n)R" + item("a.weight", 0, "K\2K\3\206", "K\3K\1\206");

  @Test
  void aStateDictionaryIsRead() throws IOException {
    Map<String, StoredTensor> tensors = read(ONE_TENSOR + ".", floats(1, 2, 3, 4, 5, 6));

    assertThat(tensors).containsOnlyKeys("a.weight");
    assertThat(tensors.get("a.weight").shape()).containsExactly(2, 3);
    assertThat(tensors.get("a.weight").values()).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void aTensorThatIsAViewIsReadWithItsStrides() throws IOException {
    String transposed = "}" + item("w", 1, "K\3K\2\206", "K\1K\3\206");

    assertThat(read(transposed + ".", floats(9, 1, 2, 3, 4, 5, 6)).get("w").values())
        .containsExactly(1, 4, 2, 5, 3, 6);
  }

  @Test
  void theStateDictionaryOfALightningCheckpointIsRead() throws IOException {
    String checkpoint =
        "}"
            + text("epoch")
            + "K\7s"
            + text("callbacks")
            + "}s"
            + text("scheduler")
            + "Ns"
            + text("state_dict")
            + ONE_TENSOR
            + "s";

    assertThat(read(checkpoint + ".", floats(1, 2, 3, 4, 5, 6))).containsOnlyKeys("a.weight");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alone.pt",
        "lightning.ckpt",
        "attribute-dictionary.ckpt",
        "namespace.ckpt",
        "numpy-number.pt",
        "path.ckpt",
        "optimizer.ckpt",
        "counter.ckpt",
        "one-cycle.ckpt",
        "torch-values.ckpt",
        "sets.ckpt",
        "default-dictionary.ckpt",
        "half.pt",
        "bfloat16.pt",
        "double.pt",
        "model_state_dict.pt",
        "model.pt",
        "net.pth",
        "best.pth.tar",
        "numpy-arrays.pt",
        "parameters.pt",
        "transposed.pt",
        "protocol-3.pt",
        "protocol-4.pt",
        "protocol-5.pt"
      })
  void aStateDictionaryIsReadWhateverStandsBesideItAndInWhicheverTypeItIs(String file)
      throws IOException {
    Map<String, StoredTensor> tensors = readFromPython(file);

    assertThat(TorchFile.isNamed(file)).isTrue();
    assertThat(tensors).containsOnlyKeys("conv.weight", "norm.num_batches_tracked");
    assertThat(tensors.get("conv.weight").shape()).containsExactly(2, 3);
    assertThat(tensors.get("conv.weight").values())
        .containsExactly(-0.5f, -0.25f, 0, 0.25f, 0.5f, 0.75f);
    assertThat(tensors.get("norm.num_batches_tracked").values()).containsExactly(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "legacy.pt | is in the format of PyTorch 1.5 and older; save its state dictionary in PyTorch 1.6 or newer: torch.save(torch.load('legacy.pt'",
        "whole-module.pt | model is an object of torch.nn.modules.linear.Linear, not a state dictionary; save its state_dict()",
        "unknown-key.pt | no state dictionary under state_dict, model_state_dict, model, net; it has: [weights]"
      })
  void aFileWithoutAStateDictionaryInAKnownPlaceIsRefusedWithTheRemedy(
      String file, String message) {
    assertThatThrownBy(() -> readFromPython(file))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aClassInsideOfTheStateDictionaryIsRefusedByName() {
    String pickle = ONE_TENSOR + text("b") + "cos\nsystem\n" + text("id") + "\205Rs.";

    assertThatThrownBy(() -> read(pickle, floats(1, 2, 3, 4, 5, 6)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("b is an object of os.system, not a tensor");
  }

  @Test
  void tensorsThatExceedTheirStorageAreRejected() {
    for (String shape :
        new String[] {"K\2K\4\206", "K\7K\3\206", "J\377\377\377\177J\377\377\377\177\206"}) {
      assertThatThrownBy(
              () ->
                  read("}" + item("w", 0, shape, "K\3K\1\206") + ".", floats(1, 2, 3, 4, 5, 6))
                      .get("w")
                      .values())
          .isInstanceOf(DataException.class)
          .hasMessageContaining("exceeds its storage");
    }
  }

  @Test
  void otherFilesAreRejected() throws IOException {
    byte[] whole = file(ONE_TENSOR + ".", floats(1, 2, 3, 4, 5, 6));

    assertThatThrownBy(() -> TorchFile.read("x.pt", "no archive".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("x.pt is not in the zip format of torch.save");
    for (int length = 0; length < whole.length; length += 7) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> TorchFile.read("x.pt", cut)).isInstanceOf(DataException.class);
    }
    assertThatThrownBy(() -> read("K\1.", floats()))
        .hasMessageContaining("does not contain a state dictionary");
    assertThatThrownBy(() -> read("}" + text("a") + "K\1s.", floats()))
        .hasMessageContaining("no state dictionary");
  }

  /** A dictionary entry: a tensor with an offset, size and stride in storage 0. */
  private static String item(String name, int offset, String size, String stride) {
    return text(name)
        + "ctorch._utils\n_rebuild_tensor_v2\n(("
        + text("storage")
        + "ctorch\nFloatStorage\n"
        + text("0")
        + text("cpu")
        + "K"
        + PLACEHOLDER
        + "tQ"
        + "K"
        + (char) offset
        + size
        + stride
        + "\211ccollections\nOrderedDict\n)RtRs";
  }

  private static String text(String text) {
    return "X" + (char) text.length() + "\0\0\0" + text;
  }

  private static Map<String, StoredTensor> read(String pickle, float... storage)
      throws IOException {
    return TorchFile.read("x.pt", file(pickle, storage));
  }

  private static Map<String, StoredTensor> readFromPython(String file) throws IOException {
    try (InputStream in = TorchFileTest.class.getResourceAsStream("/python/checkpoints/" + file)) {
      return TorchFile.read(file, in.readAllBytes());
    }
  }

  private static float[] floats(float... values) {
    return values;
  }

  /** The placeholder is replaced by the number of values in the storage. */
  private static byte[] file(String pickle, float... storage) throws IOException {
    String text = "\200\2" + pickle.replace(PLACEHOLDER, (char) storage.length);
    ByteBuffer values =
        ByteBuffer.allocate(storage.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    values.asFloatBuffer().put(storage);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      TorchFileWriter.store(zip, "archive/data.pkl", text.getBytes(StandardCharsets.ISO_8859_1));
      TorchFileWriter.store(zip, "archive/data/0", values.array());
    }
    return bytes.toByteArray();
  }
}
