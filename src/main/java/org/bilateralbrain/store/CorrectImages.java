package org.bilateralbrain.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.Serializable;
import java.util.Base64;
import java.util.BitSet;

/**
 * Which test images a network classified correctly; 1.7 kB for 10,000 images.
 *
 * @param count number of test images
 * @param base64 one bit for each image, in the order of the test part, least significant bit first
 */
public record CorrectImages(@JsonProperty("count") int count, @JsonProperty("bits") String base64)
    implements Serializable {

  public static CorrectImages of(BitSet correct, int count) {
    return new CorrectImages(count, Base64.getEncoder().encodeToString(correct.toByteArray()));
  }

  /** The images that were classified correctly. */
  public BitSet bits() {
    return BitSet.valueOf(Base64.getDecoder().decode(base64));
  }
}
