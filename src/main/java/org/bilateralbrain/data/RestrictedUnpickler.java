package org.bilateralbrain.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import net.razorvine.pickle.IObjectConstructor;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleException;
import net.razorvine.pickle.PickleUtils;
import net.razorvine.pickle.Unpickler;

/**
 * Reads an untrusted pickle: only numbers, strings, lists, tuples, dictionaries and the classes
 * passed to the constructor. A pickle is a program, so every instruction and every class that is
 * not listed here is rejected. Strings with a four-byte length (Python 2's binary data) are
 * returned as {@code byte[]}.
 */
final class RestrictedUnpickler extends Unpickler {

  /** An object under construction whose state is set by a BUILD instruction. */
  interface Buildable {
    void setState(Object[] state);
  }

  private static final Set<Short> DATA_INSTRUCTIONS =
      Set.of(
          Opcodes.PROTO,
          Opcodes.STOP,
          Opcodes.MARK,
          Opcodes.NONE,
          Opcodes.NEWTRUE,
          Opcodes.NEWFALSE,
          Opcodes.BININT,
          Opcodes.BININT1,
          Opcodes.BININT2,
          Opcodes.LONG1,
          Opcodes.BINFLOAT,
          Opcodes.SHORT_BINSTRING,
          Opcodes.EMPTY_LIST,
          Opcodes.EMPTY_DICT,
          Opcodes.EMPTY_TUPLE,
          Opcodes.TUPLE,
          Opcodes.TUPLE1,
          Opcodes.TUPLE2,
          Opcodes.TUPLE3,
          Opcodes.APPEND,
          Opcodes.APPENDS,
          Opcodes.BINPUT,
          Opcodes.LONG_BINPUT,
          Opcodes.BINGET,
          Opcodes.LONG_BINGET,
          Opcodes.REDUCE);

  private final Map<String, IObjectConstructor> allowed;
  private final UnaryOperator<Object> outside;

  /**
   * @param allowed constructors by "module.name"
   */
  RestrictedUnpickler(Map<String, IObjectConstructor> allowed) {
    this(
        allowed,
        reference -> {
          throw new PickleException("the pickle refers to an object outside it");
        });
  }

  /**
   * @param allowed constructors by "module.name"
   * @param outside resolves references to objects outside the pickle
   */
  RestrictedUnpickler(Map<String, IObjectConstructor> allowed, UnaryOperator<Object> outside) {
    this.allowed = allowed;
    this.outside = outside;
  }

  /**
   * @throws PickleException if the pickle is malformed or contains anything that is not allowed
   */
  Object read(byte[] pickle) {
    try {
      return load(new ByteArrayInputStream(pickle));
    } catch (IOException | RuntimeException e) {
      throw e instanceof PickleException known
          ? known
          : new PickleException("malformed pickle: " + e, e);
    }
  }

  @Override
  protected Object dispatch(short instruction) throws IOException {
    if (DATA_INSTRUCTIONS.contains(instruction)) {
      return super.dispatch(instruction);
    }
    switch (instruction) {
      case Opcodes.GLOBAL -> stack.add(allowedClass());
      case Opcodes.SETITEMS -> setItems(stack.pop_all_since_marker());
      case Opcodes.SETITEM -> {
        Object value = stack.pop();
        setItems(Arrays.asList(stack.pop(), value));
      }
      case Opcodes.BUILD -> build();
      case Opcodes.BINSTRING -> stack.add(binary());
      case Opcodes.BINUNICODE -> stack.add(new String(binary(), StandardCharsets.UTF_8));
      case Opcodes.BINPERSID -> stack.add(outside.apply(stack.pop()));
      default ->
          throw new PickleException("unexpected pickle instruction 0x%02x".formatted(instruction));
    }
    return NO_RETURN_VALUE;
  }

  private IObjectConstructor allowedClass() throws IOException {
    String name = PickleUtils.readline(input) + "." + PickleUtils.readline(input);
    IObjectConstructor constructor = allowed.get(name);
    if (constructor == null) {
      throw new PickleException(
          "the pickle uses the class %s, which is not allowed".formatted(name));
    }
    return constructor;
  }

  private void build() {
    Object state = stack.pop();
    if (stack.peek() instanceof Buildable object && state instanceof Object[] tuple) {
      object.setState(tuple);
    } else if (!(stack.peek() instanceof LinkedHashMap
        && state instanceof Map)) { // an OrderedDict's attributes
      throw new PickleException("the pickle sets the state of an object that has none");
    }
  }

  /**
   * Only strings and numbers are allowed as keys: hashing a list that contains itself never ends.
   */
  private void setItems(List<Object> keysAndValues) {
    if (!(stack.peek() instanceof Map<?, ?>) || keysAndValues.size() % 2 != 0) {
      throw new PickleException("the pickle sets items of an object that is not a dictionary");
    }
    @SuppressWarnings("unchecked")
    Map<Object, Object> dictionary = (Map<Object, Object>) stack.peek();
    for (int i = 0; i < keysAndValues.size(); i += 2) {
      Object key = keysAndValues.get(i);
      if (!(key instanceof String || key instanceof Number)) {
        throw new PickleException("a dictionary has a key that is neither a string nor a number");
      }
      dictionary.put(key, keysAndValues.get(i + 1));
    }
  }

  private byte[] binary() throws IOException {
    int length = PickleUtils.bytes_to_integer(PickleUtils.readbytes(input, 4));
    if (length < 0 || length > input.available()) {
      throw new PickleException(
          "a string should have %s bytes, but only %s are left: the file is truncated"
              .formatted(length, input.available()));
    }
    return input.readNBytes(length);
  }
}
