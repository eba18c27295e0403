package org.bilateralbrain.nn.layers;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.params.EmptyParamInitializer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Lets only the largest values of each channel through, in two steps, and zeroes the rest:
 *
 * <ol>
 *   <li>in each map of each image the ceil(k height width) largest (signed, not absolute) values,
 *   <li>then in each channel over the whole batch the ceil(k-percent ceil(k height width) batch)
 *       largest.
 * </ol>
 *
 * <p>Of equal values the first wins, by row and column in step 1, by image, row and column in step
 * 2. The gradient flows through the values that were let through.
 */
public final class KWinners extends ChannelsLastLayer {

  /** What a prediction depends on. */
  public enum Testing {
    /** Step 1 alone: on its own image. */
    SAMPLE,
    /** Both steps: also on the other images of its batch, as in the reference implementation. */
    BATCH;

    public static Optional<Testing> named(String name) {
      return Arrays.stream(values())
          .filter(t -> t.name().toLowerCase(Locale.ROOT).equals(name))
          .findFirst();
    }
  }

  @JsonProperty private double k;
  @JsonProperty private double ofBatch;
  @JsonProperty private Testing testing;

  /** For deserialisation. */
  KWinners() {}

  private KWinners(double k, double ofBatch, Testing testing) {
    this.k = k;
    this.ofBatch = ofBatch;
    this.testing = testing;
  }

  /**
   * @param k share of a map that step 1 lets through, in (0, 1]
   * @param ofBatch share of these that step 2 lets through, in (0, 1]
   */
  public static KWinners of(double k, double ofBatch, Testing testing) {
    if (!(k > 0 && k <= 1 && ofBatch > 0 && ofBatch <= 1)) {
      throw new IllegalArgumentException(
          "Shares of winners must be greater than 0 and at most 1, got %s and %s"
              .formatted(k, ofBatch));
    }
    return new KWinners(k, ofBatch, testing);
  }

  double getK() {
    return k;
  }

  double getOfBatch() {
    return ofBatch;
  }

  Testing getTesting() {
    return testing;
  }

  @Override
  public void setNIn(InputType inputType, boolean override) {
    super.setNIn(inputType, override);
    nOut = nIn;
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType inputType) {
    return images(inputType);
  }

  @Override
  public ParamInitializer initializer() {
    return EmptyParamInitializer.getInstance();
  }

  @Override
  protected Layer runtime(NeuralNetConfiguration conf, DataType dataType) {
    return new KWinnersRuntime(conf, dataType);
  }
}
