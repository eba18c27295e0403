package org.bilateralbrain.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.report.Analyses.OfNetwork;
import org.bilateralbrain.store.AnalysisFile;
import org.bilateralbrain.store.AnalysisFile.Split;
import org.bilateralbrain.store.SweepPlanFile;

/** Analyses as files for other programs, one line a network and value; numbers with all digits. */
public final class AnalysisCsv {

  private static final String NETWORK = "model,variant,backbone_left,backbone_right,seed,seed_right,network";

  private final Analyses analyses;

  public AnalysisCsv(Analyses analyses) {
    this.analyses = analyses;
  }

  /** By file name. */
  public Map<String, String> files() {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("networks.csv", table("images,predictions", this::predictions));
    files.put("split.csv", table("left_alone,right_alone,fine,coarse,images", this::split));
    files.put("similarity.csv", table("space,same_class,same_superclass,other_superclass", this::similarity));
    files.put("joint.csv", table("left_bin,right_bin,pairs", this::joint));
    files.put("reliance.csv", table("head,left_norm,right_norm,accuracy,left_silenced,right_silenced", this::reliance));
    files.put("superclasses.csv", table("head,superclass,answered,images,right", this::superclasses));
    return files;
  }

  /** Adds a network's lines. */
  private interface Lines {
    void add(String network, OfNetwork of, StringBuilder csv);
  }

  private String table(String columns, Lines lines) {
    StringBuilder csv = new StringBuilder(NETWORK).append(',').append(columns).append('\n');
    for (List<OfNetwork> group : analyses.groups().values()) {
      group.forEach(network -> lines.add(name(network.cell()), network, csv));
    }
    return csv.toString();
  }

  private static String name(SweepPlanFile.Cell cell) {
    return "%s,%s,%s,%s,%d,%d,%s"
        .formatted(
            cell.model(), cell.variant(), cell.backboneLeft(), cell.backboneRight(), cell.seed(), cell.seedRight(), cell.id());
  }

  private void predictions(String network, OfNetwork of, StringBuilder csv) {
    csv.append("%s,%d,%s%n".formatted(network, of.analysis().images(), of.artifact().location("predictions.parquet")));
  }

  private void split(String network, OfNetwork of, StringBuilder csv) {
    Split split = of.analysis().split();
    for (int number = 0; split != null && number < Split.CASES; number++) {
      csv.append(
          "%s,%b,%b,%b,%b,%d%n"
              .formatted(
                  network,
                  Split.leftIsRight(number),
                  Split.rightIsRight(number),
                  Split.fineIsRight(number),
                  Split.coarseIsRight(number),
                  split.images()[number]));
    }
  }

  private void similarity(String network, OfNetwork of, StringBuilder csv) {
    if (of.analysis().similarity() != null) {
      of.analysis().similarity().spaces().forEach(
          (name, space) ->
              csv.append(
                  "%s,%s,%s,%s,%s%n"
                      .formatted(network, name, space.sameClass(), space.sameSuperclass(), space.otherSuperclass())));
    }
  }

  private void joint(String network, OfNetwork of, StringBuilder csv) {
    if (of.analysis().similarity() != null) {
      int[][] joint = of.analysis().similarity().joint();
      for (int left = 0; left < joint.length; left++) {
        for (int right = 0; right < joint.length; right++) {
          if (joint[left][right] > 0) {
            csv.append("%s,%d,%d,%d%n".formatted(network, left, right, joint[left][right]));
          }
        }
      }
    }
  }

  private void reliance(String network, OfNetwork of, StringBuilder csv) {
    of.analysis().reliance().forEach(
        (head, each) ->
            csv.append(
                "%s,%s,%s,%s,%s,%s,%s%n"
                    .formatted(
                        network, head, each.leftNorm(), each.rightNorm(), each.accuracy(), each.leftSilenced(), each.rightSilenced())));
  }

  private void superclasses(String network, OfNetwork of, StringBuilder csv) {
    of.analysis().heads().forEach(
        (head, each) -> {
          for (int truth = 0; truth < each.superclasses().length; truth++) {
            superclass(network, head, each, truth, csv);
          }
        });
  }

  private static void superclass(String network, String head, AnalysisFile.OfHead of, int truth, StringBuilder csv) {
    for (int answer = 0; answer < of.superclasses().length; answer++) {
      int images = of.superclasses()[truth][answer];
      String right = answer == truth ? Integer.toString(of.rightBySuperclass()[truth]) : "";
      if (images > 0 || answer == truth) {
        csv.append("%s,%s,%d,%d,%d,%s%n".formatted(network, head, truth, answer, images, right));
      }
    }
  }
}
