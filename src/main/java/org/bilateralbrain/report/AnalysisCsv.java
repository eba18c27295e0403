package org.bilateralbrain.report;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.report.Analyses.OfNetwork;
import org.bilateralbrain.store.AnalysisFile;
import org.bilateralbrain.store.AnalysisFile.CaseSimilarity;
import org.bilateralbrain.store.AnalysisFile.Split;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.Csv;
import org.bilateralbrain.store.SaliencyFile;
import org.bilateralbrain.store.SweepPlanFile;
import org.bilateralbrain.store.WholeFile;

/**
 * Analyses as CSV files for other programs, one line per network and value, numbers with all their
 * digits. Networks are named by the ids of their jobs, which {@code networks.csv} lists.
 */
public final class AnalysisCsv {

  private final String plan;
  private final Analyses analyses;
  private final RequestedMaps requested;

  /**
   * @param plan hash of the plan that the analyses are of
   */
  public AnalysisCsv(String plan, Analyses analyses, RequestedMaps requested) {
    this.plan = plan;
    this.analyses = analyses;
    this.requested = requested;
  }

  /**
   * By file name; {@code networks.csv} has a line for each line of the table that shows a network.
   */
  public Map<String, WholeFile.Content> files() {
    Collection<OfNetwork> networks = distinctNetworks();
    Map<String, WholeFile.Content> files = new LinkedHashMap<>();
    files.put(
        "networks.csv",
        table(
            "model,variant,backbone_left,backbone_right,seed,seed_right,network,images,predictions,plan",
            analyses.groups().values().stream().flatMap(List::stream).toList(),
            this::network));
    files.put(
        "split.csv",
        table("network,left_alone,right_alone,fine,coarse,images", networks, this::split));
    files.put(
        "similarity.csv",
        table(
            "network,space,same_class,same_superclass,other_superclass",
            networks,
            this::similarity));
    files.put(
        "similarity-by-case.csv",
        table(
            "network,space,left_alone,right_alone,fine,coarse,images,same_class,same_superclass,other_superclass,"
                + "same_case_and_class",
            networks,
            this::similarityByCase));
    files.put("joint.csv", table("network,left_bin,right_bin,pairs", networks, this::joint));
    files.put(
        "reliance.csv",
        table(
            "network,head,left_norm,right_norm,accuracy,left_silenced,right_silenced",
            networks,
            this::reliance));
    files.put(
        "superclasses.csv",
        table("network,head,superclass,answered,images,right", networks, this::superclasses));
    files.put(
        "saliency.csv",
        table(
            "network,image,file,column,shows,head,predicted,right,row,depth,layers,sum",
            networks,
            this::saliency));
    return files;
  }

  /** Appends a network's lines. */
  private interface Lines {
    void add(String network, OfNetwork of, StringBuilder csv);
  }

  /**
   * Written network by network: the lines of thousands of networks would take hundreds of
   * megabytes.
   */
  private static WholeFile.Content table(
      String columns, Collection<OfNetwork> networks, Lines lines) {
    return out -> {
      out.write((columns + "\n").getBytes(StandardCharsets.UTF_8));
      for (OfNetwork network : networks) {
        StringBuilder csv = new StringBuilder();
        lines.add(network.cell().id(), network, csv);
        out.write(csv.toString().getBytes(StandardCharsets.UTF_8));
      }
    };
  }

  /** Each network once, although several lines of the table can show it. */
  private Collection<OfNetwork> distinctNetworks() {
    Map<String, OfNetwork> byId = new LinkedHashMap<>();
    analyses.groups().values().stream()
        .flatMap(List::stream)
        .forEach(network -> byId.putIfAbsent(network.cell().id(), network));
    return byId.values();
  }

  private void network(String network, OfNetwork of, StringBuilder csv) {
    SweepPlanFile.GridPoint cell = of.cell();
    csv.append(
        Csv.line(
            cell.model(),
            cell.variant(),
            cell.backboneLeft(),
            cell.backboneRight(),
            cell.seed(),
            cell.seedRight(),
            network,
            of.analysis().images(),
            of.artifact().location(AnalysisFile.PREDICTIONS),
            plan));
  }

  private void split(String network, OfNetwork of, StringBuilder csv) {
    Split split = of.analysis().split();
    for (int number = 0; split != null && number < Split.CASES; number++) {
      csv.append(Csv.line(network, answers(number), split.images()[number]));
    }
  }

  private void similarity(String network, OfNetwork of, StringBuilder csv) {
    if (of.analysis().similarity() != null) {
      of.analysis()
          .similarity()
          .spaces()
          .forEach(
              (name, space) ->
                  csv.append(
                      Csv.line(
                          network,
                          name,
                          space.sameClass(),
                          space.sameSuperclass(),
                          space.otherSuperclass())));
    }
  }

  private void similarityByCase(String network, OfNetwork of, StringBuilder csv) {
    for (CaseSimilarity each : of.analysis().similarityByCase()) {
      each.spaces()
          .forEach(
              (name, space) ->
                  csv.append(
                      Csv.line(
                          network,
                          name,
                          answers(each.splitCase()),
                          each.images(),
                          space.toOthers().sameClass(),
                          space.toOthers().sameSuperclass(),
                          space.toOthers().otherSuperclass(),
                          space.sameCaseAndClass())));
    }
  }

  /** Which of the four predictions are right in a case. */
  private static List<Boolean> answers(int number) {
    return List.of(
        Split.leftIsRight(number),
        Split.rightIsRight(number),
        Split.fineIsRight(number),
        Split.coarseIsRight(number));
  }

  /** The examples of the cases, then the requested images. */
  private void saliency(String network, OfNetwork of, StringBuilder csv) {
    of.analysis()
        .examples()
        .forEach(example -> picture(network, of.artifact(), example.picture(), csv));
    requested.artifacts().stream()
        .filter(each -> each.cell().equals(of.cell()))
        .forEach(
            each ->
                each.pictures()
                    .forEach(picture -> picture(network, each.artifact(), picture, csv)));
  }

  /** Columns and rows count from 1; the picture's column 0 is the image itself. */
  private static void picture(
      String network, Artifact artifact, SaliencyFile.Picture picture, StringBuilder csv) {
    for (int column = 0; column < picture.columns().size(); column++) {
      SaliencyFile.Column of = picture.columns().get(column);
      for (int row = 0; row < of.rows().size(); row++) {
        SaliencyFile.Row map = of.rows().get(row);
        csv.append(
            Csv.line(
                network,
                picture.image(),
                artifact.location(picture.file()),
                column + 1,
                of.shows(),
                of.head(),
                of.target(),
                of.right(),
                row + 1,
                map.depth(),
                String.join(" ", map.layers()),
                map.sum()));
      }
    }
  }

  private void joint(String network, OfNetwork of, StringBuilder csv) {
    if (of.analysis().similarity() != null) {
      int[][] joint = of.analysis().similarity().joint();
      for (int left = 0; left < joint.length; left++) {
        for (int right = 0; right < joint.length; right++) {
          if (joint[left][right] > 0) {
            csv.append(Csv.line(network, left, right, joint[left][right]));
          }
        }
      }
    }
  }

  private void reliance(String network, OfNetwork of, StringBuilder csv) {
    of.analysis()
        .reliance()
        .forEach(
            (head, each) ->
                csv.append(
                    Csv.line(
                        network,
                        head,
                        each.leftNorm(),
                        each.rightNorm(),
                        each.accuracy(),
                        each.leftSilenced(),
                        each.rightSilenced())));
  }

  private void superclasses(String network, OfNetwork of, StringBuilder csv) {
    of.analysis()
        .heads()
        .forEach(
            (head, each) -> {
              for (int truth = 0; truth < each.superclasses().length; truth++) {
                superclass(network, head, each, truth, csv);
              }
            });
  }

  private static void superclass(
      String network, String head, AnalysisFile.OfHead of, int truth, StringBuilder csv) {
    for (int answer = 0; answer < of.superclasses().length; answer++) {
      int images = of.superclasses()[truth][answer];
      String right = answer == truth ? Integer.toString(of.rightBySuperclass()[truth]) : "";
      if (images > 0 || answer == truth) {
        csv.append(Csv.line(network, head, truth, answer, images, right));
      }
    }
  }
}
