package org.bilateralbrain.nn.layers;

import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Loader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * oneDNN on this machine. Its build links to OpenCL's loader, which is not on every machine; without it ND4J's own
 * oneDNN does the work, with many conversions between memory layouts in between.
 */
final class OneDnn {

  private static final Logger LOG = LoggerFactory.getLogger(OneDnn.class);
  private static final boolean AVAILABLE = load();

  private OneDnn() {}

  static boolean isAvailable() {
    return AVAILABLE;
  }

  private static boolean load() {
    try {
      Loader.load(dnnl.class);
      return true;
    } catch (LinkageError e) {
      LOG.warn(
          "Convolutions take the slower way, since oneDNN can't be loaded ({}); Debian's package ocl-icd-libopencl1, or any other libOpenCL.so.1, mends this",
          e.getMessage());
      return false;
    }
  }

  /** Created at its first use. */
  static final class Cpu {
    static final engine ENGINE = new engine(engine.kind.cpu, 0);

    private Cpu() {}
  }
}
