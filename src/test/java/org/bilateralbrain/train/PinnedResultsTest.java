package org.bilateralbrain.train;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.CheckpointEvery;
import org.bilateralbrain.config.HeadSettings;
import org.bilateralbrain.config.HeadSettings.FeatureViews;
import org.bilateralbrain.config.Parallelism;
import org.bilateralbrain.config.RandomSource;
import org.bilateralbrain.config.TrainingSettings;
import org.bilateralbrain.data.Augmentation;
import org.bilateralbrain.data.ChannelStatistics;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.data.Partition;
import org.bilateralbrain.data.SyntheticDataSet;
import org.bilateralbrain.grid.BilateralJob;
import org.bilateralbrain.grid.Checkpoint;
import org.bilateralbrain.grid.DataKey;
import org.bilateralbrain.grid.EndToEndJob;
import org.bilateralbrain.grid.EndToEndJob.Side;
import org.bilateralbrain.grid.EnsembleJob;
import org.bilateralbrain.grid.FeaturesJob;
import org.bilateralbrain.grid.Hemisphere;
import org.bilateralbrain.grid.HemisphereJob;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.grid.PretrainedHemisphereJob;
import org.bilateralbrain.grid.Randomness;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.ClassOrder;
import org.bilateralbrain.nn.Computation;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Precision;
import org.bilateralbrain.nn.Sparsity;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.History;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.Store;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs a tiny job of every kind and compares the results with those at the time NUMERICS was last
 * raised. Artifacts are found by a hash of what they depend on, except for the code: if the code
 * changes results without raising NUMERICS, old and new results mix in a table.
 *
 * <p>Pinned are the losses of a training's first and last epoch, the mean of the features in each
 * file's first row, and the accuracies of networks that are only tested. CPUs round differently,
 * because oneDNN chooses instructions by CPU; over fifteen small steps, the effect stays below the
 * third digit: perturbing pixels by a millionth moves no pin by more than a hundred-thousandth.
 */
class PinnedResultsTest {

  /** To three digits. */
  private static final Map<String, Double> PINS =
      Map.ofEntries(
          entry("fine, first", 1.57),
          entry("fine, last", 1.37),
          entry("coarse, first", 0.792),
          entry("coarse, last", 0.592),
          entry("sparse, first", 3.35),
          entry("sparse, last", 1.82),
          entry("both heads, first", 2.24),
          entry("both heads, last", 2.00),
          entry("both heads, seed 1, first", 2.34),
          entry("both heads, seed 1, last", 1.76),
          entry("pretrained, fine", 0.475),
          entry("features", 1.26),
          entry("heads on stored features, first", 2.46),
          entry("heads on stored features, last", 2.06),
          entry("heads on fresh features, first", 2.49),
          entry("heads on fresh features, last", 2.08),
          entry("fresh + fresh, first", 3.78),
          entry("fresh + fresh, last", 2.22),
          entry("plastic + frozen, first", 2.23),
          entry("plastic + frozen, last", 1.58),
          entry("ensemble, fine", 0.425),
          entry("ensemble, coarse", 0.825));

  /** Where libtorch's rounding shows: in a fortieth of the test images, and in a third digit. */
  private static final Map<String, Double> PINS_OF_TORCH =
      Map.ofEntries(
          entry("heads on stored features, first", 2.47), entry("fresh + fresh, last", 2.21));

  private static final String CHANGED =
      """
      Results have changed: %s.
      If that is intended, raise NUMERICS in Specification, and in the same commit replace the pins by those below.
      Otherwise it is a bug.

      %s
      """;

  private static final DataSource.Synthetic IMAGES =
      new DataSource.Synthetic(new SyntheticDataSet.Settings(0, 80, 40, 2, 2));
  private static final TrainingSettings TRAINING =
      new TrainingSettings(5, 20, 3e-3, Hyperparameters.adam(1e-3, 0.2));
  private static final HemisphereShape RESNET = new HemisphereShape(Backbone.RESNET9, 2);
  private static final HemisphereShape SPARSE =
      new HemisphereShape(
          Backbone.SPARSE_RESNET9, 2, new Sparsity(0.25, 0.5, Sparsity.Testing.SAMPLE));

  @TempDir Path temp;

  private Computation computation = Computation.DL4J;

  private final Configuration hadoop = new Configuration();
  private final DataSet dataSet = DataSource.Cache.load(IMAGES, hadoop);
  private final DataKey data =
      new DataKey(
          dataSet.digest(),
          dataSet.train().shape(),
          dataSet.hierarchy().fineClasses(),
          dataSet.hierarchy().coarseClasses(),
          new Partition.Rule(0, 0.25, Partition.Rule.NO_LIMIT, Partition.Rule.NO_LIMIT),
          ChannelStatistics.of(dataSet.train()));
  private static final Randomness SEED_0 = randomness(0);

  private final Map<String, Double> results = new LinkedHashMap<>();
  private Store store;

  @ParameterizedTest
  @ValueSource(strings = {"dl4j", "torch"})
  void resultsOfEveryKindOfJobAreUnchangedSinceNumericsWasLastRaised(String engine)
      throws IOException {
    computation = new Computation(engine, Precision.FLOAT32);
    computation.open().bind(Optional.empty(), 1);
    store = Store.open(temp.toString(), hadoop);
    Hemisphere fine = hemisphere(RESNET, 0, Head.FINE);
    Hemisphere coarse = hemisphere(RESNET, 0, Head.COARSE);
    List<Hemisphere> both =
        List.of(
            hemisphere(RESNET, 0, Head.FINE, Head.COARSE),
            hemisphere(RESNET, 1, Head.FINE, Head.COARSE));

    pinLosses("fine", fine);
    pinLosses("coarse", coarse);
    pinLosses("sparse", hemisphere(SPARSE, 0, Head.FINE));
    pinLosses("both heads", both.get(0));
    pinLosses("both heads, seed 1", both.get(1));
    pinAccuracies("pretrained", pretrained(fine));
    pinFeatures("features", new FeaturesJob(fine, data, computation, 2, Augmentation.REFERENCE));
    pinLosses(
        "heads on stored features",
        new BilateralJob(data, computation, fine, coarse, heads(2), SEED_0));
    pinLosses(
        "heads on fresh features",
        new BilateralJob(data, computation, fine, coarse, heads(0), SEED_0));
    pinLosses(
        "fresh + fresh",
        new EndToEndJob(
            data, computation, new Side.Fresh(RESNET), new Side.Fresh(SPARSE), TRAINING, SEED_0));
    pinLosses(
        "plastic + frozen",
        new EndToEndJob(
            data, computation, new Side.Plastic(fine), new Side.Frozen(coarse), TRAINING, SEED_0));
    pinAccuracies("ensemble", new EnsembleJob(data, computation, both));

    assertThat(changed()).withFailMessage(CHANGED, changed(), pins()).isEmpty();
  }

  private static Randomness randomness(long seed) {
    return new Randomness(List.of(seed), Set.copyOf(RandomSource.OF_TRAINING));
  }

  private Hemisphere hemisphere(HemisphereShape shape, long seed, Head... heads) {
    return new HemisphereJob(
        data,
        computation,
        List.of(heads),
        shape,
        TRAINING,
        new Parallelism.OfJobs(),
        Architecture.Side.LEFT,
        randomness(seed));
  }

  private static HeadSettings heads(int views) {
    return new HeadSettings(TRAINING.withEpochs(3), new FeatureViews(views));
  }

  private Job pretrained(Hemisphere trained) throws IOException {
    Artifact artifact = artifact(trained);
    String network = artifact.location(WeightsFile.NAME).toString();
    String digest = DigestUtils.sha256Hex(artifact.read(WeightsFile.NAME));
    String folder = network.substring(0, network.lastIndexOf('/'));
    return new PretrainedHemisphereJob(
        data,
        computation,
        trained.heads(),
        trained.shape(),
        new Checkpoint(folder, digest, ClassOrder.NUMERIC, null),
        0);
  }

  /** Of the first epoch, which shows the features that heads read, and of the last. */
  private void pinLosses(String name, Job job) throws IOException {
    String history = new String(artifact(job).read(History.FILE_NAME), StandardCharsets.UTF_8);
    List<String> epochs = history.lines().skip(1).toList();
    results.put(name + ", first", trainLoss(epochs.get(0)));
    results.put(name + ", last", trainLoss(epochs.get(epochs.size() - 1)));
  }

  private static double trainLoss(String epoch) {
    return Double.parseDouble(epoch.split(",", -1)[1]);
  }

  private void pinAccuracies(String name, Job job) throws IOException {
    for (Map.Entry<String, Metrics.Accuracy> head : artifact(job).metrics().heads().entrySet()) {
      results.put("%s, %s".formatted(name, head.getKey()), head.getValue().test());
    }
  }

  private void pinFeatures(String name, FeaturesJob job) throws IOException {
    StoredFeatures stored =
        StoredFeatures.open(
            artifact(job),
            JobData.of(data, dataSet).partition(),
            job.hemisphere().shape(),
            job.views());
    List<FloatBuffer> files = new ArrayList<>(stored.views());
    files.add(stored.validation());
    files.add(stored.test());
    double sum = 0;
    for (FloatBuffer file : files) {
      for (int i = 0; i < job.hemisphere().shape().features(); i++) {
        sum += file.get(i);
      }
    }
    results.put(name, sum / files.size() / job.hemisphere().shape().features());
  }

  /** The artifact of a job, which is run after its parents unless it is already stored. */
  private Artifact artifact(Job job) throws IOException {
    for (Job parent : job.parents()) {
      artifact(parent);
    }
    new JobRunner(computation.open(), store, dataSet, hadoop, new CheckpointEvery.Never())
        .run(job, progress -> {});
    return store.find(JobRunner.key(job)).orElseThrow();
  }

  private List<String> changed() {
    return results.keySet().stream().filter(name -> !isAsPinned(name)).toList();
  }

  /** Within one unit of the third digit, so that results near a rounding boundary pass. */
  private boolean isAsPinned(String name) {
    Map<String, Double> own = computation.engine().equals("torch") ? PINS_OF_TORCH : PINS;
    double pin = own.getOrDefault(name, PINS.getOrDefault(name, Double.NaN));
    double unit = Math.pow(10, Math.floor(Math.log10(pin)) - 2);
    return Math.abs(results.get(name) - pin) < unit;
  }

  /** To be pasted above. */
  private String pins() {
    return results.entrySet().stream()
        .map(
            result ->
                String.format(
                    Locale.ROOT,
                    "          entry(\"%s\", %.3g)",
                    result.getKey(),
                    result.getValue()))
        .collect(Collectors.joining(",\n", "", ");"));
  }
}
