package org.bilateralbrain.data;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Labelled images: pixels in one plane for each channel (grey, or red, green and blue), row by row,
 * one byte per value, as in CIFAR's files. The bytes may be in memory or in a file that is mapped;
 * they and the labels are shared, not copied: treat them as read-only.
 */
public final class Images {

  /** Where the bytes are: records of equal length, each with an image at its end. */
  static final class Records {

    private static final int MAX_PIECE = 1 << 30;

    private final List<ByteBuffer> pieces;
    private final int recordBytes;

    /** The first record of each piece, and then the number of records. */
    private final int[] starts;

    /**
     * @param pieces of whole records
     * @param recordBytes length of a record
     */
    Records(List<ByteBuffer> pieces, int recordBytes) {
      this.pieces = List.copyOf(pieces);
      this.recordBytes = recordBytes;
      starts = new int[pieces.size() + 1];
      for (int i = 0; i < pieces.size(); i++) {
        starts[i + 1] = Math.addExact(starts[i], pieces.get(i).limit() / recordBytes);
      }
    }

    /** The length of the largest piece of whole records that one buffer can be. */
    static int maxPiece(int recordBytes) {
      return Math.max(1, MAX_PIECE / recordBytes) * recordBytes;
    }

    int count() {
      return starts[pieces.size()];
    }

    /** Copies the end of a record. */
    void copyEnd(int record, byte[] target) {
      int found = Arrays.binarySearch(starts, record);
      int piece = found < 0 ? -found - 2 : found;
      int end = (record - starts[piece] + 1) * recordBytes;
      pieces.get(piece).get(end - target.length, target);
    }
  }

  private final ImageShape shape;
  private final Records records;
  private final int[] fine;
  private final int[] coarse;
  private final int hash;

  /**
   * @param records that end with the images' pixels
   * @param fine label of each image
   * @param coarse label of each image
   */
  Images(ImageShape shape, Records records, int[] fine, int[] coarse) {
    if (fine.length != coarse.length || records.count() != fine.length) {
      throw new IllegalArgumentException(
          "%s fine labels, %s coarse labels and %s images don't match"
              .formatted(fine.length, coarse.length, records.count()));
    }
    this.shape = shape;
    this.records = records;
    this.fine = fine;
    this.coarse = coarse;
    hash = Arrays.hashCode(fine) * 31 + Arrays.hashCode(coarse);
  }

  /**
   * Images in memory.
   *
   * @param pixels of all images, one after the other
   */
  public Images(ImageShape shape, byte[] pixels, int[] fine, int[] coarse) {
    this(shape, new Records(List.of(ByteBuffer.wrap(pixels)), shape.bytes()), fine, coarse);
  }

  public ImageShape shape() {
    return shape;
  }

  public int count() {
    return fine.length;
  }

  /** The fine label of each image. */
  public int[] fine() {
    return fine;
  }

  /** The coarse label of each image. */
  public int[] coarse() {
    return coarse;
  }

  public int fineLabel(int image) {
    return fine[image];
  }

  public int coarseLabel(int image) {
    return coarse[image];
  }

  /**
   * Copies an image's pixels, plane by plane.
   *
   * @param target its length is {@link ImageShape#bytes}
   */
  public void copyPixels(int image, byte[] target) {
    records.copyEnd(image, target);
  }

  /** The pixels of some images, one after the other. */
  public byte[] pixels(int first, int count) {
    byte[] all = new byte[Math.multiplyExact(count, shape.bytes())];
    byte[] one = new byte[shape.bytes()];
    for (int i = 0; i < count; i++) {
      copyPixels(first + i, one);
      System.arraycopy(one, 0, all, i * one.length, one.length);
    }
    return all;
  }

  @Override
  public boolean equals(Object other) {
    if (this == other) {
      return true;
    }
    return other instanceof Images that
        && hash == that.hash
        && shape.equals(that.shape)
        && Arrays.equals(fine, that.fine)
        && Arrays.equals(coarse, that.coarse)
        && haveEqualPixels(that);
  }

  private boolean haveEqualPixels(Images that) {
    byte[] ours = new byte[shape.bytes()];
    byte[] theirs = new byte[shape.bytes()];
    for (int i = 0; i < count(); i++) {
      copyPixels(i, ours);
      that.copyPixels(i, theirs);
      if (!Arrays.equals(ours, theirs)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return "Images[%s, %s]".formatted(count(), shape);
  }
}
