package org.bilateralbrain.grid;

import java.util.List;
import org.bilateralbrain.nn.Computation;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;

/**
 * Takes over a hemisphere that was trained elsewhere, and tests it.
 *
 * @param location of the file or the artifact's folder; the result doesn't depend on it
 * @param digest of its content
 */
public record PretrainedHemisphereJob(
    DataKey data,
    Computation computation,
    List<Head> heads,
    HemisphereShape shape,
    String location,
    String digest,
    long seed)
    implements Hemisphere {

  @Override
  public String title() {
    return "%s hemisphere, %s, pretrained, seed %s".formatted(labels(), shape.title(), seed);
  }

  @Override
  public double work() {
    return architecture().forwardCost(); // to be tested once
  }

  @Override
  public Specification specification() {
    return new Specification(kind(), computation)
        .add(data)
        .add("labels", labels())
        .add(shape)
        .add("pretrained", digest);
  }
}
