package org.bilateralbrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.CheckpointSettings;
import org.bilateralbrain.data.DataException;
import org.bilateralbrain.data.TorchFile;
import org.bilateralbrain.data.TorchFiles;
import org.bilateralbrain.grid.Checkpoint;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.ClassOrder;
import org.bilateralbrain.nn.Engines;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Initialisation;
import org.bilateralbrain.nn.Layer.Plasticity;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.SafeTensors;
import org.bilateralbrain.nn.TestNetworks;
import org.bilateralbrain.nn.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files as torch.save writes them, with the reference implementation's names. */
class PretrainedNetworksTest {

  @TempDir Path temp;

  private final PretrainedNetworks pretrained = new PretrainedNetworks(new Configuration());

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 10, 12, 13, 57, 98, 99})
  void aSingleHeadThatPicksARowPredictsTheClassOfThatRankInTextOrder(int row) throws IOException {
    Architecture network = hemisphere(Backbone.RESNET9, Map.of(Head.FINE, 100));
    Map<String, Weights.Tensor> picking =
        new LinkedHashMap<>(Initialisation.draw(network, 3).tensors());
    float[] bias = new float[100];
    bias[row] = 1;
    int features = network.features();
    picking.put(
        "fine_head.1.weight",
        new Weights.Tensor(List.of(100, features), new float[100 * features]));
    picking.put("fine_head.1.bias", new Weights.Tensor(List.of(100), bias));
    String file = file(picking, UnaryOperator.identity());

    String number = List.copyOf(numbersAsText(100)).get(row);
    assertThat(predicted(file, ClassOrder.REFERENCE, network)).isEqualTo(Integer.parseInt(number));
    assertThat(predicted(file, ClassOrder.NUMERIC, network)).isEqualTo(row);
  }

  private static Set<String> numbersAsText(int classes) {
    Set<String> numbers = new TreeSet<>();
    IntStream.range(0, classes).forEach(number -> numbers.add("" + number));
    return numbers;
  }

  private int predicted(String file, ClassOrder order, Architecture architecture) {
    StoredNetworks.Stored stored = read(file, order, architecture);
    try (Network network =
        Engines.named("dl4j").create(architecture, Hyperparameters.NONE, stored.weights())) {
      return network.predict(TestNetworks.noise(1, 0)).classes(Head.FINE)[0];
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Backbone.class,
      names = {"RESNET18", "RESNET34", "RESNET50"})
  void deepResNetsMayHaveTheReferencesNamesOrTorchvisions(Backbone backbone) throws IOException {
    Architecture network = hemisphere(backbone, TestNetworks.CLASSES);
    Weights drawn = Initialisation.draw(network, 4);

    for (String file :
        List.of(
            file(drawn.tensors(), UnaryOperator.identity()),
            file(drawn.tensors(), name -> "model." + ofPytorchCifar100(name)))) {
      assertThat(read(file, ClassOrder.NUMERIC, network).weights().digest())
          .isEqualTo(drawn.digest());
    }
  }

  /** Its modules by torchvision's, written down one by one. */
  private static String ofPytorchCifar100(String torchvision) {
    String[][] modules = {
      {"hemisphere.conv1.", "hemisphere.conv1.0."},
      {"hemisphere.bn1.", "hemisphere.conv1.1."},
      {"hemisphere.layer1.", "hemisphere.conv2_x."},
      {"hemisphere.layer2.", "hemisphere.conv3_x."},
      {"hemisphere.layer3.", "hemisphere.conv4_x."},
      {"hemisphere.layer4.", "hemisphere.conv5_x."},
      {".downsample.0.", ".shortcut.0."},
      {".downsample.1.", ".shortcut.1."},
      {"_x.B.conv1.", "_x.B.residual_function.0."},
      {"_x.B.bn1.", "_x.B.residual_function.1."},
      {"_x.B.conv2.", "_x.B.residual_function.3."},
      {"_x.B.bn2.", "_x.B.residual_function.4."},
      {"_x.B.conv3.", "_x.B.residual_function.6."},
      {"_x.B.bn3.", "_x.B.residual_function.7."},
    };
    String theirs = torchvision;
    for (String[] module : modules) {
      for (int block = 0; block < (module[0].contains("B") ? 10 : 1); block++) {
        String number = Integer.toString(block);
        theirs = theirs.replace(module[0].replace("B", number), module[1].replace("B", number));
      }
    }
    return theirs;
  }

  @Test
  void aBilateralNetworkMayHaveTheReferencesNamesOrOurs() throws IOException {
    Architecture network =
        TestNetworks.bilateral(
            new HemisphereShape(Backbone.RESNET9, 1), Plasticity.FROZEN, Plasticity.FROZEN);
    Weights drawn = Initialisation.draw(network, 4);
    Map<String, Weights.Tensor> withDuplicates = new LinkedHashMap<>(drawn.tensors());
    withDuplicates.put("left.net.0.0.weight", drawn.get("left.conv1.0.weight"));
    withDuplicates.put("right.net.0.0.weight", drawn.get("right.conv1.0.weight"));

    for (String file :
        List.of(
            file(drawn.tensors(), UnaryOperator.identity()),
            file(
                withDuplicates,
                name ->
                    "model."
                        + name.replaceFirst("^left", "fine_hemi")
                            .replaceFirst("^right", "coarse_hemi")))) {
      assertThat(read(file, ClassOrder.NUMERIC, network).weights().digest())
          .isEqualTo(drawn.digest());
    }
  }

  @Test
  void aFileOfAnotherNetworkIsRefusedWithEachDifference() throws IOException {
    Architecture network = hemisphere(Backbone.RESNET18, TestNetworks.CLASSES);
    Map<String, Weights.Tensor> tensors =
        new LinkedHashMap<>(Initialisation.draw(network, 4).tensors());
    tensors.remove("hemisphere.layer1.0.bn2.bias");
    tensors.put("hemisphere.fc.bias", new Weights.Tensor(List.of(1), new float[1]));
    String file = file(tensors, PretrainedNetworksTest::ofPytorchCifar100);

    assertThatThrownBy(
            () -> pretrained.find(settings(file, ClassOrder.NUMERIC), network, "a resnet18"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("network.pt doesn't hold a resnet18")
        .hasMessageContaining("hemisphere.layer1.0.bn2.bias is missing")
        .hasMessageContaining("hemisphere.fc.bias is not a parameter of this network")
        .hasMessageContaining("leave out what isn't the network's");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "module.",
        "_orig_mod.",
        "model._orig_mod.module.",
        "net.module.",
        "module.model."
      })
  void whatPyTorchsWrappersAddToNamesIsIgnored(String prefix) throws IOException {
    Architecture network = hemisphere(Backbone.RESNET9, TestNetworks.CLASSES);
    Weights drawn = Initialisation.draw(network, 4);

    for (String file :
        List.of(
            file(drawn.tensors(), name -> prefix + name),
            file(
                drawn.tensors(),
                name -> name.replace("hemisphere.", "hemisphere._orig_mod.module.")))) {
      assertThat(read(file, ClassOrder.NUMERIC, network).weights().digest())
          .isEqualTo(drawn.digest());
    }
  }

  @Test
  void aDivergedNetworkIsRefused() throws IOException {
    Architecture network = hemisphere(Backbone.RESNET9, TestNetworks.CLASSES);
    Map<String, Weights.Tensor> tensors =
        new LinkedHashMap<>(Initialisation.draw(network, 4).tensors());
    String first = tensors.keySet().iterator().next();
    Weights.Tensor tensor = tensors.get(first);
    float[] values = tensor.values().clone();
    values[values.length - 1] = Float.NaN;
    tensors.put(first, new Weights.Tensor(tensor.shape(), values));
    String file = file(tensors, UnaryOperator.identity());

    assertThatThrownBy(
            () -> pretrained.find(settings(file, ClassOrder.NUMERIC), network, "a resnet9"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("network.pt holds numbers that are infinite or NaN");
  }

  @Test
  void ofTwoNetworksInAFileOneHasToBeChosen() throws IOException {
    Architecture network = hemisphere(Backbone.RESNET9, TestNetworks.CLASSES);
    Weights drawn = Initialisation.draw(network, 4);
    Weights average = Initialisation.draw(network, 5);
    Map<String, Weights.Tensor> both = new LinkedHashMap<>();
    drawn.tensors().forEach((name, tensor) -> both.put("model." + name, tensor));
    average.tensors().forEach((name, tensor) -> both.put("ema_model.module." + name, tensor));
    String file = file(both, UnaryOperator.identity());

    assertThatThrownBy(() -> read(file, ClassOrder.NUMERIC, network))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "it holds several networks, whose names begin with \"ema_model.\", \"model.\"; choose one with checkpoint-prefix");
    assertThatThrownBy(() -> read(file, "net.", network))
        .hasMessageContaining("checkpoint-prefix is \"net.\"");
    assertThat(read(file, "model.", network).digest()).isEqualTo(drawn.digest());
    assertThat(read(file, "ema_model.module.", network).digest()).isEqualTo(average.digest());
  }

  @Test
  void safetensorsOfOtherProgramsAreRead() throws IOException {
    Architecture network = hemisphere(Backbone.RESNET9, TestNetworks.CLASSES);
    Weights drawn = Initialisation.draw(network, 4);
    Map<String, Weights.Tensor> theirs = new LinkedHashMap<>();
    drawn.tensors().forEach((name, tensor) -> theirs.put("model." + name, tensor));
    theirs.put("model.hemisphere.bn.num_batches_tracked", new Weights.Tensor(List.of(), one()));
    Path file = temp.resolve("network.safetensors");
    try (OutputStream out = Files.newOutputStream(file)) {
      SafeTensors.write(new Weights(theirs), Map.of(), out);
    }

    assertThat(read(file.toString(), ClassOrder.NUMERIC, network).weights().digest())
        .isEqualTo(drawn.digest());
  }

  private static float[] one() {
    return new float[] {1};
  }

  @ParameterizedTest
  @EnumSource(
      value = Backbone.class,
      names = {"RESNET9", "SPARSE_RESNET9", "RESNET18", "RESNET50"})
  void whatIsExportedToPyTorchIsReadBackUnderTheReferencesNames(Backbone backbone)
      throws IOException {
    Architecture single = hemisphere(backbone, Map.of(Head.FINE, 12));
    HemisphereShape shape = new HemisphereShape(backbone, 1);
    Architecture bilateral = TestNetworks.bilateral(shape, Plasticity.FROZEN, Plasticity.FROZEN);

    for (Architecture network : List.of(single, bilateral)) {
      Weights drawn = Initialisation.draw(network, 4);
      Path file = temp.resolve("exported.pt");
      try (OutputStream out = Files.newOutputStream(file)) {
        NetworkExport.writePyTorch(network, drawn, out);
      }
      ClassOrder order = network.heads().size() == 1 ? ClassOrder.REFERENCE : ClassOrder.NUMERIC;
      assertThat(read(file.toString(), order, network).weights().digest())
          .isEqualTo(drawn.digest());
      assertThat(TorchFile.read("exported.pt", Files.readAllBytes(file)).keySet())
          .noneMatch(name -> name.startsWith("left.") || name.startsWith("right."))
          .anyMatch(name -> name.endsWith(".num_batches_tracked"));
    }
  }

  @Test
  void aFileOfAnotherKindIsRefusedByItsName() throws IOException {
    String zip = Files.write(temp.resolve("network.zip"), new byte[] {'P', 'K', 3, 4}).toString();

    assertThatThrownBy(
            () -> read(zip, ClassOrder.NUMERIC, hemisphere(Backbone.RESNET9, TestNetworks.CLASSES)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "network.zip can't be read: it is neither an artifact's folder nor a file named *.ckpt, *.pt, *.pth, *.pth.tar or *.safetensors");
  }

  private Weights read(String file, String prefix, Architecture architecture) {
    Checkpoint checkpoint =
        pretrained.find(
            new CheckpointSettings(file, ClassOrder.NUMERIC, prefix), architecture, "a network");
    return pretrained.load(checkpoint, architecture, "a network").weights();
  }

  @Test
  void aFileThatHasChangedSinceThePlanIsRefused() throws IOException {
    Architecture network = hemisphere(Backbone.RESNET9, Map.of(Head.FINE, 3));
    String file = file(Initialisation.draw(network, 0).tensors(), UnaryOperator.identity());
    Checkpoint checkpoint =
        pretrained.find(settings(file, ClassOrder.REFERENCE), network, "a network");
    file(Initialisation.draw(network, 1).tensors(), UnaryOperator.identity());

    assertThatThrownBy(() -> pretrained.load(checkpoint, network, "a network"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("has changed since the sweep was planned");
  }

  private StoredNetworks.Stored read(String file, ClassOrder order, Architecture architecture) {
    return pretrained.load(
        pretrained.find(settings(file, order), architecture, "a network"),
        architecture,
        "a network");
  }

  private static CheckpointSettings settings(String file, ClassOrder order) {
    return new CheckpointSettings(file, order, null);
  }

  private static Architecture hemisphere(Backbone backbone, Map<Head, Integer> classes) {
    return Architecture.unilateral(TestNetworks.IMAGE, new HemisphereShape(backbone, 1), classes);
  }

  private String file(Map<String, Weights.Tensor> tensors, UnaryOperator<String> name)
      throws IOException {
    Map<String, Weights.Tensor> renamed = new LinkedHashMap<>();
    tensors.forEach((ours, tensor) -> renamed.put(name.apply(ours), tensor));
    return Files.write(temp.resolve("network.pt"), TorchFiles.stateDictionary(renamed)).toString();
  }
}
