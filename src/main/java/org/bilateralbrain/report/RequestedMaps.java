package org.bilateralbrain.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.DamagedArtifactException;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.SaliencyFile;
import org.bilateralbrain.store.SaliencyRequests;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;

/**
 * The saliency maps for requested images that the store has of a sweep's networks.
 *
 * @param artifacts request by request, in the order of the table
 */
public record RequestedMaps(List<OfNetwork> artifacts) {

  /**
   * @param artifact holds the pictures
   */
  public record OfNetwork(
      SweepPlanFile.GridPoint cell, Artifact artifact, List<SaliencyFile.Picture> pictures) {}

  public static RequestedMaps read(Store store, String sweep, SweepPlanFile plan)
      throws IOException {
    List<List<Integer>> requests = SaliencyRequests.read(store, sweep, plan).requests();
    List<OfNetwork> artifacts = new ArrayList<>();
    for (List<Integer> images : requests) {
      Map<ArtifactKey, Lookup> found =
          store.lookup(plan.cells().stream().map(cell -> key(cell, images)).toList());
      for (SweepPlanFile.GridPoint cell : plan.cells()) {
        if (Objects.requireNonNull(found.get(key(cell, images)))
            instanceof Lookup.Present present) {
          add(cell, present.artifact(), artifacts);
        }
      }
    }
    return new RequestedMaps(artifacts);
  }

  private static ArtifactKey key(SweepPlanFile.GridPoint cell, List<Integer> images) {
    return SaliencyFile.key(cell.artifact(), images);
  }

  /** A damaged artifact doesn't count: the next run of analyse makes it again. */
  private static void add(
      SweepPlanFile.GridPoint cell, Artifact artifact, List<OfNetwork> artifacts)
      throws IOException {
    try {
      SaliencyFile file = artifact.read(SaliencyFile.FILE_NAME, SaliencyFile.class);
      artifacts.add(new OfNetwork(cell, artifact, file.pictures()));
    } catch (DamagedArtifactException e) {
      // left out
    }
  }
}
