package org.bilateralbrain.data;

import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Where a data set comes from. */
public sealed interface DataSource extends Serializable {

  /**
   * Reads or generates the data set.
   *
   * @throws DataException if it can't be read
   */
  DataSet load(Configuration hadoop);

  /** A description for messages and reports. */
  String inWords();

  /** The same source, named so that every machine finds it. */
  DataSource qualified(Configuration hadoop);

  /**
   * The source at a location, by what is there: folders of images, Parquet files, or else records.
   *
   * @param shape that encoded images are brought into
   * @param columns of Parquet files
   */
  static DataSource at(
      String uri, ImageShape shape, ParquetImages.Columns columns, Configuration hadoop) {
    if (ParquetImages.areAt(Locations.path(uri), hadoop)) {
      return new Parquet(uri, columns, shape);
    }
    return ImageFolder.isAt(Locations.path(uri), hadoop)
        ? new Folder(uri, shape)
        : new Location(uri);
  }

  /** The shape of the images, if it is known without reading them. */
  default Optional<ImageShape> knownShape() {
    return Optional.empty();
  }

  /** The images before they are decoded; empty if they are not encoded. */
  default Optional<EncodedImages> encoded(Configuration hadoop) {
    return Optional.empty();
  }

  /** An archive or a folder, see {@link DataSet#read}. */
  record Location(String uri) implements DataSource {
    @Override
    public DataSet load(Configuration hadoop) {
      return DataSet.read(Locations.path(uri), hadoop);
    }

    @Override
    public String inWords() {
      return uri;
    }

    @Override
    public DataSource qualified(Configuration hadoop) {
      return new Location(Locations.qualified(Locations.path(uri), hadoop).toString());
    }

    /**
     * The same data where every machine finds them. Those on this machine alone are copied: a URI
     * file:, or a path without a file system that is here and not on Hadoop's default one.
     *
     * @param folder gets the copies, each under its digest
     */
    public Location shared(String folder, Configuration hadoop) throws IOException {
      Path named = Locations.qualified(Locations.path(uri), hadoop);
      FileSystem local = FileSystem.getLocal(hadoop);
      Path here = local.makeQualified(new Path(Locations.path(uri).toUri().getPath()));
      boolean isHere =
          named.toUri().getScheme().equals("file")
              || (!Locations.namesFileSystem(uri)
                  && !named.getFileSystem(hadoop).exists(named)
                  && local.exists(here));
      if (!isHere) {
        return new Location(named.toString());
      }
      DataSet data = DataSet.read(here, hadoop);
      Path copy = new Path(folder, data.digest());
      // Not again: a running sweep may be reading it. The description is written last.
      if (!copy.getFileSystem(hadoop).exists(new Path(copy, PreparedDescription.FILE))) {
        PreparedDataSet.write(data, copy, hadoop);
      }
      return new Location(copy.toString());
    }
  }

  /**
   * Image files in folders, see {@link ImageFolder}.
   *
   * @param shape that they are brought into
   */
  record Folder(String uri, ImageShape shape) implements DataSource {
    @Override
    public Optional<ImageShape> knownShape() {
      return Optional.of(shape);
    }

    @Override
    public Optional<EncodedImages> encoded(Configuration hadoop) {
      return Optional.of(ImageFolder.list(Locations.path(uri), hadoop));
    }

    @Override
    public DataSet load(Configuration hadoop) {
      return ImageFolder.list(Locations.path(uri), hadoop).decoded(shape, hadoop);
    }

    @Override
    public String inWords() {
      return "%s (%s)".formatted(uri, shape);
    }

    @Override
    public DataSource qualified(Configuration hadoop) {
      return new Folder(Locations.qualified(Locations.path(uri), hadoop).toString(), shape);
    }
  }

  /**
   * Parquet files, see {@link ParquetImages}.
   *
   * @param shape that their images are brought into
   */
  record Parquet(String uri, ParquetImages.Columns columns, ImageShape shape)
      implements DataSource {
    @Override
    public Optional<ImageShape> knownShape() {
      return Optional.of(shape);
    }

    @Override
    public Optional<EncodedImages> encoded(Configuration hadoop) {
      return Optional.of(ParquetImages.list(Locations.path(uri), hadoop, columns));
    }

    @Override
    public DataSet load(Configuration hadoop) {
      return ParquetImages.list(Locations.path(uri), hadoop, columns).decoded(shape, hadoop);
    }

    @Override
    public String inWords() {
      return "%s (%s)".formatted(uri, shape);
    }

    @Override
    public DataSource qualified(Configuration hadoop) {
      return new Parquet(
          Locations.qualified(Locations.path(uri), hadoop).toString(), columns, shape);
    }
  }

  /** Generated from a seed. */
  record Synthetic(SyntheticDataSet.Settings settings) implements DataSource {
    @Override
    public DataSet load(Configuration hadoop) {
      return SyntheticDataSet.generate(settings);
    }

    @Override
    public String inWords() {
      return "synthetic";
    }

    @Override
    public DataSource qualified(Configuration hadoop) {
      return this;
    }
  }

  /** The data sets of this JVM: each is loaded once and shared by all tasks. */
  final class Cache {
    private static final Map<DataSource, DataSet> LOADED = new ConcurrentHashMap<>();

    private Cache() {}

    public static DataSet load(DataSource source, Configuration hadoop) {
      return LOADED.computeIfAbsent(source, s -> s.load(hadoop));
    }
  }
}
