package org.bilateralbrain.data;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/**
 * {@code dataset.json}: what a prepared data set contains.
 *
 * @param mean of each channel of the training images, values scaled to 0..1
 * @param std population standard deviation, likewise
 * @param files length and SHA-256 of each other file
 * @param size pixels in each row and column; null: 32
 * @param channels 1 or 3; null: 3
 * @param labelBytes length of a label; null: 1
 * @param validationRecords how many of the training images, the last ones, are for validation;
 *     null: none
 */
record PreparedDescription(
    @JsonProperty("train_records") int trainRecords,
    @JsonProperty("test_records") int testRecords,
    @JsonProperty("fine_names") List<String> fineNames,
    @JsonProperty("coarse_names") List<String> coarseNames,
    @JsonProperty("coarse_of_fine") List<Integer> coarseOfFine,
    @JsonProperty("mean") List<Double> mean,
    @JsonProperty("std") List<Double> std,
    @JsonProperty("files") Map<String, Content> files,
    @JsonProperty("size") @Nullable Integer size,
    @JsonProperty("channels") @Nullable Integer channels,
    @JsonProperty("label_bytes") @Nullable Integer labelBytes,
    @JsonProperty("validation_records") @Nullable Integer validationRecords) {

  static final String FILE = "dataset.json";

  private static final int MAX_SIZE = 1024;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  static PreparedDescription of(DataSet dataSet, RecordFormat format, Map<String, Content> files) {
    return of(
        dataSet.train().count(),
        dataSet.test().count(),
        dataSet.validation(),
        dataSet.hierarchy(),
        ChannelStatistics.of(dataSet.train()),
        format,
        files);
  }

  static PreparedDescription of(
      int train,
      int test,
      int validation,
      Hierarchy hierarchy,
      ChannelStatistics statistics,
      RecordFormat format,
      Map<String, Content> files) {
    return new PreparedDescription(
        train,
        test,
        hierarchy.fineNames(),
        hierarchy.coarseNames(),
        hierarchy.coarseOfFine(),
        statistics.mean(),
        statistics.std(),
        files,
        format.shape().size(),
        format.shape().channels(),
        format.labelBytes(),
        validation);
  }

  int validation(int train) {
    int records = validationRecords == null ? 0 : validationRecords;
    if (records < 0 || records >= train) {
      throw new DataException(
          "%s says that %s of %s training images are for validation"
              .formatted(FILE, records, train));
    }
    return records;
  }

  RecordFormat format(String location) {
    int pixels = size == null ? ImageShape.CIFAR.size() : size;
    int planes = channels == null ? ImageShape.CIFAR.channels() : channels;
    int label = labelBytes == null ? 1 : labelBytes;
    if (pixels < 1
        || pixels > MAX_SIZE
        || (planes != 1 && planes != 3)
        || (label != 1 && label != 2)) {
      throw new DataException(
          "%s: %s says images of %s pixels and %s channels with labels of %s bytes"
              .formatted(location, FILE, pixels, planes, label));
    }
    return new RecordFormat(new ImageShape(pixels, planes), label);
  }

  byte[] encode() {
    try {
      return JSON.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The description can't be written as JSON", e);
    }
  }

  static PreparedDescription decode(String name, byte[] json) {
    try {
      PreparedDescription description = JSON.readValue(json, PreparedDescription.class);
      if (description == null
          || description.files == null
          || description.fineNames == null
          || description.coarseNames == null
          || description.fineNames.stream().anyMatch(Objects::isNull)
          || description.coarseNames.stream().anyMatch(Objects::isNull)) {
        throw new DataException("%s has no files, fine_names or coarse_names".formatted(name));
      }
      return description;
    } catch (IOException e) {
      throw new DataException(
          "%s is not a description of a data set: %s".formatted(name, e.getMessage()), e);
    }
  }

  /** Length and checksum of a file. */
  record Content(@JsonProperty("bytes") long bytes, @JsonProperty("sha256") String sha256) {

    static Content of(List<ByteBuffer> pieces) {
      MessageDigest digest = DigestUtils.getSha256Digest();
      pieces.forEach(piece -> digest.update(piece.duplicate()));
      return new Content(
          pieces.stream().mapToLong(ByteBuffer::limit).sum(),
          HexFormat.of().formatHex(digest.digest()));
    }

    /** What a file of these images will be. */
    static Content written(RecordFormat format, Images images) throws IOException {
      MessageDigest digest = DigestUtils.getSha256Digest();
      try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
        format.write(images, out);
      }
      return new Content(
          (long) images.count() * format.recordBytes(), HexFormat.of().formatHex(digest.digest()));
    }
  }
}
