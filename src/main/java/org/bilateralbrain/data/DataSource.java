package org.bilateralbrain.data;

import java.io.Serializable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Where a data set comes from. */
public sealed interface DataSource extends Serializable {

  /** Reads or makes the data set. */
  DataSet load(Configuration hadoop);

  /** An archive or a folder, see {@link DataSetReader}. */
  record Location(String uri) implements DataSource {
    @Override
    public DataSet load(Configuration hadoop) {
      return DataSetReader.read(new Path(uri), hadoop);
    }
  }

  /** Made from a seed. */
  record Synthetic(SyntheticDataSet.Settings settings) implements DataSource {
    @Override
    public DataSet load(Configuration hadoop) {
      return SyntheticDataSet.generate(settings);
    }
  }

  /**
   * The data sets of this JVM: each is loaded once and shared by all tasks.
   */
  final class Cache {
    private static final Map<DataSource, DataSet> LOADED = new ConcurrentHashMap<>();

    private Cache() {}

    public static DataSet load(DataSource source, Configuration hadoop) {
      return LOADED.computeIfAbsent(source, s -> s.load(hadoop));
    }
  }
}
