package org.bilateralbrain.data;

import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;

/**
 * A data set whose images are yet to be decoded, in slices that can be read independently.
 *
 * @param location for messages
 * @param fineNames of the fine classes, in the order of their numbers; empty if unknown
 * @param coarseNames likewise
 * @param slices by what their images are for
 */
public record EncodedImages(
    String location,
    List<String> fineNames,
    List<String> coarseNames,
    Map<Part, List<Slice>> slices) {

  /** How many broken images a message names. */
  private static final int MAX_NAMED = 10;

  private static final int DECODED_AT_A_TIME = 500;

  /** What images are for. */
  public enum Part {
    TRAIN,
    VALIDATION,
    TEST
  }

  /** Some images, such as those of a few files or of a part of a file. */
  public interface Slice extends Serializable {

    int count();

    /**
     * Passes on each image.
     *
     * @throws IOException if the slice can't be read as a whole
     */
    void read(Configuration hadoop, Receiver receiver) throws IOException;
  }

  /** Takes images in the order of their slice. */
  public interface Receiver {

    /**
     * @param encoded such as the content of a PNG file
     */
    void image(String name, int fine, int coarse, byte[] encoded);

    /** The image can't be read. */
    void broken(String name, IOException reason);
  }

  List<Slice> of(Part part) {
    return slices.getOrDefault(part, List.of());
  }

  int count(Part part) {
    return of(part).stream().mapToInt(Slice::count).sum();
  }

  /**
   * Decodes all images on all of this machine's cores.
   *
   * @throws DataException if any can't be read; the message names them
   */
  DataSet decoded(ImageShape shape, Configuration hadoop) {
    Queue<String> broken = new ConcurrentLinkedQueue<>();
    List<Slice> training = new ArrayList<>(of(Part.TRAIN));
    training.addAll(of(Part.VALIDATION));
    Images train = decoded(training, shape, hadoop, broken);
    Images test = decoded(of(Part.TEST), shape, hadoop, broken);
    requireNone(broken);
    try {
      Hierarchy hierarchy = Hierarchy.of(train, test, fineNames, coarseNames);
      return DataSet.of(train, test, hierarchy, count(Part.VALIDATION));
    } catch (DataException e) {
      throw new DataException("%s: %s".formatted(location, e.getMessage()), e);
    }
  }

  private static Images decoded(
      List<Slice> slices, ImageShape shape, Configuration hadoop, Queue<String> broken) {
    List<Decoded> decoded = slices.stream().map(slice -> new Decoded(shape, broken)).toList();
    IntStream.range(0, slices.size())
        .parallel()
        .forEach(i -> decoded.get(i).read(slices.get(i), hadoop));
    return new Images(
        shape,
        new Images.Records(
            decoded.stream().flatMap(each -> each.pixels.stream()).toList(), shape.bytes()),
        decoded.stream().flatMap(each -> each.fine.stream()).mapToInt(label -> label).toArray(),
        decoded.stream().flatMap(each -> each.coarse.stream()).mapToInt(label -> label).toArray());
  }

  /** An image that has been read and is yet to be decoded. */
  private record Encoded(String name, int fine, int coarse, byte[] content) {}

  /** A slice's images, decoded some at a time on all cores, because a slice can be a whole file. */
  private static final class Decoded implements Receiver {
    private final ImageShape shape;
    private final Queue<String> broken;
    private final List<Encoded> waiting = new ArrayList<>();
    private final List<ByteBuffer> pixels = new ArrayList<>();
    private final List<Integer> fine = new ArrayList<>();
    private final List<Integer> coarse = new ArrayList<>();

    Decoded(ImageShape shape, Queue<String> broken) {
      this.shape = shape;
      this.broken = broken;
    }

    void read(Slice slice, Configuration hadoop) {
      try {
        slice.read(hadoop, this);
      } catch (IOException e) {
        throw new DataException("%s can't be read: %s".formatted(slice, e.getMessage()), e);
      }
      decode();
    }

    @Override
    public void image(String name, int fineLabel, int coarseLabel, byte[] encoded) {
      waiting.add(new Encoded(name, fineLabel, coarseLabel, encoded));
      if (waiting.size() == DECODED_AT_A_TIME) {
        decode();
      }
    }

    @Override
    public void broken(String name, IOException reason) {
      broken.add("%s: %s".formatted(name, reason.getMessage()));
    }

    private void decode() {
      if (waiting.isEmpty()) {
        return;
      }
      byte[] piece = new byte[waiting.size() * shape.bytes()];
      IntStream.range(0, waiting.size())
          .parallel()
          .forEach(
              i -> {
                Encoded image = waiting.get(i);
                try {
                  byte[] decoded = ImageDecoder.decode(image.content).fitted(shape);
                  System.arraycopy(decoded, 0, piece, i * decoded.length, decoded.length);
                } catch (IOException e) {
                  broken(image.name, e);
                }
              });
      waiting.forEach(
          image -> {
            fine.add(image.fine);
            coarse.add(image.coarse);
          });
      waiting.clear();
      pixels.add(ByteBuffer.wrap(piece));
    }
  }

  /**
   * @throws DataException if there are broken images
   */
  void requireNone(Collection<String> broken) {
    if (!broken.isEmpty()) {
      throw new DataException(
          "%s: %s of %s images can't be read; remove or replace them:%n  %s%s"
              .formatted(
                  location,
                  broken.size(),
                  Arrays.stream(Part.values()).mapToInt(this::count).sum(),
                  String.join(
                      "%n  ".formatted(), broken.stream().sorted().limit(MAX_NAMED).toList()),
                  broken.size() > MAX_NAMED ? "%n  …".formatted() : ""));
    }
  }
}
