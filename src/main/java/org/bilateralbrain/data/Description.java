package org.bilateralbrain.data;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * {@code dataset.json}: what a prepared data set contains.
 *
 * @param mean of each colour channel of the training images, values scaled to 0..1
 * @param std likewise, the population standard deviation
 * @param files length and SHA-256 of each file beside it
 */
record Description(
    @JsonProperty("train_records") int trainRecords,
    @JsonProperty("test_records") int testRecords,
    @JsonProperty("fine_names") List<String> fineNames,
    @JsonProperty("coarse_names") List<String> coarseNames,
    @JsonProperty("coarse_of_fine") List<Integer> coarseOfFine,
    @JsonProperty("mean") List<Double> mean,
    @JsonProperty("std") List<Double> std,
    @JsonProperty("files") Map<String, Content> files) {

  static final String FILE_NAME = "dataset.json";

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  record Content(@JsonProperty("bytes") long bytes, @JsonProperty("sha256") String sha256) {
    static Content of(byte[] content) {
      return new Content(content.length, DigestUtils.sha256Hex(content));
    }
  }

  byte[] encode() {
    try {
      return JSON.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A data set's description can't be written as JSON", e);
    }
  }

  static Description decode(String name, byte[] json) {
    try {
      Description description = JSON.readValue(json, Description.class);
      if (description.files == null
          || description.fineNames == null
          || description.coarseNames == null) {
        throw new DataException("%s lacks files, fine_names or coarse_names".formatted(name));
      }
      return description;
    } catch (IOException e) {
      throw new DataException(
          "%s is no description of a data set: %s".formatted(name, e.getMessage()), e);
    }
  }
}
