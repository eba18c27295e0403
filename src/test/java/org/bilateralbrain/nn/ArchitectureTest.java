package org.bilateralbrain.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bilateralbrain.nn.Architecture.Depth;
import org.bilateralbrain.nn.Layer.Plasticity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ArchitectureTest {

  private static final Shape IMAGE = new Shape(32, 32, 3);
  private static final Map<Head, Integer> BOTH = Map.of(Head.FINE, 100, Head.COARSE, 20);

  @ParameterizedTest
  @CsvSource({
    "RESNET9, 100, 6619300",
    "RESNET9, 20, 6578260",
    "SPARSE_RESNET9, 20, 6580500",
    "INVERTED_RESNET9, 20, 2821588",
    "RESNET18, 100, 11220132",
    "RESNET34, 100, 21328292",
    "RESNET50, 100, 23705252",
    "RESNET101, 100, 42697380",
    "RESNET152, 100, 58341028",
    "VGG11, 20, 128848276",
    "VGG11_FEATURES, 100, 11729380"
  })
  void atThePapersWidthEachBackboneHasTheOriginalsParameterCount(
      Backbone backbone, int classes, long parameters) {
    Architecture network =
        Architecture.unilateral(
            IMAGE, new HemisphereShape(backbone, 64), Map.of(Head.FINE, classes));

    assertThat(network.parameterCount()).isEqualTo(parameters);
    assertThat(network.features()).isEqualTo(backbone.features(64));
  }

  @Test
  void headsOnTwoResnet9HaveThePapersParameterCount() {
    Architecture heads = Architecture.heads(1024, BOTH);

    assertThat(heads.parameterCount()).isEqualTo(123_000);
    assertThat(heads.heads()).containsExactly(Head.FINE, Head.COARSE);
  }

  @Test
  void resnet9TakesAsManyOperationsAsInTheLiterature() {
    Architecture network =
        Architecture.unilateral(
            IMAGE, new HemisphereShape(Backbone.RESNET9, 64), Map.of(Head.FINE, 100));

    assertThat(network.forwardOperations()).isCloseTo(0.76e9, within(0.01e9));
    assertThat(network.trainingOperations()).isCloseTo(2.27e9, within(0.01e9));
  }

  @Test
  void costsAreInProportionToMeasuredTimes() {
    double wide = resnet9(64).trainingCost();

    assertThat(wide / resnet9(16).trainingCost())
        .as("training: measured 9.4 to 9.9 times as long")
        .isBetween(9.0, 10.5);
    assertThat(wide / resnet9(64).forwardCost())
        .as("features: measured 3.6 times as fast")
        .isBetween(2.5, 4.5);
    assertThat(wide / Architecture.heads(1024, BOTH).trainingCost())
        .as("heads: measured 610 times as fast")
        .isBetween(400.0, 1200.0);
  }

  private static Architecture resnet9(int width) {
    return Architecture.unilateral(
        IMAGE, new HemisphereShape(Backbone.RESNET9, width), Map.of(Head.FINE, 100));
  }

  @Test
  void frozenHemispheresCostOnePassInsteadOfThree() {
    HemisphereShape shape = new HemisphereShape(Backbone.RESNET9, 64);
    Architecture frozen =
        Architecture.bilateral(IMAGE, shape, Plasticity.FROZEN, shape, Plasticity.FROZEN, BOTH);
    Architecture trained =
        Architecture.bilateral(IMAGE, shape, Plasticity.TRAINED, shape, Plasticity.TRAINED, BOTH);

    assertThat(frozen.trainingOperations() / frozen.forwardOperations())
        .isCloseTo(1, within(0.001));
    assertThat(trained.trainingOperations() / trained.forwardOperations())
        .isCloseTo(3, within(0.02));
    assertThat(trained.trainingCost()).isGreaterThan(2 * frozen.trainingCost());
  }

  @Test
  void aDeeperNetworkCostsMoreThanAShallowOneOfTheSameWidth() {
    List<Backbone> byCost =
        List.of(
            Backbone.VGG11,
            Backbone.RESNET9,
            Backbone.RESNET18,
            Backbone.RESNET34,
            Backbone.RESNET50,
            Backbone.RESNET101,
            Backbone.RESNET152);

    assertThat(byCost)
        .isSortedAccordingTo(
            (a, b) -> Double.compare(unilateral(a).trainingCost(), unilateral(b).trainingCost()));
  }

  @ParameterizedTest
  @EnumSource(Backbone.class)
  void parameterNamesAreUniqueAndLayersReadOnlyEarlierLayers(Backbone backbone) {
    Architecture network = unilateral(backbone);
    Set<String> defined = new LinkedHashSet<>(Set.of(Architecture.INPUT));
    for (Layer layer : network.layers()) {
      assertThat(defined).containsAll(layer.inputs());
      assertThat(defined.add(layer.name())).isTrue();
      assertThat(layer.inputs())
          .allSatisfy(input -> assertThat(network.output(input)).isEqualTo(layer.input()));
    }

    assertThat(network.parameters()).extracting(Parameter::name).doesNotHaveDuplicates();
  }

  @Test
  void theLayersOfABlockHaveTorchvisionsNames() {
    assertThat(unilateral(Backbone.RESNET18).parameters())
        .extracting(Parameter::name)
        .contains(
            "hemisphere.conv1.weight",
            "hemisphere.bn1.running_var",
            "hemisphere.layer2.0.conv1.weight",
            "hemisphere.layer2.0.downsample.0.weight",
            "hemisphere.layer2.0.downsample.1.bias",
            "fine_head.1.bias");
  }

  @ParameterizedTest
  @CsvSource({
    "RESNET9, res1, 16, res2.0, 64",
    "SPARSE_RESNET9, res1, 16, res2, 64",
    "INVERTED_RESNET9, res1, 32, res2, 8",
    "RESNET18, layer2.1, 16, layer4.1, 64",
    "RESNET34, layer2.3, 16, layer4.2, 64",
    "RESNET50, layer2.3, 64, layer4.2, 256",
    "RESNET101, layer2.3, 64, layer4.2, 256",
    "RESNET152, layer2.7, 64, layer4.2, 256",
    "VGG11, vgg.features.4, 16, vgg.features.20, 64",
    "VGG11_FEATURES, vgg.features.4, 16, vgg.features.20, 64"
  })
  void theExplainedMapsAreThoseOfBothResidualBlocksAndOfComparableStages(
      Backbone backbone, String middle, int middleChannels, String last, int lastChannels) {
    Architecture network = unilateral(backbone);

    assertThat(network.maps(Depth.MIDDLE)).containsExactly("hemisphere." + middle);
    assertThat(network.output("hemisphere." + middle)).isEqualTo(new Shape(16, 16, middleChannels));
    assertThat(network.maps(Depth.LAST)).containsExactly("hemisphere." + last);
    assertThat(network.output("hemisphere." + last).channels()).isEqualTo(lastChannels);
  }

  @Test
  void eachHemisphereHasItsOwnExplainedMaps() {
    Architecture network =
        Architecture.bilateral(
            IMAGE,
            new HemisphereShape(Backbone.RESNET9, 8),
            Plasticity.FROZEN,
            new HemisphereShape(Backbone.RESNET18, 8),
            Plasticity.TRAINED,
            BOTH);

    assertThat(network.maps(Depth.MIDDLE)).containsExactly("left.res1", "right.layer2.1");
    assertThat(network.maps(Depth.LAST)).containsExactly("left.res2.0", "right.layer4.1");
  }

  private static Architecture unilateral(Backbone backbone) {
    return Architecture.unilateral(IMAGE, new HemisphereShape(backbone, 8), Map.of(Head.FINE, 100));
  }
}
