package org.bilateralbrain.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.nn.Precision;

/**
 * PyTorch on the same network, in processes of its own.
 *
 * @param python a Python with PyTorch, best one whose allocator keeps its memory
 * @param script trains and tests, and prints its speed as JSON
 * @param seconds length of one measurement
 */
record PyTorch(String python, File script, double seconds) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Images per second of the whole machine. */
  record Speed(double training, double features) {}

  /** One way of running PyTorch. */
  record Way(String layout, int processes) {

    /** The way of the reference implementation. */
    static final Way REFERENCE = new Way("nchw", 1);

    static List<Way> all(int cores) {
      return List.of(REFERENCE, new Way("nchw", cores), new Way("nhwc", 1), new Way("nhwc", cores));
    }

    @Override
    public String toString() {
      return "%s, %s processes".formatted(layout, processes);
    }
  }

  /** The speed of each way of running it. */
  Map<Way, Speed> speeds(int width, Precision precision, int cores)
      throws IOException, InterruptedException {
    Map<Way, Speed> speeds = new LinkedHashMap<>();
    for (Way way : Way.all(cores)) {
      speeds.put(way, speed(width, precision, way));
    }
    return speeds;
  }

  private Speed speed(int width, Precision precision, Way way)
      throws IOException, InterruptedException {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("--width", width);
    options.put("--batch", Workloads.BATCH);
    options.put("--precision", precision.label());
    options.put("--layout", way.layout());
    options.put("--processes", way.processes());
    options.put("--seconds", 2 * seconds); // it trains in the first half of its time
    List<String> command = new ArrayList<>(List.of(python, script.toString()));
    options.forEach((option, value) -> command.addAll(List.of(option, value.toString())));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    JsonNode figures = JSON.readTree(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IOException(
          "%s exited with %d".formatted(String.join(" ", command), process.exitValue()));
    }
    return new Speed(
        figures.get("train_images_per_s").asDouble(), figures.get("infer_images_per_s").asDouble());
  }
}
