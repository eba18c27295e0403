package org.bilateralbrain.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * {@code analysis/images.json} in a sweep's folder: the test images for which saliency maps were
 * requested, so that later analyses and reports include them. Each request has only images that
 * earlier ones don't, and is one artifact per network, see {@link SaliencyFile#key}.
 *
 * @param data digest of the data set, to whose test images the positions refer; it takes the place
 *     of the plan's hash, because positions stay valid when networks are added
 * @param requests positions in ascending order, without repetition
 */
public record SaliencyRequests(
    @JsonProperty("data") String data, @JsonProperty("requests") List<List<Integer>> requests) {

  private static final String FILE_NAME = "analysis/images.json";

  /** Those for the data set of a plan; none if there is no file or it is of other data. */
  public static SaliencyRequests read(Store store, String sweep, SweepPlanFile plan)
      throws IOException {
    String data = plan.data().digest();
    return store
        .readSweepFile(sweep, FILE_NAME, SaliencyRequests.class)
        .filter(file -> file.data().equals(data))
        .orElseGet(() -> new SaliencyRequests(data, List.of()));
  }

  public void write(Store store, String sweep) throws IOException {
    store.writeSweepFile(sweep, FILE_NAME, Json.encode(this));
  }

  /** These and one more, if any of its images is new. */
  public SaliencyRequests with(Collection<Integer> images) {
    TreeSet<Integer> others = new TreeSet<>(images);
    requests.forEach(others::removeAll);
    if (others.isEmpty()) {
      return this;
    }
    List<List<Integer>> all = new ArrayList<>(requests);
    all.add(List.copyOf(others));
    return new SaliencyRequests(data, List.copyOf(all));
  }
}
