package org.bilateralbrain.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import net.razorvine.pickle.IObjectConstructor;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleException;
import net.razorvine.pickle.PickleUtils;
import net.razorvine.pickle.Unpickler;

/**
 * Reads an untrusted pickle of protocol 2 to 5 as data: numbers, strings, lists, tuples,
 * dictionaries, and the classes that the caller knows. A pickle is a program, so every instruction
 * that is not listed here is rejected, and nothing is looked up by name in this JVM.
 *
 * <p>Each instruction takes time and memory in proportion to its own length, or a few hundred bytes
 * for the name of a class or key, so that a file can't cost much more than its size suggests:
 * constructors must not copy their arguments. Strings with a four-byte length (Python 2's binary
 * data) are returned as {@code byte[]}, sets as lists.
 */
final class RestrictedUnpickler extends Unpickler {

  /** An object under construction whose state is set by a BUILD instruction. */
  interface Buildable {
    void setState(Object state);
  }

  /**
   * A class that isn't known, or an object of it: its state is skipped, nothing is executed.
   *
   * @param className as in Python
   */
  record Inert(String className) implements IObjectConstructor, Buildable {
    @Override
    public Object construct(Object[] arguments) {
      return this;
    }

    @Override
    public void setState(Object state) {
      // It has none.
    }
  }

  private static final Set<Short> DATA_INSTRUCTIONS =
      Set.of(
          Opcodes.PROTO,
          Opcodes.FRAME,
          Opcodes.STOP,
          Opcodes.MARK,
          Opcodes.POP,
          Opcodes.POP_MARK,
          Opcodes.NONE,
          Opcodes.NEWTRUE,
          Opcodes.NEWFALSE,
          Opcodes.BININT,
          Opcodes.BININT1,
          Opcodes.BININT2,
          Opcodes.LONG1,
          Opcodes.BINFLOAT,
          Opcodes.SHORT_BINSTRING,
          Opcodes.SHORT_BINUNICODE,
          Opcodes.SHORT_BINBYTES,
          Opcodes.EMPTY_LIST,
          Opcodes.EMPTY_DICT,
          Opcodes.EMPTY_TUPLE,
          Opcodes.TUPLE,
          Opcodes.TUPLE1,
          Opcodes.TUPLE2,
          Opcodes.TUPLE3,
          Opcodes.BINPUT,
          Opcodes.LONG_BINPUT,
          Opcodes.MEMOIZE,
          Opcodes.BINGET,
          Opcodes.LONG_BINGET,
          Opcodes.REDUCE,
          Opcodes.NEWOBJ);

  /** Longer names of classes and keys are never looked at. */
  private static final int MAX_NAME = 200;

  private final Function<String, IObjectConstructor> classes;
  private final UnaryOperator<Object> outside;

  /**
   * @param allowed constructors by "module.name"; a pickle that uses any other class is rejected
   */
  RestrictedUnpickler(Map<String, IObjectConstructor> allowed) {
    this(
        name ->
            Optional.ofNullable(allowed.get(name))
                .orElseThrow(
                    () ->
                        new PickleException(
                            "the pickle uses the class %s, which is not allowed".formatted(name))),
        reference -> {
          throw new PickleException("the pickle refers to an object outside it");
        });
  }

  /**
   * @param classes gives the constructor for "module.name"
   * @param outside resolves references to objects outside the pickle
   */
  RestrictedUnpickler(Function<String, IObjectConstructor> classes, UnaryOperator<Object> outside) {
    this.classes = classes;
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
      case Opcodes.GLOBAL ->
          stack.add(constructor(PickleUtils.readline(input), PickleUtils.readline(input)));
      case Opcodes.STACK_GLOBAL -> {
        Object name = stack.pop();
        stack.add(constructor(stack.pop(), name));
      }
      case Opcodes.NEWOBJ_EX -> {
        stack.pop(); // arguments by keyword
        super.dispatch(Opcodes.NEWOBJ);
      }
      case Opcodes.SETITEMS -> setItems(stack.pop_all_since_marker());
      case Opcodes.SETITEM -> {
        Object value = stack.pop();
        setItems(Arrays.asList(stack.pop(), value));
      }
      case Opcodes.APPENDS, Opcodes.ADDITEMS -> append(stack.pop_all_since_marker());
      case Opcodes.APPEND -> append(Arrays.asList(stack.pop()));
      case Opcodes.EMPTY_SET -> stack.add(new ArrayList<>());
      case Opcodes.FROZENSET -> stack.add(stack.pop_all_since_marker());
      case Opcodes.BUILD -> build();
      case Opcodes.BINSTRING, Opcodes.BINBYTES -> stack.add(binary(4));
      case Opcodes.BINBYTES8, Opcodes.BYTEARRAY8 -> stack.add(binary(8));
      case Opcodes.BINUNICODE -> stack.add(new String(binary(4), StandardCharsets.UTF_8));
      case Opcodes.BINUNICODE8 -> stack.add(new String(binary(8), StandardCharsets.UTF_8));
      case Opcodes.BINPERSID -> stack.add(outside.apply(stack.pop()));
      default ->
          throw new PickleException("unexpected pickle instruction 0x%02x".formatted(instruction));
    }
    return NO_RETURN_VALUE;
  }

  private IObjectConstructor constructor(Object module, Object name) {
    if (module instanceof String m
        && name instanceof String n
        && m.length() <= MAX_NAME
        && n.length() <= MAX_NAME) {
      return classes.apply(m + "." + n);
    }
    throw new PickleException("the pickle uses a class without a proper name");
  }

  private void build() {
    Object state = stack.pop();
    if (stack.peek() instanceof Buildable object) {
      object.setState(state);
    } else if (!(stack.peek() instanceof LinkedHashMap
        && state instanceof Map)) { // an OrderedDict's attributes
      throw new PickleException("the pickle sets the state of an object that has none");
    }
  }

  private void append(List<Object> items) {
    if (stack.peek() instanceof List<?>) {
      @SuppressWarnings("unchecked")
      List<Object> list = (List<Object>) stack.peek();
      list.addAll(items);
    } else if (!(stack.peek() instanceof Inert)) {
      throw new PickleException("the pickle appends to an object that is not a list");
    }
  }

  /**
   * Keeps the entries whose keys are short strings or numbers. Others are never looked at, and
   * hashing a list that contains itself doesn't end.
   */
  private void setItems(List<Object> keysAndValues) {
    if (stack.peek() instanceof Inert) {
      return;
    }
    if (!(stack.peek() instanceof Map<?, ?>) || keysAndValues.size() % 2 != 0) {
      throw new PickleException("the pickle sets items of an object that is not a dictionary");
    }
    @SuppressWarnings("unchecked")
    Map<Object, Object> dictionary = (Map<Object, Object>) stack.peek();
    for (int i = 0; i < keysAndValues.size(); i += 2) {
      Object key = keysAndValues.get(i);
      if (key instanceof byte[] bytes && bytes.length <= MAX_NAME) {
        key = new String(bytes, StandardCharsets.UTF_8); // as unpickled with encoding='bytes'
      }
      if (key instanceof Number || (key instanceof String text && text.length() <= MAX_NAME)) {
        dictionary.put(key, keysAndValues.get(i + 1));
      }
    }
  }

  /**
   * @param width bytes of the length before the content
   */
  private byte[] binary(int width) throws IOException {
    byte[] bytes = PickleUtils.readbytes(input, width);
    long length =
        width == 4
            ? Integer.toUnsignedLong(PickleUtils.bytes_to_integer(bytes))
            : PickleUtils.bytes_to_long(bytes, 0);
    if (length < 0 || length > input.available()) {
      throw new PickleException(
          "a string should have %s bytes, but only %s are left: the file is truncated"
              .formatted(Long.toUnsignedString(length), input.available()));
    }
    return input.readNBytes((int) length);
  }
}
