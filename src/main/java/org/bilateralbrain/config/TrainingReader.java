package org.bilateralbrain.config;

import java.util.List;
import java.util.Optional;
import org.bilateralbrain.config.TrainingSettings.EarlyStopping;
import org.bilateralbrain.data.Augmentation;
import org.bilateralbrain.data.Augmentation.Flip;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Optimiser;
import org.jspecify.annotations.Nullable;

/** Reads how a network is trained from one of the sections that say so. */
final class TrainingReader {

  private static final String AUGMENTATION = "augmentation";
  private static final String OPTIMIZER = "optimizer";
  private static final List<String> OF_ADAM = List.of("betas", "eps");
  private static final List<String> OF_SGD = List.of("momentum", "nesterov");

  private final Section section;

  private TrainingReader(Section section) {
    this.section = section;
  }

  static TrainingSettings read(Section section) {
    return new TrainingReader(section).settings();
  }

  private TrainingSettings settings() {
    int epochs = section.integer("epochs", 1);
    Optimiser optimiser = optimiser();
    return new TrainingSettings(
        epochs,
        section.integer("batch-size", 1),
        section.positive("learning-rate"),
        new ScheduleReader(section.inheriting("schedule"), epochs, optimiser).schedule(),
        hyperparameters(optimiser),
        augmentation(),
        normMomentum(),
        earlyStopping());
  }

  private Hyperparameters hyperparameters(Optimiser optimiser) {
    return new Hyperparameters(
        optimiser,
        section.atLeastZero("weight-decay"),
        section.yesOrNo("decay-norm-and-bias"),
        section.optional("clip-norm").map(section::positive).orElse(Double.POSITIVE_INFINITY),
        section.fractionBelowOne("label-smoothing"),
        section.optional("average-decay").map(section::openFraction).orElse(0.0),
        section.fractionBelowOne("dropout"));
  }

  private Optimiser optimiser() {
    String name =
        section.named(OPTIMIZER, TrainingReader::optimiser, "adam, adamw, sgd").orElse("adam");
    if (name.equals("sgd")) {
      reject(OF_ADAM, "adam and adamw", name);
      return sgd();
    }
    reject(OF_SGD, "sgd", name);
    List<Double> betas =
        section
            .optional("betas")
            .map(key -> section.fractionsBelowOne(key, 2))
            .orElse(List.of(Optimiser.Adam.BETA1, Optimiser.Adam.BETA2));
    return new Optimiser.Adam(
        betas.get(0),
        betas.get(1),
        section.optional("eps").map(section::positive).orElse(Optimiser.Adam.EPSILON),
        name.equals("adamw"));
  }

  private static Optional<String> optimiser(String name) {
    return List.of("adam", "adamw", "sgd").contains(name) ? Optional.of(name) : Optional.empty();
  }

  private Optimiser sgd() {
    double momentum = section.optional("momentum").map(section::fractionBelowOne).orElse(0.0);
    boolean nesterov = section.optional("nesterov").map(section::yesOrNo).orElse(false);
    if (nesterov && momentum == 0) {
      section.problem("nesterov", "needs a momentum greater than 0");
    }
    return new Optimiser.Sgd(momentum, nesterov);
  }

  private void reject(List<String> keys, String owner, String optimizer) {
    for (String key : keys) {
      if (!section.isNull(key)) {
        section.problem(
            key,
            "is a parameter of %s, but optimizer = %s; remove it, or set it to null"
                .formatted(owner, optimizer));
      }
    }
  }

  private Augmentation augmentation() {
    Section augmentation = section.inheriting(AUGMENTATION);
    if (section.isNull(AUGMENTATION) && augmentation.keys().isEmpty()) {
      section.problem(
          AUGMENTATION,
          "is null; remove the line for the usual augmentation, or set { pad = 0, flip = none, cutout = 0 } for none");
    }
    return new Augmentation(
        augmentation.integer("pad", 0),
        augmentation.named("flip", Flip::named, Flip.labels()).orElse(Flip.RANDOM),
        augmentation.integer("cutout", 0));
  }

  private @Nullable Double normMomentum() {
    return section.optional("batch-norm-momentum").map(section::share).orElse(null);
  }

  private @Nullable EarlyStopping earlyStopping() {
    if (section.isNull("early-stopping")) {
      return null;
    }
    Section stopping = section.inheriting("early-stopping");
    return new EarlyStopping(
        stopping.integer("patience", 1),
        stopping.optional("min-delta").map(stopping::fractionBelowOne).orElse(0.0));
  }
}
