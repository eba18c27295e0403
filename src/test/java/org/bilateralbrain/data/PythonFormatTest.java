package org.bilateralbrain.data;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an untrusted archive must not do. */
class PythonFormatTest {

  @ParameterizedTest
  @CsvSource({
    "os, system",
    "posix, system",
    "__builtin__, eval",
    "builtins, exec",
    "exceptions, Exception",
    "datetime, datetime",
    "array, array",
    "decimal, Decimal",
    "numpy.core.multiarray, fromfile"
  })
  void aPickleThatUsesAnyOtherClassIsRejected(String module, String name) {
    byte[] pickle = new PickleBytes().global(module, name).text("id").tuple(1).op('R').end();

    assertRejected(pickle, "uses the class " + module + "." + name);
  }

  @Test
  void otherWaysToCreateObjectsAreRejected() {
    byte[] inst = new PickleBytes().op('(').op('i').text("os\nsystem\n").end();
    byte[] obj = new PickleBytes().op('(').global("numpy", "dtype").op('o').end();
    byte[] extension = new PickleBytes().op((char) 0x82).op((char) 1).end();
    byte[] persistent = new PickleBytes().text("x").op('Q').end();
    byte[] stackGlobal = new PickleBytes().text("os").text("system").op((char) 0x93).end();

    for (byte[] pickle : new byte[][] {inst, obj, extension}) {
      assertRejected(pickle, "unexpected pickle instruction");
    }
    assertRejected(persistent, "refers to an object outside it");
    assertRejected(stackGlobal, "uses the class os.system");
  }

  @Test
  void anArrayOfAnotherTypeIsRejected() {
    byte[] values = new byte[ImageShape.CIFAR.bytes()];

    assertRejected(PickleBytes.images(values, "O8"), "the array's type is not unsigned bytes");
    assertRejected(PickleBytes.images(values, "i1"), "the array's type is i1, not unsigned bytes");
    assertRejected(PickleBytes.images(values, "f4"), "has 3072 bytes of type f4");
  }

  @Test
  void anArrayNotCreatedByReconstructIsRejected() {
    byte[] pickle = new PickleBytes().global("numpy", "ndarray").integer(3).tuple(1).op('R').end();

    assertRejected(pickle, "created other than by");
  }

  @Test
  void stateForAnythingButAnArrayIsRejected() {
    byte[] pickle = new PickleBytes().op('}').integer(1).tuple(1).op('b').end();

    assertRejected(pickle, "has none");
  }

  @Test
  void anEntryWhoseKeyIsAListThatContainsItselfIsLeftOut() {
    byte[] pickle =
        new PickleBytes()
            .op('}')
            .op(']')
            .op('q')
            .op((char) 1)
            .op('h')
            .op((char) 1)
            .op('a')
            .integer(1)
            .op('s')
            .end();

    assertThatThrownBy(() -> PythonFormat.decodeImages("train", pickle))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("train has no list under the key 'fine_labels'");
  }

  @Test
  void aStringLongerThanTheFileIsRejectedBeforeMemoryIsAllocated() {
    byte[] pickle =
        new PickleBytes()
            .op('T')
            .op((char) 0xff)
            .op((char) 0xff)
            .op((char) 0xff)
            .op((char) 0x7f)
            .end();

    assertRejected(pickle, "a string should have 2147483647 bytes, but only 1 are left");
  }

  @Test
  void aTruncatedPickleIsRejectedWhereverItEnds() {
    byte[] whole = PickleBytes.images(TestImages.of(2, 2, 1, 1));
    for (int length = 0; length < whole.length; length += 97) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> PythonFormat.decodeImages("train", cut))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("train");
    }
  }

  @Test
  void imagesOfAnotherSizeAreRejected() {
    byte[] pickle = PickleBytes.images(new byte[100], "u1");

    assertThatThrownBy(() -> PythonFormat.decodeImages("train", pickle))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "images of shape 1 x 100; expected equal numbers of each and 3072 columns");
  }

  private static void assertRejected(byte[] pickle, String reason) {
    assertThatThrownBy(() -> PythonFormat.decodeImages("train", pickle))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("train can't be read")
        .hasMessageContaining(reason);
  }
}
