package org.bilateralbrain.nn;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Explains why an engine's code for GPUs can't be loaded. */
public final class CudaLibraries {

  /** How Linux's loader puts it. */
  private static final Pattern MISSING =
      Pattern.compile("(lib[\\w.+-]+): cannot open shared object file");

  private CudaLibraries() {}

  /**
   * @param error of loading the engine's code; JavaCPP hides the loader's own among its causes
   * @param needed what that code needs of a machine besides a driver, such as "CUDA 13"
   * @return a machine's fault: another machine may have them
   */
  public static IllegalStateException missing(LinkageError error, String needed) {
    String reason = String.valueOf(error.getMessage());
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      Matcher library = MISSING.matcher(String.valueOf(cause.getMessage()));
      if (library.find()) {
        reason = library.group(1) + " is missing";
      }
    }
    return new IllegalStateException(
        "this machine can't compute on GPUs (%s): it needs an NVIDIA driver, %s; use another machine, or build for CPUs with mvn package"
            .formatted(reason, needed));
  }
}
