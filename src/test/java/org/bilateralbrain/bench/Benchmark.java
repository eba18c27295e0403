package org.bilateralbrain.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bilateralbrain.bench.PyTorch.Way;
import org.bilateralbrain.nn.Computation;
import org.bilateralbrain.nn.Engine.Gpu;
import org.bilateralbrain.nn.Engines;
import org.bilateralbrain.nn.Precision;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints what this machine does, one JSON line each; see ci/bench.sh. */
@Command(
    name = "ci/bench.sh",
    description =
        "Prints the speed of training, features and heads on this machine, one JSON line each.",
    mixinStandardHelpOptions = true)
final class Benchmark implements Callable<Integer> {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int TASKS_ON_A_GPU = 4;

  @Option(
      names = "--engine",
      split = ",",
      description = "Engines to measure (default: ${DEFAULT-VALUE}).")
  private List<String> engines = List.of("dl4j", "torch");

  @Option(
      names = "--precision",
      split = ",",
      description =
          "Precisions to measure, of the engines that have them (default: ${DEFAULT-VALUE}).")
  private List<Precision> precisions = List.of(Precision.FLOAT32);

  @Option(
      names = "--rounds",
      description = "Measurements of each figure, of which the median is printed (default: 3).")
  private int rounds = 3;

  @Option(names = "--seconds", description = "Length of one measurement (default: 10).")
  private double seconds = 10;

  @Option(names = "--widths", split = ",", description = "Widths of ResNet-9 (default: 64,16).")
  private int[] widths = {64, 16};

  @Option(
      names = "--gpu",
      paramLabel = "NUMBER",
      description = "Measures on this GPU instead of the CPU, with one task and with four.")
  private Optional<String> gpu = Optional.empty();

  @Option(
      names = "--torch",
      paramLabel = "PYTHON",
      description = "A Python with PyTorch, to measure in the same run.")
  private String python;

  @Option(
      names = "--torch-script",
      paramLabel = "FILE",
      description = "PyTorch's side (default: ${DEFAULT-VALUE}).")
  private File script = new File("../shared/bench/torch_resnet9.py");

  @Option(names = "--stock", description = "Measures DL4J's own layers, too.")
  private boolean stock;

  private final int cores = Runtime.getRuntime().availableProcessors();
  private final Map<String, List<Double>> measured = new LinkedHashMap<>();

  public static void main(String[] args) {
    System.exit(
        new CommandLine(new Benchmark()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    for (int width : widths) {
      for (int round = 0; round < rounds; round++) {
        measure(width);
      }
      for (Computation contender : contenders()) {
        print(contender, width);
      }
    }
    print(Map.of("what", "memory", "peak_resident_gib", rounded(peakResidentGib())));
    return 0;
  }

  private List<Computation> contenders() {
    List<Computation> contenders = new ArrayList<>();
    for (String engine : engines) {
      for (Precision precision : precisions) {
        if (Engines.named(engine).precisions().contains(precision)) {
          contenders.add(new Computation(engine, precision));
        }
      }
    }
    return contenders;
  }

  /** All in turn, so that all see the same machine. */
  private void measure(int width) throws Exception {
    for (Computation contender : contenders()) {
      Workloads work = new Workloads(contender.open(), gpu.map(number -> new Gpu(number, 1)));
      String key = key(contender, width);
      add(key + " training", work.training(width, tasks(), seconds));
      add(key + " training in one task", work.training(width, 1, seconds));
      add(key + " features", work.features(width, tasks(), seconds));
      add(key + " heads", work.headEpochSeconds());
      add(key + " overhead", work.overheadShare(width, seconds));
      if (stock && contender.equals(Computation.DL4J)) {
        add(key + " stock", work.stockTraining(width, tasks(), seconds));
      }
    }
    if (python != null) {
      PyTorch pyTorch = new PyTorch(python, script, seconds);
      for (Precision precision : precisions) {
        for (Map.Entry<Way, PyTorch.Speed> speed :
            pyTorch.speeds(width, precision, cores).entrySet()) {
          String key = pyTorchKey(precision, speed.getKey(), width);
          add(key + " training", speed.getValue().training());
          add(key + " features", speed.getValue().features());
        }
      }
    }
  }

  private int tasks() {
    return gpu.isPresent() ? TASKS_ON_A_GPU : cores;
  }

  private static String key(Computation contender, int width) {
    return "%s %s %s".formatted(contender.engine(), contender.precision().label(), width);
  }

  private static String pyTorchKey(Precision precision, Way way, int width) {
    return "PyTorch %s %s %s".formatted(precision.label(), way, width);
  }

  private void add(String key, double value) {
    measured.computeIfAbsent(key, name -> new ArrayList<>()).add(value);
  }

  private void print(Computation contender, int width) throws IOException {
    String key = key(contender, width);
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("engine", contender.engine());
    line.put("precision", contender.precision().label());
    line.put("width", width);
    line.put("tasks", tasks());
    line.put("training_images_per_s", rounded(median(key + " training")));
    line.put("training_in_one_task", rounded(median(key + " training in one task")));
    line.put("features_images_per_s", rounded(median(key + " features")));
    line.put("heads_on_10000_x_1024_seconds_per_epoch", rounded(median(key + " heads")));
    line.put("overhead_share_at_most", rounded(median(key + " overhead")));
    if (measured.containsKey(key + " stock")) {
      line.put("ratio_stock", ratio(key + " training", key + " stock"));
    }
    if (python != null) {
      addPyTorch(line, contender, width);
    }
    print(line);
  }

  private void addPyTorch(Map<String, Object> line, Computation contender, int width) {
    String key = key(contender, width) + " training";
    Precision precision = contender.precision();
    String reference = pyTorchKey(precision, Way.REFERENCE, width) + " training";
    Way best = Way.REFERENCE;
    for (Way way : Way.all(cores)) {
      if (median(pyTorchKey(precision, way, width) + " training")
          > median(pyTorchKey(precision, best, width) + " training")) {
        best = way;
      }
    }
    String bestKey = pyTorchKey(precision, best, width) + " training";
    line.put("pytorch_best", best.toString());
    line.put("pytorch_best_images_per_s", rounded(median(bestKey)));
    line.put("ratio_best", ratio(key, bestKey));
    line.put("ratio_reference", ratio(key, reference));
  }

  private double ratio(String numerator, String denominator) {
    return rounded(median(numerator) / median(denominator));
  }

  private double median(String key) {
    List<Double> sorted =
        Optional.ofNullable(measured.get(key)).orElseThrow().stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /** Of this process, which has done everything that was asked for. */
  private static double peakResidentGib() throws IOException {
    String line =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(l -> l.startsWith("VmHWM:"))
            .findFirst()
            .orElseThrow();
    return Double.parseDouble(line.replaceAll("\\D", "")) / (1 << 20);
  }

  private static double rounded(double value) {
    return Math.round(value * 1000) / 1000.0;
  }

  private static void print(Map<String, Object> line) throws IOException {
    System.out.println(JSON.writeValueAsString(line));
  }
}
