package org.bilateralbrain.report.page;

import java.util.List;
import org.bilateralbrain.report.Comparison;
import org.bilateralbrain.report.Html;
import org.bilateralbrain.report.Summary;

/**
 * What each variant adds to or takes from a model's accuracy: the mean difference with its 95 %
 * confidence interval.
 */
final class EffectsFigure {

  private static final int WIDTH = 720;
  private static final int LABELS = 330;
  private static final int ROW = 24;
  private static final int FOOT = 40;

  private EffectsFigure() {}

  /**
   * @param effects on this head, each with at least one difference
   */
  static String svg(String head, List<Comparison> effects) {
    double least =
        effects.stream().mapToDouble(each -> end(each.differences(), -1)).min().orElse(0);
    double most = effects.stream().mapToDouble(each -> end(each.differences(), 1)).max().orElse(0);
    Scale x = Scale.around(100 * Math.min(0, least), 100 * Math.max(0, most), LABELS, WIDTH - 16);
    int bottom = effects.size() * ROW + 4;
    StringBuilder svg =
        new StringBuilder(
            "<svg viewBox='0 0 %s %s' role='img' aria-label='Effect of each variant on test accuracy, %s labels'>%n"
                .formatted(WIDTH, bottom + FOOT, head));
    for (double tick : x.ticks()) {
      String place = Html.number(x.place(tick));
      String kind = Math.abs(tick) < 1e-9 ? "zero" : "grid";
      svg.append(
          "<line class='%s' x1='%s' x2='%s' y1='4' y2='%s'/>"
              .formatted(kind, place, place, bottom));
      svg.append(
          "<text class='tick' x='%s' y='%s'>%s</text>"
              .formatted(place, bottom + 15, Scale.label(tick)));
    }
    svg.append(
        "<text class='axis' x='%s' y='%s'>difference, percent points</text>%n"
            .formatted((LABELS + WIDTH) / 2, bottom + 34));
    boolean withBackbone =
        effects.stream().map(effect -> effect.group().backbone()).distinct().count() > 1;
    for (int i = 0; i < effects.size(); i++) {
      row(effects.get(i), withBackbone, x, i * ROW + ROW / 2 + 4, svg);
    }
    return svg.append("</svg>\n").toString();
  }

  private static void row(
      Comparison effect, boolean withBackbone, Scale x, int y, StringBuilder svg) {
    String name = effect.group().name(withBackbone);
    svg.append(
        "<text class='name' x='%s' y='%s'>%s</text>"
            .formatted(LABELS - 10, y + 4, Html.escaped(name)));
    Summary differences = effect.differences();
    String from = Html.number(x.place(100 * end(differences, -1)));
    String to = Html.number(x.place(100 * end(differences, 1)));
    svg.append(
        "<line class='interval' x1='%s' x2='%s' y1='%s' y2='%s'/>".formatted(from, to, y, y));
    svg.append(
        "<circle class='effect' cx='%s' cy='%s' r='4.5'/>%n"
            .formatted(Html.number(x.place(100 * differences.mean())), y));
  }

  private static double end(Summary differences, int side) {
    return Double.isNaN(differences.halfInterval())
        ? differences.mean()
        : differences.mean() + side * differences.halfInterval();
  }
}
