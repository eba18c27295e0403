package org.bilateralbrain.data;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A whole data set: the training and test images and the hierarchy of their classes.
 *
 * @param digest SHA-256 over the labels and pixels of both parts; the same for every packing of the
 *     same records
 */
public record DataSet(Images train, Images test, Hierarchy hierarchy, String digest) {

  static DataSet of(Images train, Images test, Hierarchy hierarchy) {
    MessageDigest sha256 = DigestUtils.getSha256Digest();
    for (Images part : new Images[] {train, test}) {
      sha256.update((part.count() + "\n").getBytes(StandardCharsets.US_ASCII));
      sha256.update(part.coarse());
      sha256.update(part.fine());
      sha256.update(part.pixels());
    }
    return new DataSet(train, test, hierarchy, HexFormat.of().formatHex(sha256.digest()));
  }
}
