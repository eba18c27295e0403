package org.bilateralbrain.nn.dl4j;

import java.util.List;
import java.util.Optional;
import org.bilateralbrain.nn.Optimiser;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.updaters.AdamUpdater;
import org.nd4j.linalg.factory.Nd4j;

/** ND4J's operations on each segment, which overwrite the gradients, for want of other memory. */
final class OptimiserOperations implements OptimiserForm {

  /** A segment's parts of the vectors. */
  private record Part(
      Segment segment,
      INDArray parameters,
      INDArray gradients,
      List<INDArray> state,
      Optional<INDArray> average) {

    static Part of(Segment segment, Vectors vectors) {
      boolean learns = segment.isLearned();
      return new Part(
          segment,
          segment.of(vectors.parameters()),
          segment.of(vectors.gradients()),
          learns ? vectors.state().stream().map(segment::ofLearned).toList() : List.of(),
          learns ? vectors.average().map(segment::ofLearned) : Optional.empty());
    }
  }

  private final List<Part> parts;

  OptimiserOperations(Vectors vectors) {
    parts = vectors.segments().stream().map(segment -> Part.of(segment, vectors)).toList();
  }

  @Override
  public double gradientNorm() {
    return Math.sqrt(
        parts.stream()
            .filter(part -> part.segment.isLearned())
            .mapToDouble(part -> part.gradients.norm2Number().doubleValue())
            .map(norm -> norm * norm)
            .sum());
  }

  @Override
  public void take(Step step) {
    for (Part part : parts) {
      if (part.segment.isLearned()) {
        learn(part, step);
      } else {
        part.parameters.subi(part.gradients);
      }
    }
  }

  private static void learn(Part part, Step step) {
    part.gradients.divi(step.batch());
    if (step.clipping() < 1) {
      part.gradients.muli(step.clipping());
    }
    double decay = part.segment.weightDecay();
    if (decay > 0 && step.decaysDecoupled()) {
      part.parameters.muli(step.retained(decay));
    } else if (decay > 0) {
      addScaled(part.gradients, part.parameters, decay);
    }
    if (step.optimiser() instanceof Optimiser.Adam adam) {
      move(adam, part, step);
    } else {
      move((Optimiser.Sgd) step.optimiser(), part, step);
    }
    part.average.ifPresent(mean -> follow(mean, part.parameters, step));
  }

  /** ND4J adds epsilon to the root of the uncorrected second moment. */
  private static void move(Optimiser.Adam adam, Part part, Step step) {
    INDArray update = part.gradients;
    Nd4j.exec(
        new AdamUpdater(
            update,
            part.state.get(1),
            part.state.get(0),
            step.rates().learningRate(),
            step.rates().momentum(),
            adam.beta2(),
            adam.epsilon() * Math.sqrt(1 - Math.pow(adam.beta2(), step.number())),
            step.number() - 1));
    part.parameters.subi(update);
  }

  private static void move(Optimiser.Sgd sgd, Part part, Step step) {
    INDArray update = part.gradients;
    if (sgd.momentum() > 0) {
      INDArray buffer = part.state.get(0);
      buffer.muli(step.rates().momentum()).addi(part.gradients);
      if (sgd.nesterov()) {
        addScaled(update, buffer, step.rates().momentum());
      } else {
        update = buffer;
      }
    }
    addScaled(part.parameters, update, -step.rates().learningRate());
  }

  private static void follow(INDArray mean, INDArray parameters, Step step) {
    if (step.startsAverage()) {
      mean.assign(parameters);
    } else {
      mean.muli(step.averageDecay());
      addScaled(mean, parameters, 1 - step.averageDecay());
    }
  }

  private static void addScaled(INDArray to, INDArray values, double factor) {
    Nd4j.getBlasWrapper().level1().axpy(values.length(), factor, values, to);
  }
}
