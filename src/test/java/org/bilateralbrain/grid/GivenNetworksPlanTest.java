package org.bilateralbrain.grid;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.nn.ClassOrder;
import org.junit.jupiter.api.Test;

/** Plans with networks that were trained elsewhere. */
class GivenNetworksPlanTest extends PlanFixture {

  @Test
  void theSameCheckpointForSeveralSeedsIsOneHemisphere() throws IOException {
    SweepConfig config =
        config(
            "grid { seeds = [0, 1, 2], models = [bilateral-specialised], variants.v.left.checkpoint = a.pt }");
    SweepPlan plan = SweepPlan.of(config, DATA, SweepPlan.Checkpoints.UNREAD);

    assertThat(plan.jobs()).filteredOn(job -> job instanceof PretrainedHemisphereJob).hasSize(1);
    assertThat(plan.points()).hasSize(3);
  }

  @Test
  void theOrderOfAHeadsRowsIsPartOfAPretrainedHemispheresId() throws IOException {
    String given = "grid { seeds = [0], models = [unilateral-fine], variants.v.left { %s } }";
    Job reference = onlyJob(given.formatted("checkpoint = a.pt"));
    Job numeric = onlyJob(given.formatted("checkpoint = a.pt, checkpoint-class-order = numeric"));

    assertThat(reference.specification().values())
        .containsEntry("pretrained.class-order", "reference");
    assertThat(numeric.specification().values())
        .containsKey("pretrained")
        .doesNotContainKey("pretrained.class-order");
    assertThat(numeric.id()).isNotEqualTo(reference.id());
    assertThat(onlyJob(given.formatted("checkpoint = a")).id())
        .as("a file and an artifact of equal digests")
        .isEqualTo(numeric.id());
  }

  @Test
  void aHemisphereThatIsTrainedFurtherDependsOnTheFileItStartsFrom() throws IOException {
    String settings = "grid { seeds = [3], models = [unilateral-fine], variants.v.left { %s } }";
    Job scratch = onlyJob(settings.formatted(""));
    Job further = onlyJob(settings.formatted("start-from = \"a-{seed}.pt\""));

    assertThat(further).isInstanceOf(HemisphereJob.class);
    assertThat(((HemisphereJob) further).startFrom())
        .isEqualTo(new Checkpoint("a-3.pt", "", ClassOrder.REFERENCE, null));
    assertThat(further.title())
        .isEqualTo("fine hemisphere, resnet9 width 64, trained further, seed 3");
    assertThat(further.specification().values()).containsEntry("start-from", "");
    assertThat(further.id()).isNotEqualTo(scratch.id());
  }

  @Test
  void trainedNetworksWithTwoHeadsTakeThePlaceOfEnsembleMembers() throws IOException {
    SweepPlan plan =
        given(
            "grid { seeds = [0, 1], models = [unilateral-both, ensemble] }, both-heads.checkpoint = \"a-{seed}.pt\"");

    assertThat(plan.jobs())
        .filteredOn(job -> job instanceof PretrainedHemisphereJob)
        .extracting(Job::title)
        .as("their digests are the same here")
        .containsExactly("fine and coarse hemisphere, resnet9 width 64, pretrained, seed 0");
    assertThat(kinds(plan)).isEqualTo(Map.of("hemisphere", 1L, "ensemble", 1L));
    assertThat(plan.points()).hasSize(3);
  }

  @Test
  void aTrainedBilateralNetworkNeedsNoHemispheres() throws IOException {
    SweepPlan plan =
        given(
            "grid { seeds = [2], models = [bilateral-specialised], variants.v.right.backbone = vgg11 }, heads.checkpoint = a.pt");

    assertThat(plan.jobs()).hasSize(1);
    assertThat(plan.jobs().get(0))
        .isInstanceOfSatisfying(
            PretrainedBilateralJob.class,
            job -> {
              assertThat(job.title())
                  .isEqualTo(
                      "bilateral network, resnet9 width 64 + vgg11 width 64, pretrained, seed 2");
              assertThat(job.checkpoint().classOrder()).isEqualTo(ClassOrder.NUMERIC);
              assertThat(job.architecture().features()).isEqualTo(512 + 4096);
            });
  }

  private SweepPlan given(String settings) throws IOException {
    return SweepPlan.of(config(settings), DATA, SweepPlan.Checkpoints.UNREAD);
  }

  private Job onlyJob(String settings) throws IOException {
    SweepPlan plan = SweepPlan.of(config(settings), DATA, SweepPlan.Checkpoints.UNREAD);
    assertThat(plan.jobs()).hasSize(1);
    return plan.jobs().get(0);
  }
}
