package org.bilateralbrain.locale;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.LineNumberNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.analysis.Analyzer;
import org.objectweb.asm.tree.analysis.AnalyzerException;
import org.objectweb.asm.tree.analysis.Frame;
import org.objectweb.asm.tree.analysis.SourceInterpreter;
import org.objectweb.asm.tree.analysis.SourceValue;

/** Finds calls in a class file that format or parse with the JVM's default locale. */
final class DefaultLocaleCalls {

  static final String FORMAT_REMEDY = "use %s for whole numbers, or String.format(Locale.ROOT, …)";
  static final String OTHER_REMEDY = "pass Locale.ROOT";

  private static final Set<String> FORMATTING = Set.of("format", "formatted", "printf");

  /** Classes whose instances use the default locale unless they are created with another. */
  private static final Set<String> LOCALE_DEPENDENT =
      Set.of(
          "java/util/Calendar",
          "java/util/Formatter",
          "java/util/GregorianCalendar",
          "java/util/Scanner",
          "java/text/ChoiceFormat",
          "java/text/Collator",
          "java/text/CompactNumberFormat",
          "java/text/DateFormat",
          "java/text/DateFormatSymbols",
          "java/text/DecimalFormat",
          "java/text/DecimalFormatSymbols",
          "java/text/MessageFormat",
          "java/text/NumberFormat",
          "java/text/SimpleDateFormat",
          "java/time/format/DateTimeFormatter");

  private static final Pattern CONVERSION =
      Pattern.compile("%(?:\\d+\\$)?[-#+ 0,(<]*\\d*(?:\\.\\d+)?([tT]?.)");

  /** Conversions whose result is the same in every locale. */
  private static final Set<String> LOCALE_INDEPENDENT =
      Set.of("s", "b", "c", "h", "x", "o", "n", "%");

  private final ClassNode type = new ClassNode();
  private final List<String> found = new ArrayList<>();

  private DefaultLocaleCalls(byte[] classFile) {
    new ClassReader(classFile).accept(type, ClassReader.SKIP_FRAMES);
  }

  /** One line per call: its place, what it does and the remedy. */
  static List<String> in(byte[] classFile) {
    DefaultLocaleCalls calls = new DefaultLocaleCalls(classFile);
    calls.type.methods.forEach(calls::check);
    return calls.found;
  }

  private void check(MethodNode method) {
    Frame<SourceValue>[] frames = null;
    for (AbstractInsnNode instruction : method.instructions) {
      if (instruction instanceof MethodInsnNode call) {
        if (formats(call.owner, call.name, call.desc)) {
          frames = frames == null ? frames(method) : frames;
          checkFormat(method, call, frames[method.instructions.indexOf(call)]);
        } else if (takesDefaultLocale(call.getOpcode(), call.owner, call.name, call.desc)) {
          add(method, call, words(call.owner, call.name), OTHER_REMEDY);
        }
      } else if (instruction instanceof InvokeDynamicInsnNode dynamic) {
        for (Object argument : dynamic.bsmArgs) {
          if (argument instanceof Handle reference
              && reference.getDesc().startsWith("(")) { // of a method, not of a field
            checkReference(reference, method, dynamic);
          }
        }
      }
    }
  }

  /** The format of {@code String::format} is only known to its later callers. */
  private void checkReference(Handle reference, MethodNode method, AbstractInsnNode where) {
    String words = words(reference.getOwner(), reference.getName());
    int opcode =
        reference.getTag() == Opcodes.H_INVOKESTATIC ? Opcodes.INVOKESTATIC : Opcodes.INVOKEVIRTUAL;
    if (formats(reference.getOwner(), reference.getName(), reference.getDesc())) {
      add(method, where, "a reference to " + words, FORMAT_REMEDY);
    } else if (takesDefaultLocale(
        opcode, reference.getOwner(), reference.getName(), reference.getDesc())) {
      add(method, where, "a reference to " + words, OTHER_REMEDY);
    }
  }

  private void checkFormat(MethodNode method, MethodInsnNode call, Frame<SourceValue> frame) {
    if (frame == null) { // unreachable
      return;
    }
    // The format is below the argument array on the stack, whether it is an argument or the
    // receiver.
    for (AbstractInsnNode source : frame.getStack(frame.getStackSize() - 2).insns) {
      String format =
          source instanceof LdcInsnNode constant && constant.cst instanceof String text
              ? text
              : null;
      String words = words(call.owner, call.name);
      if (format == null) {
        add(method, call, words + " with a format that is not a constant", FORMAT_REMEDY);
      } else if (!isLocaleIndependent(format)) {
        add(method, call, words + " with \"" + format.replace("\n", "\\n") + '"', FORMAT_REMEDY);
      }
    }
  }

  static boolean isLocaleIndependent(String format) {
    Matcher conversion = CONVERSION.matcher(format);
    return conversion.results().allMatch(each -> LOCALE_INDEPENDENT.contains(each.group(1)));
  }

  /**
   * Any class counts, since one of ours may extend PrintWriter; a Formatter has the locale passed
   * to its constructor.
   */
  private static boolean formats(String owner, String name, String descriptor) {
    return FORMATTING.contains(name)
        && !LOCALE_DEPENDENT.contains(owner)
        && !namesLocale(descriptor)
        && (descriptor.contains("Ljava/lang/String;[Ljava/lang/Object;)")
            || owner.equals("java/lang/String"));
  }

  private static boolean takesDefaultLocale(
      int opcode, String owner, String name, String descriptor) {
    if (namesLocale(descriptor)) {
      return false;
    }
    return switch (owner) {
      case "java/lang/String" -> name.equals("toLowerCase") || name.equals("toUpperCase");
      case "java/util/Locale" -> name.equals("getDefault");
      case "java/time/format/DateTimeFormatterBuilder" -> name.equals("toFormatter");
      default ->
          LOCALE_DEPENDENT.contains(owner)
              && (name.equals("<init>") || opcode == Opcodes.INVOKESTATIC);
    };
  }

  private static boolean namesLocale(String descriptor) {
    String arguments = descriptor.substring(0, descriptor.indexOf(')'));
    return arguments.contains("Ljava/util/Locale;") || arguments.contains("FormatSymbols;");
  }

  private Frame<SourceValue>[] frames(MethodNode method) {
    try {
      return new Analyzer<>(new Sources()).analyze(type.name, method);
    } catch (AnalyzerException e) {
      throw new IllegalArgumentException(type.name + '.' + method.name + " can't be analysed", e);
    }
  }

  /** Traces each value to the instructions that produced it, through variables. */
  private static final class Sources extends SourceInterpreter {

    Sources() {
      super(Opcodes.ASM9);
    }

    @Override
    public SourceValue copyOperation(AbstractInsnNode copy, SourceValue value) {
      return value;
    }

    /**
     * ASM gives parameters no source, so a parameter that one branch replaces by a constant would
     * be taken for that constant. Any instruction will do as its source.
     */
    @Override
    public SourceValue newParameterValue(boolean isInstance, int local, Type type) {
      return new SourceValue(type.getSize(), new InsnNode(Opcodes.NOP));
    }
  }

  private void add(MethodNode method, AbstractInsnNode where, String what, String remedy) {
    found.add(
        "%s.%s, line %s: %s depends on the default locale; %s"
            .formatted(type.name.replace('/', '.'), method.name, line(where), what, remedy));
  }

  private static String line(AbstractInsnNode instruction) {
    AbstractInsnNode at = instruction;
    while (at != null && !(at instanceof LineNumberNode)) {
      at = at.getPrevious();
    }
    return at == null ? "unknown" : String.valueOf(((LineNumberNode) at).line);
  }

  private static String words(String owner, String name) {
    String simple = owner.substring(Math.max(owner.lastIndexOf('/'), owner.lastIndexOf('$')) + 1);
    return name.equals("<init>") ? "new " + simple : simple + '.' + name;
  }
}
