package org.bilateralbrain.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
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

  @Option(
      names = "--rounds",
      description = "Measurements of each figure, of which the median is printed (default: 3).")
  private int rounds = 3;

  @Option(names = "--seconds", description = "Length of one measurement (default: 10).")
  private double seconds = 10;

  @Option(names = "--widths", split = ",", description = "Widths of ResNet-9 (default: 64,16).")
  private int[] widths = {64, 16};

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

  public static void main(String[] args) {
    System.exit(new CommandLine(new Benchmark()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    for (int width : widths) {
      training(width);
    }
    for (int width : widths) {
      print(
          "features",
          width,
          Map.of("images_per_s", median(() -> Workloads.features(width, cores, seconds))));
    }
    print(
        "heads on 10000 x 1024 features",
        64,
        Map.of("seconds_per_epoch", median(Workloads::headEpochSeconds)));
    for (int width : widths) {
      print(
          "input pipeline",
          width,
          Map.of("share_of_step", median(() -> Workloads.inputShare(width, seconds))));
    }
    print("memory", 64, Map.of("peak_resident_gib", peakResidentGib()));
    return 0;
  }

  /** Ours and the others' in turn, so that all see the same machine. */
  private void training(int width) throws Exception {
    List<Double> machine = new ArrayList<>();
    List<Double> core = new ArrayList<>();
    List<Double> reference = new ArrayList<>();
    List<Double> best = new ArrayList<>();
    List<Double> stockLayers = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      machine.add(Workloads.training(width, cores, seconds));
      core.add(Workloads.training(width, 1, seconds));
      if (python != null) {
        reference.add(torch(width, "nchw", 1));
        best.add(torch(width, "nhwc", cores));
      }
      if (stock) {
        stockLayers.add(Workloads.stockTraining(width, cores, seconds));
      }
    }
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("images_per_s", median(machine));
    if (python != null) {
      figures.put("ratio_reference", median(machine) / median(reference));
      figures.put("ratio_best", median(machine) / median(best));
      figures.put("reference_images_per_s", median(reference));
      figures.put("best_images_per_s", median(best));
    }
    if (stock) {
      figures.put("ratio_stock", median(machine) / median(stockLayers));
    }
    print("training", width, figures);
    print("training on one core", width, Map.of("images_per_s", median(core)));
  }

  private double torch(int width, String layout, int processes)
      throws IOException, InterruptedException {
    List<String> command =
        List.of(
            python,
            script.toString(),
            "--width",
            Integer.toString(width),
            "--batch",
            Integer.toString(Workloads.BATCH),
            "--layout",
            layout,
            "--processes",
            Integer.toString(processes),
            "--seconds",
            Double.toString(2 * seconds)); // it trains in the first half of its time
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    JsonNode figures = JSON.readTree(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IOException(
          "%s exited with %d".formatted(String.join(" ", command), process.exitValue()));
    }
    return figures.get("train_images_per_s").asDouble();
  }

  private double median(Callable<Double> measurement) throws Exception {
    List<Double> values = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      values.add(measurement.call());
    }
    return median(values);
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
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

  private void print(String what, int width, Map<String, Double> figures) throws IOException {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("what", what);
    line.put("width", width);
    line.put("cores", cores);
    figures.forEach((key, value) -> line.put(key, Math.round(value * 1000) / 1000.0));
    System.out.println(JSON.writeValueAsString(line));
  }
}
