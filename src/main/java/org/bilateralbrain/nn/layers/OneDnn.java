package org.bilateralbrain.nn.layers;

import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Loader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * oneDNN on this machine, from JavaCPP's presets (whose build links to OpenCL's loader and brings
 * it along). ND4J has oneDNN inside, too, but converts between memory layouts before and after
 * every operation; it does the work where the presets can't be loaded.
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
          "oneDNN can't be loaded ({}): convolutions go through ND4J's operations, which are slower",
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
