package org.bilateralbrain.data;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.bilateralbrain.data.EncodedImages.Part;
import org.bilateralbrain.data.EncodedImages.Receiver;
import org.bilateralbrain.data.EncodedImages.Slice;
import org.jspecify.annotations.Nullable;

/**
 * A file of a prepared data set that is being made: some images, decoded and written as records.
 * Several machines can each make some.
 *
 * @param name the file's
 * @param part which images are for
 */
public record PreparedPart(
    String folder, String name, Part part, RecordFormat format, List<Slice> slices)
    implements Serializable {

  /**
   * A file that has been written.
   *
   * @param broken what is wrong with those images that couldn't be read, by name
   */
  public record Written(
      String name,
      Part part,
      long bytes,
      String sha256,
      int[] fine,
      int[] coarse,
      ChannelStatistics.Sums sums,
      List<String> broken)
      implements Serializable {}

  private static final String DRAFT = ".draft";

  int count() {
    return slices.stream().mapToInt(Slice::count).sum();
  }

  /**
   * Writes the file under another name first, so that it is whole or not there however often, and
   * wherever else at the same time, this is called.
   */
  public Written write(Configuration hadoop) throws IOException {
    Path file = new Path(folder, name);
    FileSystem fileSystem = Locations.unchecked(file, hadoop);
    Path draft = new Path(folder, ".%s.%s%s".formatted(name, UUID.randomUUID(), DRAFT));
    MessageDigest digest = DigestUtils.getSha256Digest();
    Records records;
    try (OutputStream out =
        new DigestOutputStream(
            new BufferedOutputStream(fileSystem.create(draft, true), 1 << 16), digest)) {
      records = new Records(format, out);
      for (Slice slice : slices) {
        slice.read(hadoop, records);
        if (records.failure != null) {
          throw records.failure;
        }
      }
    }
    fileSystem.delete(file, false);
    if (!fileSystem.rename(draft, file)) {
      fileSystem.delete(draft, false);
      if (!fileSystem.exists(file)) { // unless another attempt was faster
        throw new IOException("%s could not be renamed to %s".formatted(draft, file));
      }
    }
    return new Written(
        name,
        part,
        (long) records.count * format.recordBytes(),
        HexFormat.of().formatHex(digest.digest()),
        Arrays.copyOf(records.fine, records.count),
        Arrays.copyOf(records.coarse, records.count),
        records.sums,
        records.broken);
  }

  /** Removes what attempts left that were cut off. */
  static void removeDrafts(Path folder, FileSystem fileSystem) throws IOException {
    for (FileStatus file : fileSystem.listStatus(folder, PreparedPart::isDraft)) {
      fileSystem.delete(file.getPath(), false);
    }
  }

  private static boolean isDraft(Path file) {
    return file.getName().startsWith(".") && file.getName().endsWith(DRAFT);
  }

  private static final class Records implements Receiver {
    private final RecordFormat format;
    private final OutputStream out;
    private int[] fine = new int[1024];
    private int[] coarse = new int[1024];
    private final ChannelStatistics.Sums sums;
    private final List<String> broken = new ArrayList<>();
    private int count;
    private @Nullable IOException failure;

    Records(RecordFormat format, OutputStream out) {
      this.format = format;
      this.out = out;
      sums = new ChannelStatistics.Sums(format.shape());
    }

    @Override
    public void image(String name, int fineLabel, int coarseLabel, byte[] encoded) {
      byte[] pixels;
      try {
        pixels = ImageDecoder.decode(encoded).fitted(format.shape());
      } catch (IOException e) {
        broken(name, e);
        return;
      }
      try {
        format.write(coarseLabel, fineLabel, pixels, out);
      } catch (IOException e) {
        failure = e;
      }
      sums.add(pixels);
      if (count == fine.length) {
        fine = Arrays.copyOf(fine, 2 * count);
        coarse = Arrays.copyOf(coarse, 2 * count);
      }
      fine[count] = fineLabel;
      coarse[count] = coarseLabel;
      count++;
    }

    @Override
    public void broken(String name, IOException reason) {
      broken.add("%s: %s".formatted(name, reason.getMessage()));
    }
  }
}
