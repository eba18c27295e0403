package org.bilateralbrain.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.logging.Logger;
import okhttp3.mockwebserver.MockWebServer;

/**
 * A Kubernetes cluster on this machine, for Spark: an API server, and a kubelet that runs pods as
 * processes. Needs root. Run by ci/cluster.sh.
 */
public final class LocalKubernetes {

  /** Would report each request. A field, because a logger that nobody holds is forgotten. */
  private static final Logger REQUESTS = Logger.getLogger(MockWebServer.class.getName());

  private LocalKubernetes() {}

  /**
   * @param args a folder for the pods, then the images, NAME=FOLDER
   */
  public static void main(String[] args) throws Exception {
    REQUESTS.setLevel(Level.WARNING);
    Path folder = Files.createDirectories(Path.of(args[0]).toAbsolutePath());
    Map<String, Path> images = new HashMap<>();
    for (int i = 1; i < args.length; i++) {
      String[] image = args[i].split("=", 2);
      images.put(image[0], Path.of(image[1]).toAbsolutePath());
    }
    AtomicReference<Kubelet> kubelet = new AtomicReference<>();
    ApiServer api = new ApiServer(kubelet::get);
    KubernetesMockServer server =
        new KubernetesMockServer(new Context(), new MockWebServer(), new HashMap<>(), api, false);
    server.start(InetAddress.getLoopbackAddress(), 0);
    KubernetesClient client = server.createClient();
    Nodes.ALL.forEach(node -> client.nodes().resource(node).create());
    Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.1 localhost\n");
    kubelet.set(new Kubelet(client, folder, hosts, images));
    client.pods().inAnyNamespace().watch(kubelet.get());
    Runtime.getRuntime().addShutdownHook(new Thread(kubelet.get()::close));
    System.out.println("Kubernetes at http://127.0.0.1:" + server.getPort());
    new CountDownLatch(1).await();
  }
}
