package org.bilateralbrain.config;

import java.util.regex.Pattern;

/** Names that users choose and that end up in paths and tables. */
final class Names {

  static final String RULE =
      "is '%s', but must be usable as a folder's name: letters, digits, . _ -";

  private static final Pattern USABLE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  private Names() {}

  static boolean isUsable(String name) {
    return USABLE.matcher(name).matches();
  }
}
