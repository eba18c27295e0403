package org.bilateralbrain.spark;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.yarn.api.records.NodeReport;
import org.apache.hadoop.yarn.api.records.NodeState;
import org.apache.hadoop.yarn.api.records.ResourceInformation;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.spark.SparkConf;
import org.bilateralbrain.spark.SparkDriver.SparkSettingsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The GPUs of a YARN cluster's nodes. */
final class YarnNodes {

  private static final Logger LOG = LoggerFactory.getLogger(YarnNodes.class);

  private static final String GPUS = "spark.executor.resource.gpu.amount";

  private YarnNodes() {}

  /**
   * Checks that there is a node with as many GPUs as an executor needs. YARN takes the application
   * all the same, and ends it half a minute later with pages about an invalid request.
   *
   * @throws SparkSettingsException if there is none
   */
  static void requireGpus(SparkConf conf) {
    int needed = conf.getInt(GPUS, 0);
    boolean client =
        conf.get("spark.master", "").equals("yarn")
            && conf.get("spark.submit.deployMode", "client").equals("client");
    if (needed == 0 || !client) { // an application master may not ask
      return;
    }
    long most;
    try (YarnClient yarn = YarnClient.createYarnClient()) {
      yarn.init(new YarnConfiguration(SparkDriver.hadoop()));
      yarn.start();
      most = most(yarn.getNodeReports(NodeState.RUNNING));
    } catch (IOException | YarnException | RuntimeException e) {
      LOG.warn("YARN doesn't say how many GPUs its nodes have: {}", e.getMessage());
      return;
    }
    if (most < needed) {
      throw new SparkSettingsException(
          "--gpus %s: no node of this YARN cluster has more than %s".formatted(needed, most));
    }
  }

  private static long most(List<NodeReport> nodes) {
    long most = 0;
    for (NodeReport node : nodes) {
      for (ResourceInformation resource : node.getCapability().getResources()) {
        if (resource.getName().equals(ResourceInformation.GPU_URI)) {
          most = Math.max(most, resource.getValue());
        }
      }
    }
    return most;
  }
}
