package org.bilateralbrain.store;

import java.util.List;

/** The labels of heads, as all files name them. */
public final class Heads {

  /** Tells the fine classes apart. */
  public static final String FINE = "fine";

  /** Tells the coarse classes (superclasses) apart. */
  public static final String COARSE = "coarse";

  /** In the order of the tables. */
  public static final List<String> ALL = List.of(FINE, COARSE);

  private Heads() {}
}
