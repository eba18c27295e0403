package org.bilateralbrain.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.server.mock.KubernetesAttributesExtractor;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.crud.KubernetesCrudDispatcherException;
import io.fabric8.kubernetes.client.server.mock.crud.PatchHandler;
import io.fabric8.kubernetes.client.server.mock.crud.PostHandler;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.RecordedRequest;
import okio.Buffer;
import okio.Okio;

/**
 * The API of Kubernetes that its Java client comes with, and what Spark and kubectl ask for beyond
 * that: server-side apply, logs, pods that are pending from the start, and that stay for as long as
 * their process takes to end.
 */
final class ApiServer extends KubernetesCrudDispatcher {

  private static final Pattern LOG =
      Pattern.compile("/api/v1/namespaces/([^/]+)/pods/([^/]+)/log(\\?.*)?");
  private static final String APPLY = "application/apply-patch+yaml";
  private static final String MERGE = "application/merge-patch+json";

  /** What kubectl asks for before anything else. */
  private static final Map<String, String> DISCOVERY =
      Map.of(
          "/api", "{'kind':'APIVersions','versions':['v1']}",
          "/apis", "{'kind':'APIGroupList','apiVersion':'v1','groups':[]}",
          "/api/v1",
              "{'kind':'APIResourceList','groupVersion':'v1','resources':["
                  + resource("pods", "Pod")
                  + ","
                  + resource("secrets", "Secret")
                  + "]}");

  private static final Pattern POD =
      Pattern.compile("/api/v1/namespaces/([^/]+)/pods/([^/?]+)(\\?.*)?");

  /** In the query, as kubectl's, or in the body, as the Java client's. */
  private static final Pattern WITHOUT_GRACE = Pattern.compile("gracePeriodSeconds\"?[=:]0\\b");

  /** What runs the pods. */
  interface Pods {

    /** Kills a pod's process, without a chance to finish anything. */
    void kill(String namespace, String pod);

    boolean isRunning(String namespace, String pod);

    /** Waits for the end of the pod and returns where its log is. */
    Path log(String namespace, String pod) throws InterruptedException;
  }

  private final PostHandler post = new PostHandler(new KubernetesAttributesExtractor(), this);
  private final PatchHandler patch = new PatchHandler(this);
  private final Supplier<? extends Pods> pods;

  /**
   * @param pods asked for once there are pods
   */
  ApiServer(Supplier<? extends Pods> pods) {
    this.pods = pods;
  }

  private static String resource(String name, String kind) {
    return "{'name':'%s','namespaced':true,'kind':'%s','verbs':['create','delete','get','list']}"
        .formatted(name, kind);
  }

  @Override
  public MockResponse dispatch(RecordedRequest request) {
    String discovery = DISCOVERY.get(request.getPath().replaceFirst("\\?.*", ""));
    if (discovery != null) {
      return new MockResponse()
          .setHeader("Content-Type", "application/json")
          .setBody(discovery.replace('\'', '"'));
    }
    Matcher log = LOG.matcher(request.getPath());
    if (log.matches()) {
      return log(log.group(1), log.group(2));
    }
    // The server changes its map under a lock, but looks through it without one.
    synchronized (this) {
      try {
        Matcher pod = POD.matcher(request.getPath());
        return request.getMethod().equals("DELETE") && pod.matches()
            ? delete(request, pod.group(1), pod.group(2))
            : change(request);
      } catch (KubernetesCrudDispatcherException e) {
        return new MockResponse().setResponseCode(e.getCode()).setBody(e.toStatusBody());
      }
    }
  }

  /**
   * Marks a pod as deleted, which is what Spark looks for. One whose process may take its time to
   * end stays until the kubelet deletes it once more.
   */
  private MockResponse delete(RecordedRequest request, String namespace, String pod)
      throws KubernetesCrudDispatcherException {
    String path = request.getPath().replaceFirst("\\?.*", "");
    MockResponse marked =
        patch.handle(
            path,
            MERGE,
            "{\"metadata\":{\"deletionTimestamp\":\"%s\",\"finalizers\":[\"kubelet\"]}}"
                .formatted(Instant.now().truncatedTo(ChronoUnit.SECONDS)));
    if (!WITHOUT_GRACE.matcher(request.getPath() + request.getBody().readUtf8()).find()
        && pods.get().isRunning(namespace, pod)) {
      return marked;
    }
    pods.get().kill(namespace, pod);
    return patch.handle(path, MERGE, "{\"metadata\":{\"finalizers\":null}}");
  }

  private MockResponse change(RecordedRequest request) throws KubernetesCrudDispatcherException {
    String path = request.getPath().replaceFirst("\\?.*", "");
    String kind = request.getMethod() + " " + request.getHeader("Content-Type");
    if (kind.startsWith("PATCH " + APPLY)) {
      String body = request.getBody().readUtf8();
      return findResource(getKey(path)) == null
          ? post.handle(path.replaceFirst("/[^/]+$", ""), MERGE, body)
          : patch.handle(path, MERGE, body);
    }
    if (kind.startsWith("POST") && path.endsWith("/pods")) {
      GenericKubernetesResource pod =
          Serialization.unmarshal(request.getBody().readUtf8(), GenericKubernetesResource.class);
      pod.setAdditionalProperty("status", Map.of("phase", "Pending"));
      return post.handle(path, MERGE, Serialization.asJson(pod));
    }
    return super.dispatch(request);
  }

  /** The whole log at the end of the pod, because the server can't send a response bit by bit. */
  private MockResponse log(String namespace, String pod) {
    try (Buffer text = new Buffer();
        okio.Source file = Okio.source(pods.get().log(namespace, pod))) {
      text.writeAll(file);
      return new MockResponse().setHeader("Content-Type", "text/plain").setBody(text);
    } catch (java.io.IOException e) {
      return new MockResponse().setResponseCode(HttpURLConnection.HTTP_NOT_FOUND);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new MockResponse().setResponseCode(HttpURLConnection.HTTP_UNAVAILABLE);
    }
  }
}
