package org.bilateralbrain.nn.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Layer.Plasticity;
import org.bilateralbrain.nn.Optimiser;
import org.bilateralbrain.nn.Parameter;
import org.bilateralbrain.nn.TestNetworks;
import org.bilateralbrain.nn.dl4j.Segment.Role;
import org.junit.jupiter.api.Test;

class SegmentTest {

  private static final HemisphereShape SHAPE = new HemisphereShape(Backbone.RESNET9, 2);

  private static List<Segment> segments(Architecture architecture, boolean decaysNormAndBias) {
    Hyperparameters hyperparameters =
        new Hyperparameters(
            Optimiser.Adam.DEFAULT, 0.1, decaysNormAndBias, Double.POSITIVE_INFINITY, 0, 0, 0);
    ParameterTensors tensors =
        ParameterTensors.of(Graphs.training(architecture, hyperparameters), architecture);
    return Segment.of(tensors, architecture, hyperparameters);
  }

  @Test
  void weightsScalesAndShiftsAreOneSegmentUpToTheNextStatistics() {
    Architecture architecture = TestNetworks.unilateral(Backbone.RESNET9, 2);
    List<Segment> segments = segments(architecture, true);

    int norms = 8;
    assertThat(segments).hasSize(2 * norms + 1); // the heads come after the last statistics
    assertThat(segments.get(0)).isEqualTo(new Segment(Role.LEARNED, 0.1, 0, 0, 2 * 3 * 9 + 2 + 2));
    assertThat(segments.get(1).role()).isEqualTo(Role.FOLLOWING);
    assertThat(segments.get(1).count()).isEqualTo(2 + 2);
    assertThat(Segment.learned(segments)).isEqualTo(architecture.parameterCount());
    assertTiles(segments);
  }

  @Test
  void withoutDecayTheyAreSegmentsOfTheirOwn() {
    Architecture architecture = TestNetworks.unilateral(Backbone.RESNET9, 2);
    List<Segment> segments = segments(architecture, false);

    long decayed =
        segments.stream().filter(each -> each.weightDecay() > 0).mapToLong(Segment::count).sum();
    long weights =
        architecture.parameters().stream()
            .filter(parameter -> parameter.kind() == Parameter.Kind.WEIGHT)
            .mapToLong(Parameter::count)
            .sum();
    assertThat(decayed).isEqualTo(weights);
    assertThat(Segment.learned(segments)).isEqualTo(architecture.parameterCount());
    assertTiles(segments);
  }

  @Test
  void aFrozenHemisphereIsInNone() {
    Architecture architecture =
        TestNetworks.bilateral(SHAPE, Plasticity.FROZEN, Plasticity.TRAINED);
    long frozen =
        TestNetworks.unilateral(Backbone.RESNET9, 2).layers().stream()
            .flatMap(layer -> layer.parameters().stream())
            .mapToLong(Parameter::count)
            .sum();
    long all = architecture.parameters().stream().mapToLong(Parameter::count).sum();

    List<Segment> segments = segments(architecture, true);
    assertThat(segments.stream().mapToLong(Segment::count).sum()).isEqualTo(all - frozen);
  }

  /** Nothing is left out or twice. */
  private static void assertTiles(List<Segment> segments) {
    long start = 0;
    long learned = 0;
    for (Segment segment : segments) {
      assertThat(segment.start()).isEqualTo(start);
      assertThat(segment.learnedStart()).isEqualTo(learned);
      start += segment.count();
      learned += segment.isLearned() ? segment.count() : 0;
    }
  }
}
