package org.bilateralbrain.data;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Seeds of independent random streams. Every random choice of a job has its own stream, named by
 * its purpose and, if it recurs, by its epoch, so that an epoch can be repeated without the ones
 * before it.
 */
public final class Seeds {

  private Seeds() {}

  /** A seed that depends on these three values only. */
  public static long derive(long seed, String purpose, long index) {
    return of(seed + "/" + purpose + "/" + index);
  }

  /** A seed that depends on this text only. */
  public static long of(String text) {
    return HexFormat.fromHexDigitsToLong(
        DigestUtils.sha256Hex(text.getBytes(StandardCharsets.UTF_8)).substring(0, 16));
  }
}
