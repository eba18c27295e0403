package org.bilateralbrain.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bilateralbrain.data.Partition.Rule;
import org.junit.jupiter.api.Test;

class PartitionTest {

  private static final int NO_LIMIT = Rule.NO_LIMIT;
  private static final Images TRAIN = TestImages.of(400, 20, 5, 1);
  private static final Images TEST = TestImages.of(100, 20, 5, 2);
  private static final DataSet DATA =
      DataSet.of(TRAIN, TEST, Hierarchy.of(TRAIN, TEST, List.of(), List.of()));

  @Test
  void theValidationPartIsStratifiedByFineClass() {
    Partition partition = Partition.of(DATA, new Rule(0, 0.1, NO_LIMIT, NO_LIMIT));

    assertThat(partition.validation().count()).isEqualTo(40);
    assertThat(classCounts(partition.validation()).values()).containsOnly(2L);
    assertThat(classCounts(partition.train()).values()).containsOnly(18L);
  }

  @Test
  void thePartsAreDisjointAndComplete() {
    Partition partition = Partition.of(DATA, new Rule(0, 0.37, NO_LIMIT, NO_LIMIT));
    Set<Integer> train = positions(partition.train());
    Set<Integer> validation = positions(partition.validation());

    assertThat(Collections.disjoint(train, validation)).isTrue();
    assertThat(train.size() + validation.size()).isEqualTo(400);
    assertThat(validation).hasSize(148);
  }

  @Test
  void theSplitDependsOnTheSeedOnly() {
    Rule rule = new Rule(5, 0.1, 200, 50);

    assertThat(positions(Partition.of(DATA, rule).validation()))
        .isEqualTo(positions(Partition.of(DATA, rule).validation()))
        .isNotEqualTo(positions(Partition.of(DATA, new Rule(6, 0.1, 200, 50)).validation()));
  }

  @Test
  void limitedPartsAreStratified() {
    Partition partition = Partition.of(DATA, new Rule(0, 0, 110, 30));

    assertThat(partition.train().count()).isEqualTo(110);
    assertThat(classCounts(partition.train()).values()).containsOnly(5L, 6L);
    assertThat(partition.test().count()).isEqualTo(30);
    assertThat(classCounts(partition.test()).values()).containsOnly(1L, 2L);
  }

  @Test
  void aLimitAboveTheNumberOfImagesKeepsAll() {
    assertThat(Partition.of(DATA, new Rule(0, 0, 5000, 5000)).train().count()).isEqualTo(400);
  }

  @Test
  void aFractionOfZeroHoldsOutNothing() {
    assertThat(Partition.of(DATA, new Rule(0, 0, NO_LIMIT, NO_LIMIT)).validation().count())
        .isZero();
  }

  private static Map<Integer, Long> classCounts(Subset subset) {
    return Arrays.stream(subset.positions())
        .boxed()
        .collect(Collectors.groupingBy(p -> subset.images().fineLabel(p), Collectors.counting()));
  }

  private static Set<Integer> positions(Subset subset) {
    return Arrays.stream(subset.positions()).boxed().collect(Collectors.toCollection(HashSet::new));
  }
}
