package org.bilateralbrain.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bilateralbrain.nn.Head;

/**
 * What reports test.
 *
 * @param contrasts the comparisons that the sweep was made for
 * @param relevantDifference the smallest difference worth finding, in percentage points
 */
public record ReportSettings(List<Contrast> contrasts, double relevantDifference) {

  /**
   * A model against another one, or against itself in another variant.
   *
   * @param model as tables call it
   * @param variant empty: the reference variant
   * @param heads their labels
   */
  public record Contrast(
      String model,
      Optional<String> variant,
      String against,
      Optional<String> againstVariant,
      List<String> heads) {}

  private static final List<Head> FINE = List.of(Head.FINE);
  private static final List<Head> COARSE = List.of(Head.COARSE);

  static ReportSettings read(Section section, GridSettings grid) {
    List<Contrast> contrasts =
        section.isNull("contrasts")
            ? standard(grid)
            : section.objects("contrasts").stream()
                .flatMap(each -> new ContrastReader(each, grid).read().stream())
                .toList();
    return new ReportSettings(contrasts, section.positive("relevant-difference"));
  }

  /** The names that tables have for the models of a grid. */
  static List<String> models(GridSettings grid) {
    return grid.models().stream()
        .flatMap(
            model ->
                model == Model.ENSEMBLE
                    ? grid.ensembles().sizes().stream().map(Model::ensembleOf)
                    : Stream.of(model.label()))
        .toList();
  }

  /** The specialised network against everything that it is meant to surpass. */
  private static List<Contrast> standard(GridSettings grid) {
    List<Contrast> contrasts = new ArrayList<>();
    if (grid.models().contains(Model.BILATERAL_SPECIALISED)) {
      for (Model against : Model.values()) {
        if (grid.models().contains(against)) {
          contrasts.addAll(standard(against, grid));
        }
      }
    }
    return contrasts;
  }

  private static List<Contrast> standard(Model against, GridSettings grid) {
    return switch (against) {
      case BILATERAL_UNSPECIALISED, BILATERAL_UNSPECIALISED_MATCHED ->
          List.of(specialised(against.label(), Head.BOTH));
        // two fine hemispheres know fine labels as well: coarse ones show what the other side adds
      case BILATERAL_FINE_FINE -> List.of(specialised(against.label(), COARSE));
      case BILATERAL_COARSE_COARSE -> List.of(specialised(against.label(), FINE));
      case UNILATERAL_FINE -> List.of(specialised(against.label(), FINE));
      case UNILATERAL_COARSE -> List.of(specialised(against.label(), COARSE));
      case ENSEMBLE ->
          grid.ensembles().sizes().stream()
              .map(size -> specialised(Model.ensembleOf(size), Head.BOTH))
              .toList();
      case UNILATERAL_BOTH, BILATERAL_SPECIALISED -> List.of();
    };
  }

  private static Contrast specialised(String against, List<Head> heads) {
    return new Contrast(
        Model.BILATERAL_SPECIALISED.label(),
        Optional.empty(),
        against,
        Optional.empty(),
        heads.stream().map(Head::label).toList());
  }

  /** Reads one contrast and checks it against the grid. */
  private record ContrastReader(Section section, GridSettings grid) {

    Optional<Contrast> read() {
      Optional<String> model = model("model");
      Optional<String> against = model("against");
      Optional<String> variant = variant("variant");
      Optional<String> againstVariant = variant("against-variant");
      List<Head> heads =
          section.named("heads", ContrastReader::heads, "fine, coarse, both").orElse(List.of());
      model.ifPresent(name -> requireHeads("model", name, heads));
      against.ifPresent(name -> requireHeads("against", name, heads));
      if (model.isPresent() && model.equals(against) && variant.equals(againstVariant)) {
        section.problem("against", "is the same as model; give another model or variant");
        return Optional.empty();
      }
      return model.flatMap(
          name ->
              against.map(
                  other ->
                      new Contrast(
                          name,
                          variant,
                          other,
                          againstVariant,
                          heads.stream().map(Head::label).toList())));
    }

    private Optional<String> model(String key) {
      List<String> names = models(grid);
      return section.named(
          key,
          name -> Optional.of(name).filter(names::contains),
          "(models of this grid) " + String.join(", ", names));
    }

    private Optional<String> variant(String key) {
      List<String> names = grid.variants().stream().map(Variant::name).toList();
      return section
          .optional(key)
          .flatMap(
              any ->
                  section.named(
                      key,
                      name -> Optional.of(name).filter(names::contains),
                      "(variants of this grid) " + String.join(", ", names)));
    }

    private static Optional<List<Head>> heads(String name) {
      return switch (name) {
        case "fine" -> Optional.of(FINE);
        case "coarse" -> Optional.of(COARSE);
        case "both" -> Optional.of(Head.BOTH);
        default -> Optional.empty();
      };
    }

    private void requireHeads(String key, String model, List<Head> heads) {
      List<Head> own =
          model.equals(Model.UNILATERAL_FINE.label())
              ? FINE
              : model.equals(Model.UNILATERAL_COARSE.label()) ? COARSE : Head.BOTH;
      for (Head head : heads) {
        if (!own.contains(head)) {
          section.problem(key, "is %s, which has no %s head".formatted(model, head.label()));
        }
      }
    }
  }
}
