package org.bilateralbrain.spark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.master.Master$;
import org.apache.spark.deploy.worker.Worker$;
import org.apache.spark.rpc.RpcEnv;
import scala.Option;

/**
 * A cluster whose two workers have different addresses, unlike those of local-cluster. Speculation
 * needs this, because Spark never runs both attempts on one host.
 */
final class TwoHosts implements AutoCloseable {

  private static final int MIB = 1024;

  private final List<RpcEnv> services = new ArrayList<>();
  private final SparkConf conf;

  private TwoHosts(SparkConf conf) {
    this.conf = conf;
  }

  static TwoHosts start(Path folder) throws IOException {
    SparkConf conf = LocalCluster.conf(2, 1);
    TwoHosts cluster = new TwoHosts(conf);
    RpcEnv master = Master$.MODULE$.startRpcEnvAndEndpoint("127.0.0.1", 0, 0, conf)._1();
    cluster.services.add(master);
    String url = "spark://127.0.0.1:" + master.address().port();
    for (int i = 1; i <= 2; i++) {
      String work = folder.resolve("work-" + i).toString();
      cluster.services.add(
          Worker$.MODULE$.startRpcEnvAndEndpoint(
              "127.0.0." + i,
              0,
              0,
              1,
              MIB,
              new String[] {url},
              work,
              Option.apply(i),
              conf,
              Option.empty()));
    }
    conf.setMaster(url);
    return cluster;
  }

  SparkConf conf() {
    return conf;
  }

  @Override
  public void close() {
    services.forEach(RpcEnv::shutdown);
    services.forEach(RpcEnv::awaitTermination);
  }
}
