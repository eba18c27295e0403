package org.bilateralbrain.train;

import java.io.IOException;
import org.bilateralbrain.store.ArtifactWriter;

/** What came of a job. It can be written again if the store fails. */
interface JobResult {

  /**
   * @return for people: what was written
   */
  String writeTo(ArtifactWriter artifact) throws IOException;
}
