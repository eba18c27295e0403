package org.bilateralbrain.grid;

import java.util.List;
import org.bilateralbrain.nn.Computation;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;

/**
 * Takes over a hemisphere that was trained elsewhere, and tests it.
 *
 * @param seed whose place it takes; the result doesn't depend on it
 */
public record PretrainedHemisphereJob(
    DataKey data,
    Computation computation,
    List<Head> heads,
    HemisphereShape shape,
    Checkpoint checkpoint,
    long seed)
    implements Hemisphere, PretrainedJob {

  @Override
  public String title() {
    return "%s hemisphere, %s, pretrained, seed %s".formatted(labels(), shape.title(), seed);
  }

  @Override
  public Specification specification() {
    return checkpoint.describeTo(
        new Specification(kind(), computation).add(data).add("labels", labels()).add(shape),
        "pretrained");
  }
}
