package org.bilateralbrain.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.data.ImageShape;
import org.bilateralbrain.data.Images;
import org.bilateralbrain.data.ParquetFixture;
import org.bilateralbrain.data.ParquetImages;
import org.bilateralbrain.data.PreparedDataSet;
import org.bilateralbrain.data.TestImages;

/**
 * Prints how long it takes to read one data set from its archive, from a folder of PNG files, from
 * Parquet, and prepared.
 *
 * <p>Arguments: the archive, and a folder for the copies.
 */
public final class ReadingTimes {

  private static final int ROUNDS = 5;

  private ReadingTimes() {}

  public static void main(String[] arguments) throws IOException {
    Path copies = Path.of(arguments[1]);
    Configuration hadoop = new Configuration();
    DataSource archive = new DataSource.Location(arguments[0]);
    DataSet dataSet = archive.load(hadoop);
    writeCopies(dataSet, copies, hadoop);

    Map<String, DataSource> sources = new LinkedHashMap<>();
    sources.put("archive", archive);
    sources.put(
        "folder", new DataSource.Folder(copies.resolve("folder").toString(), ImageShape.CIFAR));
    sources.put(
        "parquet",
        new DataSource.Parquet(
            copies.resolve("parquet").toString(), ParquetImages.Columns.USUAL, ImageShape.CIFAR));
    sources.put("prepared", new DataSource.Location(copies.resolve("prepared").toString()));
    for (int round = 0; round < ROUNDS; round++) {
      for (Map.Entry<String, DataSource> source : sources.entrySet()) {
        long start = System.nanoTime();
        DataSet read = source.getValue().load(hadoop);
        System.out.printf(
            "{\"source\": \"%s\", \"round\": %d, \"images\": %d, \"seconds\": %.2f}%n",
            source.getKey(),
            round,
            read.train().count() + read.test().count(),
            (System.nanoTime() - start) / 1e9);
      }
    }
  }

  private static void writeCopies(DataSet dataSet, Path copies, Configuration hadoop)
      throws IOException {
    if (Files.exists(copies)) {
      return;
    }
    PreparedDataSet.write(
        dataSet, new org.apache.hadoop.fs.Path(copies.resolve("prepared").toUri()), hadoop);
    for (Map.Entry<String, Images> part :
        Map.of("train", dataSet.train(), "test", dataSet.test()).entrySet()) {
      Images images = part.getValue();
      ParquetFixture.write(copies.resolve("parquet").resolve(part.getKey() + ".parquet"), images);
      for (int i = 0; i < images.count(); i++) {
        Path folder =
            copies
                .resolve("folder")
                .resolve(part.getKey())
                .resolve(dataSet.hierarchy().coarseNames().get(images.coarseLabel(i)))
                .resolve(dataSet.hierarchy().fineNames().get(images.fineLabel(i)));
        Files.createDirectories(folder);
        Files.write(folder.resolve("%05d.png".formatted(i)), TestImages.png(images, i));
      }
    }
  }
}
