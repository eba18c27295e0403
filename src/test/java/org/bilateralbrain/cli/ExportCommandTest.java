package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.grid.GridPoint;
import org.bilateralbrain.grid.NetworkJob;
import org.bilateralbrain.nn.Engines;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Prediction;
import org.bilateralbrain.nn.SafeTensors;
import org.bilateralbrain.nn.Weights;
import org.bilateralbrain.sweep.SweepSetup;
import org.bilateralbrain.train.JobData;
import org.bilateralbrain.train.NetworkTester.Ensemble;
import org.bilateralbrain.train.StoredNetworks;
import org.bilateralbrain.train.TrainedHere;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ExportCommandTest extends CommandFixture {

  private static final String SWEEP =
      """
      bilateral {
        name = tiny
        data.synthetic { train-images = 60, test-images = 20, coarse-classes = 5, fine-per-coarse = 2 }
        grid { seeds = [0, 1], models = [unilateral-fine, bilateral-specialised, unilateral-both, ensemble] }
        ensemble.sizes = [2]
        hemisphere { width = 2, epochs = 1, batch-size = 20 }
        heads { epochs = 1, batch-size = 20 }
        both-heads { epochs = 1, batch-size = 20 }
      }
      """;

  private static final List<String> NAMES =
      List.of(
          "unilateral-fine-symmetric-resnet9-seed0",
          "unilateral-fine-symmetric-resnet9-seed1",
          "unilateral-both-symmetric-resnet9-seed0",
          "unilateral-both-symmetric-resnet9-seed1",
          "bilateral-specialised-symmetric-resnet9-seed0",
          "bilateral-specialised-symmetric-resnet9-seed1");

  @Test
  void everyNetworkOfTheResultsIsWrittenUnderItsNameAndReadElsewhere() throws Exception {
    SweepSetup setup = setup();
    TrainedHere.everythingOf(setup);

    assertThat(export("safetensors")).isZero();
    assertThat(export("dl4j")).isZero();
    assertThat(export("pytorch")).isZero();
    assertThat(export("onnx")).isZero();

    try (Stream<Path> files = Files.list(target())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              NAMES.stream()
                  .flatMap(n -> Stream.of(".safetensors", ".zip", ".pt", ".onnx").map(n::concat))
                  .toList());
    }
    assertThat(out()).contains("6 of 6 networks written to " + target());
    for (GridPoint point : setup.plan().points()) {
      if (NAMES.contains(point.name())) {
        assertDl4jReadsWhatWePredict(setup, point);
        assertSafetensorsHoldsTheStoredWeights(setup, point);
      }
    }
  }

  private void assertDl4jReadsWhatWePredict(SweepSetup setup, GridPoint point) throws IOException {
    Examples images = images(setup, point);
    ComputationGraph graph =
        ModelSerializer.restoreComputationGraph(target().resolve(point.name() + ".zip").toFile());
    float[] pixels = ((Examples.OfImages) images).batch().pixels();
    INDArray[] probabilities =
        graph.output(Nd4j.createFromArray(pixels).reshape(images.count(), 32, 32, 3));

    Prediction prediction = prediction(setup, point, images);
    for (int i = 0; i < point.heads().size(); i++) {
      Head head = point.heads().get(i);
      int[] classes = prediction.classes(head);
      float[] expected = prediction.probabilities(head);
      for (int image = 0; image < images.count(); image++) {
        assertThat(probabilities[i].getFloat(image, classes[image]))
            .isEqualTo(expected[image], within(1e-5f));
      }
    }
  }

  private void assertSafetensorsHoldsTheStoredWeights(SweepSetup setup, GridPoint point)
      throws IOException {
    byte[] file = Files.readAllBytes(target().resolve(point.name() + ".safetensors"));
    NetworkJob job = (NetworkJob) point.job();
    Weights read = SafeTensors.read(ByteBuffer.wrap(file), job.architecture().parameters());

    assertThat(read.digest()).isEqualTo(stored(setup, point).weights().digest());
  }

  @Test
  void pythonReadsTheTensorsThatWereWritten() throws Exception {
    assumeTrue(python("import json, struct").waitFor() == 0, "Python is not there");
    SweepSetup setup = setup();
    TrainedHere.everythingOf(setup);
    export("safetensors");
    GridPoint point = setup.plan().points().get(0);
    Path file = target().resolve(point.name() + ".safetensors");
    float[] expected = stored(setup, point).weights().get("hemisphere.conv2.0.weight").values();

    Process reader =
        python(
            """
            import json, struct
            path = %s
            name = 'hemisphere.conv2.0.weight'
            try:
                from safetensors import safe_open
                with safe_open(path, 'numpy') as file:
                    values = file.get_tensor(name).flatten().tolist()
            except ImportError:  # by the format's description
                content = open(path, 'rb').read()
                length = struct.unpack('<Q', content[:8])[0]
                tensor = json.loads(content[8:8 + length])[name]
                begin, end = tensor['data_offsets']
                assert tensor['dtype'] == 'F32' and tensor['shape'] == [4, 2, 3, 3]
                values = struct.unpack('<%%df' %% ((end - begin) // 4), content[8 + length + begin:8 + length + end])
            print(len(values), sum(values))
            """
                .formatted("'" + file + "'"));
    String[] answer =
        new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .strip()
            .split(" ", -1);
    assertThat(reader.waitFor(1, TimeUnit.MINUTES)).isTrue();

    double sum = 0;
    for (float value : expected) {
      sum += value;
    }
    assertThat(Integer.parseInt(answer[0])).isEqualTo(expected.length);
    assertThat(Double.parseDouble(answer[1])).isEqualTo(sum, within(1e-9));
  }

  private static Process python(String program) throws IOException {
    try {
      return new ProcessBuilder("python3", "-c", program)
          .redirectError(ProcessBuilder.Redirect.INHERIT)
          .start();
    } catch (IOException e) {
      return new ProcessBuilder("false").start();
    }
  }

  @Test
  void networksThatAreMissingAreNamedAndMakeExitOne() throws Exception {
    SweepSetup setup = setup();
    TrainedHere.everythingOf(setup);
    File hemispheres = temp.resolve("store/artifacts/hemisphere").toFile();
    String lost = setup.plan().points().get(0).job().id();
    assertThat(new File(hemispheres, lost).renameTo(temp.resolve("lost").toFile())).isTrue();

    assertThat(export("safetensors")).isEqualTo(1);
    assertThat(out())
        .contains("missing  " + NAMES.get(0) + ": the artifact hemisphere/" + lost)
        .contains("5 of 6 networks written");
  }

  @Test
  void beforeTheSweepWasRunThereIsNothingToExport() throws Exception {
    assertThat(export("safetensors")).isEqualTo(2);
    assertThat(err()).contains("None of the networks of tiny is in ").contains("run it first");
  }

  @Test
  void anUnknownFormatIsRefusedWithTheKnownOnes() throws Exception {
    assertThat(export("h5")).isEqualTo(2);
    assertThat(err())
        .contains("--format h5 is unknown; expected one of: safetensors, pytorch, onnx, dl4j");
  }

  private int export(String format) throws IOException {
    return execute(
        "export",
        conf(SWEEP),
        "--set",
        "bilateral.store=" + temp.resolve("store"),
        "--target",
        target().toString(),
        "--format",
        format);
  }

  private Path target() {
    return temp.resolve("target");
  }

  private SweepSetup setup() throws IOException {
    File file = new File(conf(SWEEP));
    SweepConfig config =
        SweepConfig.load(file, List.of("bilateral.store=" + temp.resolve("store")));
    return SweepSetup.of(config, new Configuration());
  }

  private static DataSet dataSet(SweepSetup setup) {
    return DataSource.Cache.load(setup.source(), new Configuration());
  }

  private static Examples images(SweepSetup setup, GridPoint point) {
    return JobData.of(point.job().data(), dataSet(setup)).test(20).iterator().next();
  }

  private static StoredNetworks.Stored stored(SweepSetup setup, GridPoint point)
      throws IOException {
    return StoredNetworks.of(setup.store(), new Configuration()).readAll(point.job()).get(0);
  }

  private static Prediction prediction(SweepSetup setup, GridPoint point, Examples images)
      throws IOException {
    try (Ensemble network = Ensemble.of(Engines.named("dl4j"), List.of(stored(setup, point)))) {
      return network.predict(images);
    }
  }
}
