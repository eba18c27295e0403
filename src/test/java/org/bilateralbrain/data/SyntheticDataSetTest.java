package org.bilateralbrain.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.bilateralbrain.data.SyntheticDataSet.Settings;
import org.junit.jupiter.api.Test;

class SyntheticDataSetTest {

  @Test
  void dependsOnlyOnItsSettings() {
    DataSet first = SyntheticDataSet.generate(new Settings(0, 200, 100, 20, 5));

    assertThat(SyntheticDataSet.generate(new Settings(0, 200, 100, 20, 5))).isEqualTo(first);
    assertThat(SyntheticDataSet.generate(new Settings(1, 200, 100, 20, 5)).digest())
        .isNotEqualTo(first.digest());
    assertThat(first.train().pixels(0, 1)).isNotEqualTo(first.test().pixels(0, 1));
  }

  @Test
  void hasTheRequestedHierarchy() {
    Hierarchy hierarchy = SyntheticDataSet.generate(new Settings(0, 200, 100, 20, 5)).hierarchy();

    assertThat(hierarchy.fineClasses()).isEqualTo(100);
    assertThat(hierarchy.coarseClasses()).isEqualTo(20);
    assertThat(hierarchy.coarseOfFine().subList(90, 100))
        .containsExactly(18, 18, 18, 18, 18, 19, 19, 19, 19, 19);
  }

  @Test
  void aLargerSetStartsWithTheSameImages() {
    Images few = SyntheticDataSet.generate(new Settings(0, 100, 100, 20, 5)).train();
    Images many = SyntheticDataSet.generate(new Settings(0, 300, 100, 20, 5)).train();

    assertThat(many.pixels(0, few.count())).startsWith(few.pixels(0, few.count()));
  }
}
