package org.bilateralbrain.data;

import java.io.Serializable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;

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
