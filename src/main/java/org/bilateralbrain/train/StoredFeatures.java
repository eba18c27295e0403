package org.bilateralbrain.train;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bilateralbrain.data.Partition;
import org.bilateralbrain.data.Subset;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.WholeFile;

/**
 * One hemisphere's features of all images, in the order of the partition's subsets. They are mapped
 * into memory: what is in use lives in the system's page cache, not in the heap.
 *
 * @param views of the training images
 */
record StoredFeatures(
    int features, List<FloatBuffer> views, FloatBuffer validation, FloatBuffer test) {

  private static final String VALIDATION = "validation" + NpyFormat.EXTENSION;
  private static final String TEST = "test" + NpyFormat.EXTENSION;

  static StoredFeatures open(Artifact artifact, Partition partition, int features, int views)
      throws IOException {
    List<FloatBuffer> train = new ArrayList<>();
    for (int view = 0; view < views; view++) {
      train.add(matrix(artifact, trainFile(view), partition.train(), features));
    }
    return new StoredFeatures(
        features,
        train,
        matrix(artifact, VALIDATION, partition.validation(), features),
        matrix(artifact, TEST, partition.test(), features));
  }

  private static FloatBuffer matrix(Artifact artifact, String file, Subset subset, int features)
      throws IOException {
    return NpyFormat.matrix(artifact.map(file), subset.count(), features);
  }

  static void writeTrain(ArtifactWriter artifact, int view, WholeFile.Content content)
      throws IOException {
    artifact.write(trainFile(view), content);
  }

  static void writeValidation(ArtifactWriter artifact, WholeFile.Content content)
      throws IOException {
    artifact.write(VALIDATION, content);
  }

  static void writeTest(ArtifactWriter artifact, WholeFile.Content content) throws IOException {
    artifact.write(TEST, content);
  }

  private static String trainFile(int view) {
    return "train-view-%s%s".formatted(view, NpyFormat.EXTENSION);
  }
}
