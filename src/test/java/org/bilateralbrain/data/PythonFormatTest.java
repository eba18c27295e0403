package org.bilateralbrain.data;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an archive from a stranger may not do. */
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
    "numpy.core.multiarray, scalar"
  })
  void aPickleThatAsksForAnyOtherClassIsRefused(String module, String name) {
    byte[] pickle = new PickleBytes().global(module, name).text("id").tuple(1).op('R').end();

    assertRefused(pickle, "asks for " + module + "." + name);
  }

  @Test
  void otherWaysToBuildObjectsAreRefused() {
    byte[] inst = new PickleBytes().op('(').op('i').text("os\nsystem\n").end();
    byte[] obj = new PickleBytes().op('(').global("numpy", "dtype").op('o').end();
    byte[] newObj = new PickleBytes().global("numpy", "dtype").tuple(1).op((char) 0x81).end();
    byte[] persistent = new PickleBytes().text("x").op('Q').end();
    byte[] stackGlobal = new PickleBytes().text("os").text("system").op((char) 0x93).end();

    for (byte[] pickle : new byte[][] {inst, obj, newObj, stackGlobal}) {
      assertRefused(pickle, "is not one that the format uses");
    }
    assertRefused(persistent, "refers to something outside of it");
  }

  @Test
  void anArrayOfAnotherTypeIsRefused() {
    byte[] pickle = new PickleBytes().array(2, new byte[2 * Images.BYTES_PER_IMAGE], "O8").end();

    assertRefused(pickle, "the array's type is not unsigned bytes");
  }

  @Test
  void anArrayBuiltBehindReconstructsBackIsRefused() {
    byte[] pickle = new PickleBytes().global("numpy", "ndarray").integer(3).tuple(1).op('R').end();

    assertRefused(pickle, "built in another way");
  }

  @Test
  void stateForAnythingButAnArrayIsRefused() {
    byte[] pickle = new PickleBytes().op('}').integer(1).tuple(1).op('b').end();

    assertRefused(pickle, "takes none");
  }

  @Test
  void keysThatAreNoStringsAreRefused() {
    byte[] selfContaining =
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

    assertRefused(selfContaining, "a key that is neither a string nor a number");
  }

  @Test
  void aStringLongerThanTheFileIsRefusedBeforeMemoryIsTaken() {
    byte[] pickle =
        new PickleBytes()
            .op('T')
            .op((char) 0xff)
            .op((char) 0xff)
            .op((char) 0xff)
            .op((char) 0x7f)
            .end();

    assertRefused(pickle, "a string of 2147483647 bytes is announced, 1 are left");
  }

  @Test
  void aCutOffPickleIsRefusedWhereverItIsCut() {
    byte[] whole = PickleBytes.images(TestImages.of(2, 2, 1, 1));
    for (int length = 0; length < whole.length; length += 97) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> PythonFormat.decodeImages("train", cut))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("train");
    }
  }

  @Test
  void imagesOfAnotherSizeAreRefused() {
    byte[] pickle =
        new PickleBytes()
            .op('}')
            .op('(')
            .text("fine_labels")
            .op(']')
            .op('(')
            .integer(0)
            .op('e')
            .text("coarse_labels")
            .op(']')
            .op('(')
            .integer(0)
            .op('e')
            .text("data")
            .array(1, new byte[100], "u1")
            .op('u')
            .end();

    assertThatThrownBy(() -> PythonFormat.decodeImages("train", pickle))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("images of shape 1 x 100; expected as many of each and 3072 columns");
  }

  private static void assertRefused(byte[] pickle, String reason) {
    assertThatThrownBy(() -> PythonFormat.decodeImages("train", pickle))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("train can't be read")
        .hasMessageContaining(reason);
  }
}
