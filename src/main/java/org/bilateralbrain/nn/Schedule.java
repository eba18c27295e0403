package org.bilateralbrain.nn;

import java.io.Serializable;
import java.util.List;

/**
 * Learning rate and momentum as functions of the step alone, so that a resumed training takes the
 * same steps. Names and parameters are those of {@code torch.optim.lr_scheduler}; lengths are in
 * epochs.
 */
public sealed interface Schedule extends Serializable {

  /**
   * @param step number of steps taken before, over all epochs
   * @param base the rates that the schedule starts from; {@link OneCycle} rises to them
   */
  Rates at(long step, Length length, Rates base);

  /**
   * This schedule for a longer or shorter training.
   *
   * @param before number of epochs for which it was made; what lasts until their end will last
   *     until the end of the others
   */
  default Schedule stretched(int before) {
    return this;
  }

  /** The length of a training. */
  record Length(int epochs, int stepsPerEpoch) {

    long steps() {
      return (long) epochs * stepsPerEpoch;
    }

    /** The number of epochs completed before a step. */
    int epoch(long step) {
      return Math.toIntExact(step / stepsPerEpoch);
    }

    long steps(double someEpochs) {
      return Math.round(someEpochs * stepsPerEpoch);
    }
  }

  /** The same rate throughout. */
  record Constant() implements Schedule {
    @Override
    public Rates at(long step, Length length, Rates base) {
      return base;
    }
  }

  /** StepLR: the rate is multiplied by gamma every {@code stepSize} epochs. */
  record Step(int stepSize, double gamma) implements Schedule {
    @Override
    public Rates at(long step, Length length, Rates base) {
      int decays = length.epoch(step) / stepSize;
      return base.scaled(Math.pow(gamma, decays));
    }
  }

  /**
   * MultiStepLR: the rate is multiplied by gamma after each of the milestones.
   *
   * @param milestones numbers of epochs, ascending
   */
  record MultiStep(List<Integer> milestones, double gamma) implements Schedule {

    public MultiStep {
      milestones = List.copyOf(milestones);
    }

    @Override
    public Rates at(long step, Length length, Rates base) {
      int epoch = length.epoch(step);
      int passed = (int) milestones.stream().filter(milestone -> milestone <= epoch).count();
      return base.scaled(Math.pow(gamma, passed));
    }
  }

  /**
   * CosineAnnealingLR, step by step: half a cosine wave from the base rate down to a lowest one
   * (Loshchilov and Hutter, arXiv:1608.03983, equation 5, without restarts).
   *
   * @param start epoch at which it leaves the base rate, the end of a warm-up
   * @param tMax epochs from there to the lowest rate; 0 for the end of the training
   * @param etaMin the lowest rate
   */
  record Cosine(double start, double tMax, double etaMin) implements Schedule {
    @Override
    public Rates at(long step, Length length, Rates base) {
      long first = length.steps(start);
      long wave = tMax == 0 ? length.steps() - first : length.steps(tMax);
      double done = Math.max(0, step - first) / (double) Math.max(1, wave);
      double rate = etaMin + (base.learningRate() - etaMin) * (1 + Math.cos(Math.PI * done)) / 2;
      return new Rates(rate, base.momentum());
    }

    @Override
    public Schedule stretched(int before) {
      return start + tMax == before ? new Cosine(start, 0, etaMin) : this;
    }
  }

  /**
   * LinearLR chained with another schedule: the rate rises linearly from a fraction of the other's.
   *
   * @param epochs until the whole rate is reached
   */
  record WarmUp(double epochs, double startFactor, Schedule then) implements Schedule {
    @Override
    public Rates at(long step, Length length, Rates base) {
      Rates rates = then.at(step, length, base);
      long rising = length.steps(epochs);
      return step >= rising ? rates : rates.scaled(startFactor + (1 - startFactor) * step / rising);
    }

    @Override
    public Schedule stretched(int before) {
      return new WarmUp(epochs, startFactor, then.stretched(before));
    }
  }

  /**
   * OneCycleLR (Smith and Topin, arXiv:1708.07120): the rate rises to the base rate and falls far
   * below the first one; momentum mirrors it.
   *
   * @param pctStart share of the steps in which the rate rises
   * @param divFactor the base rate divided by the first
   * @param finalDivFactor the first rate divided by the last
   * @param threePhase whether the rate falls to the first one as fast as it has risen, and then
   *     further down
   * @param momentum what momentum is at the highest and at the lowest rate
   */
  record OneCycle(
      double pctStart,
      Annealing annealing,
      double divFactor,
      double finalDivFactor,
      boolean threePhase,
      MomentumCycle momentum)
      implements Schedule {

    /**
     * Between two values.
     *
     * @param base at the highest rate
     * @param max at the first and the last rate
     * @param used false: momentum stays what the optimiser's is
     */
    public record MomentumCycle(double base, double max, boolean used) implements Serializable {}

    /** How a value moves from one to another. */
    public enum Annealing {
      COS,
      LINEAR;

      double between(double from, double to, double share) {
        double progress = this == COS ? (1 - Math.cos(Math.PI * share)) / 2 : share;
        return from + (to - from) * progress;
      }
    }

    /**
     * A part of the cycle.
     *
     * @param end its last step, which may lie between two
     */
    private record Phase(double end, Rates from, Rates to) {}

    @Override
    public Rates at(long step, Length length, Rates base) {
      double start = 0;
      for (Phase phase : phases(length.steps(), base)) {
        if (step <= phase.end) {
          double share = phase.end == start ? 1 : (step - start) / (phase.end - start);
          return between(phase.from, phase.to, share);
        }
        start = phase.end;
      }
      throw new IllegalArgumentException(
          "Step %s is beyond the %s steps of the cycle".formatted(step, length.steps()));
    }

    private Rates between(Rates from, Rates to, double share) {
      return new Rates(
          annealing.between(from.learningRate(), to.learningRate(), share),
          annealing.between(from.momentum(), to.momentum(), share));
    }

    private List<Phase> phases(long steps, Rates base) {
      double first = base.learningRate() / divFactor;
      double slow = momentum.used ? momentum.max : base.momentum();
      Rates low = new Rates(first, slow);
      Rates high = new Rates(base.learningRate(), momentum.used ? momentum.base : base.momentum());
      Rates last = new Rates(first / finalDivFactor, slow);
      double peak = pctStart * steps - 1;
      return threePhase
          ? List.of(
              new Phase(peak, low, high),
              new Phase(2 * pctStart * steps - 2, high, low),
              new Phase(steps - 1, low, last))
          : List.of(new Phase(peak, low, high), new Phase(steps - 1, high, last));
    }
  }
}
