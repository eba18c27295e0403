package org.bilateralbrain.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.bilateralbrain.data.EncodedImages.Part;
import org.bilateralbrain.data.EncodedImages.Slice;

/**
 * Makes a prepared data set of encoded images: a plan of files, which any machine can write, and
 * the description, which is written once all files are there.
 */
public final class Preparation {

  /** Of a file, before it is closed and the next one begins. */
  private static final long BYTES_PER_FILE = 64L << 20;

  private final EncodedImages images;
  private final RecordFormat format;
  private final Path target;
  private final List<PreparedPart> parts = new ArrayList<>();

  private Preparation(EncodedImages images, RecordFormat format, Path target) {
    this.images = images;
    this.format = format;
    this.target = target;
  }

  /**
   * Plans the files.
   *
   * @param source of encoded images
   * @return empty if the source's images are records already
   * @throws DataException if the source can't be listed, or the target holds other files
   */
  public static Optional<Preparation> of(DataSource source, Path target, Configuration hadoop) {
    Optional<EncodedImages> listed = source.encoded(hadoop);
    Optional<ImageShape> shape = source.knownShape();
    if (listed.isEmpty() || shape.isEmpty()) {
      return Optional.empty();
    }
    EncodedImages images = listed.get();
    int classes =
        images.fineNames().isEmpty() ? RecordFormat.MAX_CLASSES : images.fineNames().size();
    Preparation preparation =
        new Preparation(
            images, RecordFormat.of(shape.get(), classes), Locations.qualified(target, hadoop));
    preparation.plan(DataSet.TRAIN, List.of(Part.TRAIN, Part.VALIDATION));
    preparation.plan(DataSet.TEST, List.of(Part.TEST));
    preparation.requireEmpty(hadoop);
    return Optional.of(preparation);
  }

  private void plan(String file, List<Part> of) {
    int number = 0;
    for (Part part : of) {
      List<Slice> slices = new ArrayList<>();
      long bytes = 0;
      for (Slice slice : images.of(part)) {
        slices.add(slice);
        bytes += (long) slice.count() * format.recordBytes();
        if (bytes >= BYTES_PER_FILE) {
          parts.add(part(file, number++, part, slices));
          slices = new ArrayList<>();
          bytes = 0;
        }
      }
      if (!slices.isEmpty()) {
        parts.add(part(file, number++, part, slices));
      }
    }
  }

  private PreparedPart part(String file, int number, Part part, List<Slice> slices) {
    return new PreparedPart(
        target.toString(), PreparedDataSet.fileName(file, number), part, format, slices);
  }

  /** A description says that the folder is another data set, or this one, and finished. */
  private void requireEmpty(Configuration hadoop) {
    try {
      FileSystem fileSystem = Locations.unchecked(target, hadoop);
      for (String name : List.of(PreparedDescription.FILE, DataSet.TRAIN, DataSet.TEST)) {
        if (fileSystem.exists(new Path(target, name))) {
          throw new DataException(
              "%s already contains a data set (%s); choose another target or remove it"
                  .formatted(target, name));
        }
      }
      fileSystem.mkdirs(target);
    } catch (IOException e) {
      throw new DataException("%s can't be written: %s".formatted(target, e.getMessage()), e);
    }
  }

  /** The files to write, in any order and on any machine. */
  public List<PreparedPart> parts() {
    return List.copyOf(parts);
  }

  /** How many images there are. */
  public int images() {
    return parts.stream().mapToInt(PreparedPart::count).sum();
  }

  /**
   * Writes the description.
   *
   * @param written each file, in the order of {@link #parts}
   * @throws DataException if images are broken or their labels don't form a hierarchy
   */
  public void finish(List<PreparedPart.Written> written, Configuration hadoop) {
    images.requireNone(written.stream().flatMap(part -> part.broken().stream()).toList());
    PreparedDataSet.finish(target, images, format, written, hadoop);
  }
}
