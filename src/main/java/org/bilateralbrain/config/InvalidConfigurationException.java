package org.bilateralbrain.config;

import java.util.List;

/** A configuration with mistakes; its message lists all of them, a line each. */
public class InvalidConfigurationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public InvalidConfigurationException(List<String> problems) {
    super(String.join("\n", problems));
  }
}
