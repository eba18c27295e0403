package org.bilateralbrain.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.bilateralbrain.config.Model;
import org.bilateralbrain.report.Analyses.OfNetwork;
import org.bilateralbrain.statistics.Group;
import org.bilateralbrain.statistics.Summary;
import org.bilateralbrain.store.AnalysisFile.CaseSimilarity;
import org.bilateralbrain.store.AnalysisFile.Reliance;
import org.bilateralbrain.store.AnalysisFile.Similarity;
import org.bilateralbrain.store.AnalysisFile.Space;
import org.bilateralbrain.store.AnalysisFile.Split;
import org.bilateralbrain.store.Heads;

/** Analyses in tables: means over the networks of a line, with the sample standard deviation. */
public final class AnalysisText {

  /** What the table of similarities shows. */
  public static final String SIMILARITY_NOTE =
      "Cosine similarity between the features of two test images: of one class, of two classes of one superclass,"
          + " and of two superclasses.";

  /** What the table of reliance shows. */
  public static final String RELIANCE_NOTE =
      "How much each head relies on each hemisphere: Frobenius norm of the weights that read its features; accuracy (%)"
          + " of the whole network, and with one hemisphere's features set to zero.";

  /** What the table of similarities by case shows. */
  public static final String CASES_NOTE =
      "Cosine similarity of the images of each case to all other test images of their class, and to those of other"
          + " superclasses, in the left and the right hemisphere and joined; number of images of the case.";

  private static final List<String> ANSWERS =
      List.of("left alone", "right alone", "fine", "coarse");
  private static final List<String> SPACES = List.of("left", "right", "joined");

  private final Analyses analyses;

  public AnalysisText(Analyses analyses) {
    this.analyses = analyses;
  }

  /** Aligned, so that it is readable in a terminal, too. */
  public String markdown() {
    StringBuilder text = new StringBuilder();
    append(
        text,
        split(),
        "Which predictions are right (of either hemisphere alone and of the whole network), in % of the test images.");
    append(text, similarity(), SIMILARITY_NOTE);
    append(text, similarityByCase(), CASES_NOTE + casesShown());
    append(text, reliance(), RELIANCE_NOTE);
    return text.toString();
  }

  private static void append(StringBuilder text, TextTable table, String note) {
    if (!table.isEmpty()) {
      text.append(table.markdown()).append('\n').append(note).append("\n\n");
    }
  }

  public String splitHtml() {
    return html(split());
  }

  public String similarityHtml() {
    return html(similarity());
  }

  public String similarityByCaseHtml() {
    return html(similarityByCase());
  }

  /** Which networks the table of similarities by case shows. */
  public String casesShown() {
    return shownByCase()
        .map(
            group ->
                " %s, %s, %s; mean ± standard deviation over seeds."
                    .formatted(group.model(), group.variant(), group.backbone()))
        .orElse("");
  }

  public String relianceHtml() {
    return html(reliance());
  }

  private static String html(TextTable table) {
    return table.isEmpty() ? "" : table.html();
  }

  private TextTable split() {
    Map<Group, List<OfNetwork>> groups = new LinkedHashMap<>();
    analyses
        .groups()
        .forEach(
            (group, networks) -> {
              List<OfNetwork> splits =
                  networks.stream().filter(each -> each.analysis().split() != null).toList();
              if (!splits.isEmpty()) {
                groups.put(group, splits);
              }
            });
    List<String> header = new ArrayList<>(ANSWERS);
    groups
        .keySet()
        .forEach(group -> header.add("%s, %s".formatted(group.variant(), group.backbone())));
    TextTable table = new TextTable(header);
    for (int number = Split.CASES - 1; number >= 0 && !groups.isEmpty(); number--) {
      int one = number;
      List<String> line = answers(one);
      groups.values().forEach(networks -> line.add(percent(shares(networks, one))));
      table.add(line);
    }
    return table;
  }

  /** The cells under {@link #ANSWERS}; more can be added. */
  private static List<String> answers(int number) {
    return new ArrayList<>(
        List.of(
            answer(Split.leftIsRight(number)),
            answer(Split.rightIsRight(number)),
            answer(Split.fineIsRight(number)),
            answer(Split.coarseIsRight(number))));
  }

  private static String answer(boolean right) {
    return right ? "right" : "wrong";
  }

  private static Summary shares(List<OfNetwork> networks, int number) {
    return Summary.of(
        networks.stream()
            .map(OfNetwork::analysis)
            .filter(analysis -> analysis.split() != null)
            .map(analysis -> (double) analysis.split().images()[number] / analysis.images())
            .toList());
  }

  private TextTable similarity() {
    TextTable table =
        new TextTable(
            List.of(
                "model",
                "variant",
                "backbone",
                "space",
                "one class",
                "one superclass",
                "two superclasses",
                "networks"));
    analyses
        .groups()
        .forEach(
            (group, networks) -> {
              List<Similarity> of =
                  networks.stream()
                      .map(network -> network.analysis().similarity())
                      .filter(each -> each != null)
                      .toList();
              for (String space : of.isEmpty() ? List.<String>of() : SPACES) {
                table.add(
                    List.of(
                        group.model(),
                        group.variant(),
                        group.backbone(),
                        space,
                        number(summary(of, each -> each.spaces().get(space), Space::sameClass)),
                        number(
                            summary(of, each -> each.spaces().get(space), Space::sameSuperclass)),
                        number(
                            summary(of, each -> each.spaces().get(space), Space::otherSuperclass)),
                        Integer.toString(of.size())));
              }
            });
    return table;
  }

  private Optional<Group> shownByCase() {
    return analyses.pictured(Model.BILATERAL_SPECIALISED.label());
  }

  /** Of one variant: all cases of all variants would take pages; the CSV file has them. */
  private TextTable similarityByCase() {
    List<String> header = new ArrayList<>(ANSWERS);
    SPACES.forEach(space -> header.addAll(List.of(space + ", class", space + ", others")));
    header.add("images");
    TextTable table = new TextTable(header);
    List<List<CaseSimilarity>> networks =
        shownByCase().map(analyses.groups()::get).orElse(List.of()).stream()
            .map(network -> network.analysis().similarityByCase())
            .filter(cases -> !cases.isEmpty())
            .toList();
    for (int number = Split.CASES - 1; number >= 0 && !networks.isEmpty(); number--) {
      int one = number;
      List<String> line = answers(one);
      List<CaseSimilarity> of = networks.stream().map(cases -> cases.get(one)).toList();
      for (String space : SPACES) {
        line.add(number(known(of, space, Space::sameClass)));
        line.add(number(known(of, space, Space::otherSuperclass)));
      }
      line.add(
          Long.toString(
              Math.round(of.stream().mapToInt(CaseSimilarity::images).average().orElse(0))));
      table.add(line);
    }
    return table;
  }

  /** Over the networks with images of that case. */
  private static Summary known(
      List<CaseSimilarity> of, String space, ToDoubleFunction<Space> value) {
    return Summary.of(
        of.stream()
            .map(
                each ->
                    value.applyAsDouble(
                        Objects.requireNonNull(each.spaces().get(space)).toOthers()))
            .filter(each -> !each.isNaN())
            .toList());
  }

  private TextTable reliance() {
    TextTable table =
        new TextTable(
            List.of(
                "model",
                "variant",
                "backbone",
                "head",
                "left norm",
                "right norm",
                "accuracy",
                "left silenced",
                "right silenced",
                "networks"));
    analyses
        .groups()
        .forEach(
            (group, networks) -> {
              for (String head : Heads.ALL) {
                List<Reliance> of =
                    networks.stream()
                        .map(each -> each.analysis().reliance().get(head))
                        .filter(each -> each != null)
                        .toList();
                if (!of.isEmpty()) {
                  table.add(
                      List.of(
                          group.model(),
                          group.variant(),
                          group.backbone(),
                          head,
                          number(summary(of, each -> each, Reliance::leftNorm)),
                          number(summary(of, each -> each, Reliance::rightNorm)),
                          percent(summary(of, each -> each, Reliance::accuracy)),
                          percent(summary(of, each -> each, Reliance::leftSilenced)),
                          percent(summary(of, each -> each, Reliance::rightSilenced)),
                          Integer.toString(of.size())));
                }
              }
            });
    return table;
  }

  private static <A, B> Summary summary(
      Collection<A> of, Function<A, B> part, ToDoubleFunction<B> value) {
    return Summary.of(of.stream().map(part).map(value::applyAsDouble).toList());
  }

  private static String percent(Summary summary) {
    return "%s ± %s"
        .formatted(TextTable.percent(summary.mean()), TextTable.percent(summary.deviation()));
  }

  private static String number(Summary summary) {
    if (Double.isNaN(summary.mean())) {
      return TextTable.NOTHING;
    }
    return Double.isNaN(summary.deviation())
        ? String.format(Locale.ROOT, "%.3f", summary.mean())
        : String.format(Locale.ROOT, "%.3f ± %.3f", summary.mean(), summary.deviation());
  }
}
