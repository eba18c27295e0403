package org.bilateralbrain.spark;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;
import org.apache.hadoop.yarn.util.resource.DominantResourceCalculator;

/**
 * A YARN cluster with two node managers in a process of its own, for ci/cluster.sh. It enforces
 * memory, collects logs, and has the queues default and research, and GPUs that can only be
 * counted.
 */
final class YarnCluster {

  private static final int NODES = 2;
  private static final String QUEUES = "yarn.scheduler.capacity.root.";

  private YarnCluster() {}

  /**
   * Runs until the process is ended, and then ends the containers.
   *
   * @param args the folder for the configuration files that clients need, and the URI of the
   *     default file system. The node managers work in the current folder's {@code target}.
   */
  public static void main(String[] args) throws IOException {
    MiniYARNCluster cluster = new MiniYARNCluster("yarn", NODES, 1, 1);
    cluster.init(settings(args[1]));
    cluster.start();
    Runtime.getRuntime().addShutdownHook(new Thread(cluster::stop));
    Path folder = Files.createDirectories(Path.of(args[0]));
    Configuration core = new Configuration(false);
    core.set(FileSystem.FS_DEFAULT_NAME_KEY, args[1]);
    write(core, folder.resolve("core-site.xml"));
    write(cluster.getConfig(), folder.resolve("yarn-site.xml"));
  }

  private static Configuration settings(String fileSystem) {
    Configuration conf = new YarnConfiguration();
    conf.set(FileSystem.FS_DEFAULT_NAME_KEY, fileSystem);
    conf.setInt(YarnConfiguration.YARN_MINICLUSTER_NM_PMEM_MB, 4096);
    conf.setInt(YarnConfiguration.RM_SCHEDULER_MINIMUM_ALLOCATION_MB, 64);
    conf.setInt(YarnConfiguration.NM_VCORES, 4);
    // A megabyte of a heap that Java reserves and doesn't touch is no memory, hence not the virtual
    // one.
    conf.setBoolean(YarnConfiguration.YARN_MINICLUSTER_CONTROL_RESOURCE_MONITORING, true);
    conf.setBoolean(YarnConfiguration.NM_PMEM_CHECK_ENABLED, true);
    conf.setBoolean(YarnConfiguration.NM_MEMORY_RESOURCE_ENFORCED, false); // not by control groups
    conf.setBoolean(YarnConfiguration.NM_VMEM_CHECK_ENABLED, false);
    conf.setInt(YarnConfiguration.NM_CONTAINER_MON_INTERVAL_MS, 500);
    // Else a node is unhealthy on a machine whose disk is nine tenths full.
    conf.setFloat(YarnConfiguration.NM_MAX_PER_DISK_UTILIZATION_PERCENTAGE, 100);
    conf.setBoolean(YarnConfiguration.LOG_AGGREGATION_ENABLED, true);
    conf.set(YarnConfiguration.NM_REMOTE_APP_LOG_DIR, fileSystem + "/logs");
    conf.set("yarn.resource-types", "yarn.io/gpu");
    conf.set("yarn.nodemanager.resource-type.yarn.io/gpu", "2");
    conf.setClass(
        "yarn.scheduler.capacity.resource-calculator",
        DominantResourceCalculator.class,
        Object.class);
    conf.set(QUEUES + "queues", "default,research");
    for (String queue : new String[] {"default", "research"}) {
      conf.setInt(QUEUES + queue + ".capacity", 50);
      conf.setInt(QUEUES + queue + ".maximum-capacity", 100);
      conf.setInt(QUEUES + queue + ".user-limit-factor", NODES);
    }
    conf.setInt("yarn.scheduler.capacity.maximum-am-resource-percent", 1);
    return conf;
  }

  /** In one step, because the script waits for the file. */
  private static void write(Configuration conf, Path file) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
    try (OutputStream out = Files.newOutputStream(unfinished)) {
      conf.writeXml(out);
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
