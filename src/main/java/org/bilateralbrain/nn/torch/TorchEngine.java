package org.bilateralbrain.nn.torch;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Engine;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.Precision;
import org.bilateralbrain.nn.torch.Cards.Card;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.global.torch;

/**
 * The engine on libtorch: on CPUs with oneDNN, on GPUs with cuDNN. Deterministic on one kind of
 * device with one number of threads.
 */
public final class TorchEngine implements Engine {

  /**
   * A task's device.
   *
   * @param card of a GPU
   * @param memory that the task may use on a GPU, in bytes
   */
  private record Binding(
      TorchDevice device, Optional<Card> card, OptionalLong memory, int threads) {}

  private static final ThreadLocal<Binding> CURRENT =
      ThreadLocal.withInitial(
          () -> new Binding(TorchDevice.CPU, Optional.empty(), OptionalLong.empty(), 1));

  private final Precision precision;
  private final Cards cards;

  /** In float32. */
  public TorchEngine() {
    this(Precision.FLOAT32, new CudaCards());
  }

  TorchEngine(Precision precision, Cards cards) {
    this.precision = precision;
    this.cards = cards;
  }

  @Override
  public String name() {
    return "torch";
  }

  @Override
  public Set<Precision> precisions() {
    return Set.of(Precision.values());
  }

  @Override
  public Engine in(Precision other) {
    return new TorchEngine(other, cards);
  }

  @Override
  public void bind(Optional<Gpu> gpu, int threads) {
    Library.load();
    Library.useThreads(threads);
    CURRENT.set(
        gpu.map(assigned -> bindTo(assigned, threads)).orElseGet(() -> bindToProcessor(threads)));
  }

  private Binding bindTo(Gpu gpu, int threads) {
    int number = cards.bind(gpu, precision);
    Card card = cards.card(number);
    torch.globalContext().setAllowTF32CuDNN(precision == Precision.TF32);
    torch.globalContext().setAllowTF32CuBLAS(precision == Precision.TF32);
    return new Binding(
        TorchDevice.gpu(number),
        Optional.of(card),
        OptionalLong.of((long) (gpu.share() * card.bytes())),
        threads);
  }

  private Binding bindToProcessor(int threads) {
    if (precision == Precision.TF32) {
      throw new IllegalStateException(
          "the precision tf32 needs a GPU, and Spark assigned none to the task: set precision to float32 or bf16, or use --gpus");
    }
    if (precision == Precision.BF16 && !Processor.hasBfloat16()) {
      throw new IllegalStateException(
          "the precision bf16 needs a processor with AVX512_BF16 or AMX: set precision to float32, or use other machines");
    }
    long limit = Pointer.maxPhysicalBytes();
    return new Binding(
        TorchDevice.CPU,
        Optional.empty(),
        limit <= 0 ? OptionalLong.empty() : OptionalLong.of(limit),
        threads);
  }

  @Override
  public Device device() {
    Binding binding = CURRENT.get();
    return new Device(binding.card().map(Card::name), binding.threads());
  }

  /** JavaCPP's limit on the CPU; the task's share of the card's memory on a GPU. */
  @Override
  public OptionalLong memoryLimit() {
    return CURRENT.get().memory();
  }

  @Override
  public Network create(Architecture architecture, Hyperparameters hyperparameters) {
    Library.load();
    TorchDevice device = CURRENT.get().device();
    return Failures.translated(
        () -> new TorchNetwork(architecture, hyperparameters, device, precision));
  }
}
