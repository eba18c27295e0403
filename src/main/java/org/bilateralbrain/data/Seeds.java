package org.bilateralbrain.data;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Seeds of independent streams of random numbers. Every random choice of a job has a stream of its
 * own, named by its purpose and, where it recurs, by its epoch, so that an epoch can be repeated
 * without the ones before it.
 */
public final class Seeds {

  private Seeds() {}

  /** A seed that depends on all three and on nothing else. */
  public static long derive(long seed, String purpose, long index) {
    String text = seed + "/" + purpose + "/" + index;
    return HexFormat.fromHexDigitsToLong(
        DigestUtils.sha256Hex(text.getBytes(StandardCharsets.UTF_8)).substring(0, 16));
  }
}
