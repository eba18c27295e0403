package org.bilateralbrain.train;

import java.util.Map;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;

/** What a network is trained, chosen and tested on. */
interface ExampleSource {

  /**
   * The training examples of an epoch, from 0; an epoch can be asked for without the ones before
   * it.
   */
  Iterable<Examples> epoch(int epoch);

  Iterable<Examples> validation();

  Iterable<Examples> test();

  /** How many images an epoch trains on. */
  int trainImages();

  /** How many classes there are of each kind of label. */
  Map<Head, Integer> classes();
}
