package org.bilateralbrain.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.bilateralbrain.nn.Optimiser;
import org.bilateralbrain.nn.Schedule;
import org.bilateralbrain.nn.Schedule.OneCycle.Annealing;

/** Reads a schedule; its parameters' defaults are PyTorch's. */
final class ScheduleReader {

  private static final Map<String, Set<String>> PARAMETERS =
      Map.of(
          "constant", Set.of(),
          "step", Set.of("step-size", "gamma"),
          "multistep", Set.of("milestones", "gamma"),
          "cosine", Set.of("t-max", "eta-min"),
          "onecycle",
              Set.of(
                  "pct-start",
                  "anneal-strategy",
                  "div-factor",
                  "final-div-factor",
                  "three-phase",
                  "cycle-momentum",
                  "base-momentum",
                  "max-momentum"));

  private static final String NAMES = "constant, step, multistep, cosine, onecycle";
  private static final String WARMUP = "warmup-epochs";
  private static final String WARMUP_START = "warmup-start-factor";

  private final Section section;
  private final int epochs;
  private final Optimiser optimiser;

  ScheduleReader(Section section, int epochs, Optimiser optimiser) {
    this.section = section;
    this.epochs = epochs;
    this.optimiser = optimiser;
  }

  Schedule schedule() {
    String name =
        section
            .named("name", n -> Optional.of(n).filter(PARAMETERS::containsKey), NAMES)
            .orElse("constant");
    rejectOthers(name);
    double warmup = name.equals("onecycle") ? 0 : warmup();
    Schedule schedule =
        switch (name) {
          case "step" -> step();
          case "multistep" -> multiStep();
          case "cosine" -> cosine(warmup);
          case "onecycle" -> oneCycle();
          default -> new Schedule.Constant();
        };
    return warmup == 0
        ? schedule
        : new Schedule.WarmUp(warmup, number(WARMUP_START, section::share, 1.0 / 3), schedule);
  }

  private void rejectOthers(String name) {
    Set<String> own = PARAMETERS.getOrDefault(name, Set.of());
    PARAMETERS.forEach(
        (owner, keys) -> {
          for (String key : keys) {
            if (!section.isNull(key) && !own.contains(key)) {
              section.problem(
                  key,
                  "is a parameter of %s, but the schedule is %s; remove it, or set it to null"
                      .formatted(owners(key), name));
            }
          }
        });
    for (String key : List.of(WARMUP, WARMUP_START)) {
      if (!section.isNull(key) && name.equals("onecycle")) {
        section.problem(
            key, "is no parameter of onecycle, whose first part is a warm-up; remove it");
      }
    }
  }

  private static String owners(String key) {
    return String.join(
        " and ",
        PARAMETERS.entrySet().stream()
            .filter(owner -> owner.getValue().contains(key))
            .map(Map.Entry::getKey)
            .sorted()
            .toList());
  }

  private double warmup() {
    double warmup = number(WARMUP, section::atLeastZero, 0);
    requireWithin(WARMUP, warmup, epochs);
    return warmup;
  }

  /** A number, or PyTorch's default. */
  private double number(String key, ToDoubleFunction<String> read, double usual) {
    return section.isNull(key) ? usual : read.applyAsDouble(key);
  }

  private boolean flag(String key, boolean usual) {
    return section.isNull(key) ? usual : section.yesOrNo(key);
  }

  private void requireWithin(String key, double given, double limit) {
    if (given > limit) {
      section.problem(
          key,
          "is %s, which is longer than the %s epochs of the training"
              .formatted(section.shown(key), epochs));
    }
  }

  private Schedule step() {
    int size = section.integer("step-size", 1);
    if (!section.isNull("step-size")) {
      requireWithin("step-size", size, epochs);
    }
    return new Schedule.Step(size, gamma());
  }

  private double gamma() {
    return number("gamma", section::positive, 0.1);
  }

  private Schedule multiStep() {
    List<Integer> milestones =
        section.distinct(
            "milestones",
            value -> Section.asInteger(value).filter(n -> n > 0).map(Math::toIntExact),
            "numbers of epochs");
    List<Integer> sorted = milestones.stream().sorted().toList();
    if (!sorted.equals(milestones)) {
      section.problem("milestones", "must ascend, not " + section.shown("milestones"));
    }
    if (!sorted.isEmpty() && sorted.get(sorted.size() - 1) >= epochs) {
      section.problem(
          "milestones",
          "contains %s, but the training has %s epochs"
              .formatted(sorted.get(sorted.size() - 1), epochs));
    }
    return new Schedule.MultiStep(sorted, gamma());
  }

  private Schedule cosine(double warmup) {
    double length = number("t-max", section::positive, 0);
    requireWithin("t-max", length, epochs - warmup);
    return new Schedule.Cosine(warmup, length, number("eta-min", section::atLeastZero, 0));
  }

  private Schedule oneCycle() {
    boolean threePhase = flag("three-phase", false);
    double pctStart = number("pct-start", section::openFraction, 0.3);
    if (threePhase && pctStart > 0.5) {
      section.problem("pct-start", "must be at most 0.5 with three-phase = true");
    }
    return new Schedule.OneCycle(
        pctStart,
        section.isNull("anneal-strategy")
            ? Annealing.COS
            : section
                .named("anneal-strategy", ScheduleReader::annealing, "cos, linear")
                .orElse(Annealing.COS),
        number("div-factor", section::positive, 25),
        number("final-div-factor", section::positive, 1e4),
        threePhase,
        momentum());
  }

  private Schedule.OneCycle.MomentumCycle momentum() {
    boolean cycles = flag("cycle-momentum", true);
    if (cycles && optimiser.momentum() == 0) {
      section.problem(
          section.isNull("cycle-momentum") ? "name" : "cycle-momentum",
          "cycles a momentum, which the optimizer doesn't have; set cycle-momentum = false, or a momentum");
    }
    return new Schedule.OneCycle.MomentumCycle(
        number("base-momentum", section::fractionBelowOne, 0.85),
        number("max-momentum", section::fractionBelowOne, 0.95),
        cycles);
  }

  private static Optional<Annealing> annealing(String name) {
    return switch (name) {
      case "cos" -> Optional.of(Annealing.COS);
      case "linear" -> Optional.of(Annealing.LINEAR);
      default -> Optional.empty();
    };
  }
}
