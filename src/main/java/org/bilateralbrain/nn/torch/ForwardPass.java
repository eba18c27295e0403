package org.bilateralbrain.nn.torch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Layer;
import org.bilateralbrain.nn.Operation;
import org.bilateralbrain.nn.Sparsity;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Runs an architecture's layers on a batch. Layers' outputs are freed as soon as nothing reads them
 * any more, except for what libtorch keeps for the backward pass.
 */
final class ForwardPass {

  private static final double EPSILON = 1e-5;
  private static final long[] UNDILATED = {1, 1};
  private static final long[] UNPADDED = {0, 0};

  private final Architecture architecture;
  private final Parameters parameters;
  private final DropoutMasks masks;
  private final boolean joinsSmallImages;

  /** Number of batches in {@link Mode#STATISTICS} since the last reset. */
  private int statisticsBatches;

  /**
   * @param joinsSmallImages whether {@link SmallImages} are faster
   */
  ForwardPass(
      Architecture architecture,
      Parameters parameters,
      DropoutMasks masks,
      boolean joinsSmallImages) {
    this.architecture = architecture;
    this.parameters = parameters;
    this.masks = masks;
    this.joinsSmallImages = joinsSmallImages;
  }

  /** How layers behave. */
  enum Mode {
    /** Batch statistics, dropout, k-winners over the batch. */
    TRAINING,
    EVALUATION,
    /** As in training, but without dropout; running statistics become the mean of the batches'. */
    STATISTICS
  }

  /**
   * Resets the running statistics of the batch norms that are trained.
   *
   * @return whether there are any
   */
  boolean resetStatistics() {
    statisticsBatches = 0;
    List<Layer> norms =
        architecture.layers().stream()
            .filter(layer -> !layer.isFrozen())
            .filter(layer -> layer.operation() instanceof Operation.NormReluPool)
            .toList();
    for (Layer norm : norms) {
      parameters.get(norm.name() + ".running_mean").zero_();
      parameters.get(norm.name() + ".running_var").fill_(new Scalar(1));
    }
    return !norms.isEmpty();
  }

  /** What the heads read: (batch, features). */
  Tensor features(Tensor input, Mode mode) {
    if (mode == Mode.STATISTICS) {
      statisticsBatches++;
    }
    Map<String, Tensor> outputs = new HashMap<>(Map.of(Architecture.INPUT, input));
    run(architecture.layers(), outputs, mode, new HashSet<>(architecture.tops()));
    return joinedTops(outputs);
  }

  /** The hemispheres' features side by side. */
  Tensor joinedTops(Map<String, Tensor> outputs) {
    List<Tensor> tops = new ArrayList<>();
    architecture.tops().forEach(top -> tops.add(Objects.requireNonNull(outputs.get(top))));
    return tops.size() == 1
        ? tops.get(0)
        : torch.cat(new TensorVector(tops.toArray(Tensor[]::new)), 1);
  }

  /**
   * Runs layers and adds their outputs to those that are there.
   *
   * @param kept names of outputs that are not freed
   */
  void run(List<Layer> layers, Map<String, Tensor> outputs, Mode mode, Set<String> kept) {
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      List<Layer> later = layers.subList(i + 1, layers.size());
      Tensor input = Objects.requireNonNull(outputs.get(layer.inputs().get(0)));
      if (folds(layer, later, mode, kept)) {
        Layer norm = layers.get(++i);
        outputs.put(norm.name(), scoped(() -> folded(layer, norm, input)));
        later = later.subList(1, later.size());
      } else {
        outputs.put(layer.name(), scoped(() -> output(layer, input, outputs, mode)));
      }
      for (String read : layer.inputs()) {
        if (!read.equals(Architecture.INPUT) && !kept.contains(read) && !isRead(read, later)) {
          outputs.remove(read).close();
        }
      }
    }
  }

  private static boolean isRead(String output, List<Layer> later) {
    return later.stream().anyMatch(layer -> layer.inputs().contains(output));
  }

  private static Mode own(Layer layer, Mode mode) {
    return layer.isFrozen() ? Mode.EVALUATION : mode;
  }

  /** Whether a layer is a convolution whose output only a batch norm in evaluation mode reads. */
  private static boolean folds(Layer layer, List<Layer> later, Mode mode, Set<String> kept) {
    return layer.operation() instanceof Operation.Convolution
        && own(layer, mode) == Mode.EVALUATION
        && !kept.contains(layer.name())
        && !later.isEmpty()
        && later.get(0).operation() instanceof Operation.NormReluPool
        && later.get(0).inputs().equals(List.of(layer.name()))
        && !isRead(layer.name(), later.subList(1, later.size()));
  }

  /** A convolution followed by a fixed scale and shift of each channel, which is a convolution. */
  private Tensor folded(Layer convolution, Layer norm, Tensor input) {
    String name = norm.name();
    Tensor scale =
        parameters
            .get(name + ".weight")
            .div(parameters.get(name + ".running_var").add(new Scalar(EPSILON)).sqrt_());
    Tensor weight = parameters.get(convolution.name() + ".weight").mul(scale.view(-1, 1, 1, 1));
    Operation.Convolution operation = (Operation.Convolution) convolution.operation();
    Tensor mean = parameters.get(name + ".running_mean");
    Tensor shift =
        operation.biased() ? mean.sub(parameters.get(convolution.name() + ".bias")) : mean;
    Tensor bias = parameters.get(name + ".bias").sub(shift.mul(scale));
    Tensor normed = convolved(operation, input, weight, new TensorOptional(bias));
    return pooledAndRectified((Operation.NormReluPool) norm.operation(), normed);
  }

  /** Frees what an operation of several steps has between them. */
  private static Tensor scoped(Supplier<Tensor> operation) {
    Tensor output;
    try (PointerScope steps = new PointerScope()) {
      output = operation.get().retainReference();
      steps.detach(output);
    }
    return inOuterScope(output);
  }

  private static Tensor inOuterScope(Tensor tensor) {
    PointerScope outer = PointerScope.getInnerScope();
    if (outer != null) {
      outer.attach(tensor);
      tensor.releaseReference();
    }
    return tensor;
  }

  private Tensor output(Layer layer, Tensor input, Map<String, Tensor> outputs, Mode ofNetwork) {
    Operation operation = layer.operation();
    Mode mode = own(layer, ofNetwork);
    if (operation instanceof Operation.Sum) {
      return input.add(outputs.get(layer.inputs().get(1)));
    }
    if (operation instanceof Operation.Convolution convolution) {
      return convolved(layer.name(), convolution, input);
    }
    if (operation instanceof Operation.NormReluPool norm) {
      return normed(layer.name(), norm, input, mode);
    }
    if (operation instanceof Operation.KWinners winners) {
      return sparse(input, winners.sparsity(), overBatch(winners, mode));
    }
    if (operation instanceof Operation.Relu) {
      return input.relu();
    }
    if (operation instanceof Operation.MaxPool pool) {
      return pooled(input, pool.size(), pool.size());
    }
    if (operation instanceof Operation.GlobalAveragePool pool) {
      return repeated(input.mean(2, 3), pool.copies());
    }
    if (operation instanceof Operation.GlobalMaxPool) {
      return pooled(input, input.size(2), input.size(3)).flatten(1, -1);
    }
    if (operation instanceof Operation.Linear linear) {
      Tensor sums = linear(layer.name(), input);
      return linear.rectified() ? sums.relu_() : sums;
    }
    if (operation instanceof Operation.Dropout) {
      Tensor dropped = mode == Mode.TRAINING ? masks.apply(layer.name(), input) : input;
      return dropped.view(dropped.size(0), dropped.size(1)); // freed apart from the input
    }
    throw new IllegalArgumentException("No libtorch operation for " + operation);
  }

  private Tensor convolved(String name, Operation.Convolution convolution, Tensor input) {
    TensorOptional bias =
        convolution.biased() ? parameters.optional(name + ".bias") : new TensorOptional();
    return convolved(convolution, input, parameters.get(name + ".weight"), bias);
  }

  private Tensor convolved(
      Operation.Convolution convolution, Tensor input, Tensor weight, TensorOptional bias) {
    if (convolution.kernel() == 1 && convolution.stride() > 1) {
      Operation.Convolution dense =
          new Operation.Convolution(1, convolution.channels(), 1, convolution.biased());
      return convolved(dense, subsampled(input, convolution.stride()), weight, bias);
    }
    if (joinsSmallImages
        && convolution.kernel() == 3
        && convolution.stride() == 1
        && SmallImages.include(input)) {
      return SmallImages.convolved(input, weight, bias);
    }
    long[] stride = {convolution.stride(), convolution.stride()};
    long[] padding = {convolution.kernel() / 2, convolution.kernel() / 2};
    return torch.conv2d(input, weight, bias, stride, padding, UNDILATED, 1);
  }

  /**
   * The pixels that a strided kernel of one pixel reads. On processors without AVX-512, oneDNN
   * (3.11 and earlier) writes beyond its memory when it picks them out of fewer than eight
   * channels.
   *
   * @see <a href="https://github.com/uxlfoundation/oneDNN/issues/6035">oneDNN's issue 6035</a>
   */
  private static Tensor subsampled(Tensor input, int stride) {
    return subsampled(subsampled(input, 2, stride), 3, stride);
  }

  private static Tensor subsampled(Tensor input, int dimension, int stride) {
    return input.slice(dimension, new LongOptional(0), new LongOptional(), stride);
  }

  private Tensor normed(String name, Operation.NormReluPool norm, Tensor input, Mode mode) {
    Tensor normed =
        torch.batch_norm(
            input,
            parameters.optional(name + ".weight"),
            parameters.optional(name + ".bias"),
            parameters.optional(name + ".running_mean"),
            parameters.optional(name + ".running_var"),
            mode != Mode.EVALUATION,
            mode == Mode.STATISTICS ? 1.0 / statisticsBatches : norm.momentum(),
            EPSILON,
            true);
    return pooledAndRectified(norm, normed);
  }

  /** Pools first, because the largest value of the rectified ones is the rectified largest one. */
  private static Tensor pooledAndRectified(Operation.NormReluPool norm, Tensor normed) {
    Tensor pooled = norm.pool() > 1 ? pooled(normed, norm.pool(), norm.pool()) : normed;
    return norm.rectified() ? pooled.relu_() : pooled;
  }

  /**
   * Channels first, as the choice of the winners needs them, and batch norm stays precise: on CPUs,
   * libtorch sums up the statistics of channels-last images in single precision, one value after
   * the other. That changes normalised values by up to 1e-4, which exchanges winners.
   */
  private static Tensor sparse(Tensor input, Sparsity sparsity, boolean overBatch) {
    Tensor images = input.contiguous();
    return images.mul(WinnersMask.of(images, sparsity, overBatch));
  }

  private static boolean overBatch(Operation.KWinners winners, Mode mode) {
    return mode != Mode.EVALUATION || winners.sparsity().testing() == Sparsity.Testing.BATCH;
  }

  private static Tensor pooled(Tensor input, long height, long width) {
    long[] square = {height, width};
    return torch.max_pool2d(input, square, square, UNPADDED, UNDILATED, false);
  }

  /** Each of the values so many times in succession. */
  private static Tensor repeated(Tensor means, int copies) {
    return copies == 1
        ? means
        : means.unsqueeze(2).expand(means.size(0), means.size(1), copies).flatten(1, -1);
  }

  private Tensor linear(String name, Tensor input) {
    return torch.linear(
        input, parameters.get(name + ".weight"), parameters.optional(name + ".bias"));
  }

  /** A head's logits: (batch, classes). */
  Tensor logits(Head head, Tensor features, Mode mode) {
    Tensor read = mode == Mode.TRAINING ? masks.apply(head.label(), features) : features;
    return linear(architecture.head(head).name(), read);
  }
}
