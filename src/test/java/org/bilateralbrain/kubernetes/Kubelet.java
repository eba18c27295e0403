package org.bilateralbrain.kubernetes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs pods on this machine, each as a process in an image's files, and reports their states. */
final class Kubelet implements Watcher<Pod>, ApiServer.Pods {

  /** Spark's image has this user. */
  private static final long USER = 185;

  private static final long POLL_MILLIS = 200;

  /** A pod from its creation to its end. */
  private static final class Life {

    final CountDownLatch end = new CountDownLatch(1);
    final Path log;
    volatile boolean isEnding;
    volatile boolean isDeleted;
    volatile Optional<ContainerProcess> process = Optional.empty();

    Life(Path log) {
      this.log = log;
    }
  }

  private final Map<String, Life> lives = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger addresses = new AtomicInteger(10);
  private final KubernetesClient client;
  private final Path folder;
  private final Path hosts;
  private final Map<String, Path> images;

  /**
   * @param hosts the names of services, in the format of /etc/hosts
   * @param images their names and their files
   */
  Kubelet(KubernetesClient client, Path folder, Path hosts, Map<String, Path> images) {
    this.client = client;
    this.folder = folder;
    this.hosts = hosts;
    this.images = images;
  }

  @Override
  public void kill(String namespace, String pod) {
    Life life = lives.get(namespace + "/" + pod);
    if (life != null) {
      life.isDeleted = true;
      life.process.ifPresent(ContainerProcess::kill);
    }
  }

  @Override
  public boolean isRunning(String namespace, String pod) {
    Life life = lives.get(namespace + "/" + pod);
    return life != null && life.process.isPresent() && life.end.getCount() > 0;
  }

  @Override
  public Path log(String namespace, String pod) throws InterruptedException {
    Life life = lives.get(namespace + "/" + pod);
    if (life == null) {
      return folder.resolve("no-such-pod");
    }
    life.end.await();
    return life.log;
  }

  @Override
  public void eventReceived(Action action, Pod pod) {
    String name = pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
    if (action == Action.ADDED) {
      Path home = folder.resolve(name);
      Life life = new Life(home.resolve("log"));
      lives.put(name, life);
      threads.execute(() -> live(pod, life, home));
      return;
    }
    Life life = lives.get(name);
    if (action == Action.DELETED) {
      threads.execute(() -> delete(pod, life));
    } else if (pod.getMetadata().getDeletionTimestamp() != null && !life.isEnding) {
      life.isEnding = true;
      threads.execute(() -> end(pod, life));
    }
  }

  /** Asks a pod's process to end, and deletes the pod once its end has been reported. */
  private void end(Pod pod, Life life) {
    stop(life);
    try {
      life.end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    client.resource(pod).withGracePeriod(0).delete();
  }

  private static void stop(Life life) {
    try {
      if (life.process.isPresent()) {
        life.process.get().stop();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void delete(Pod pod, Life life) {
    life.isDeleted = true;
    client.pods().inAnyNamespace().list().getItems().stream()
        .filter(other -> isOwnedBy(pod, other))
        .forEach(other -> client.resource(other).delete());
    stop(life);
  }

  private static boolean isOwnedBy(Pod owner, Pod other) {
    return other.getMetadata().getOwnerReferences().stream()
        .anyMatch(reference -> reference.getUid().equals(owner.getMetadata().getUid()));
  }

  @Override
  public void onClose(WatcherException cause) {
    threads.shutdownNow();
  }

  /** Kills all containers. */
  void close() {
    lives.values().forEach(life -> life.process.ifPresent(ContainerProcess::kill));
  }

  private void live(Pod pod, Life life, Path home) {
    try {
      Files.createDirectories(home);
      run(pod, life, home);
    } catch (IOException | RuntimeException e) {
      e.printStackTrace();
      report(pod, life, "Failed", "", terminated(1, "ContainerCannotRun"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      life.end.countDown();
    }
  }

  private void run(Pod pod, Life life, Path home) throws IOException, InterruptedException {
    Optional<String> node = Nodes.of(pod);
    if (node.isEmpty()) {
      return; // stays pending
    }
    client
        .pods()
        .resource(pod)
        .edit(p -> new PodBuilder(p).editSpec().withNodeName(node.get()).endSpec().build());
    Container container = pod.getSpec().getContainers().get(0);
    Path image = images.get(container.getImage());
    if (image == null) {
      report(pod, life, "Pending", "", waiting("ErrImagePull"));
      Thread.sleep(POLL_MILLIS);
      report(pod, life, "Pending", "", waiting("ImagePullBackOff"));
      return;
    }
    String address = "127.0.0." + addresses.incrementAndGet();
    PodFiles files = new PodFiles(client, pod, home, folder.resolve("claims"));
    List<String> command = command(pod, container, image, home);
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("SPARK_HOME", "/opt/spark");
    environment.put("HOSTNAME", hostname(pod));
    while (!life.isDeleted) {
      try {
        environment.putAll(files.environment(address));
        Files.write(home.resolve("mounts"), files.mounts());
        break;
      } catch (PodFiles.MissingException e) {
        report(pod, life, "Pending", "", waiting("CreateContainerConfigError"));
        Thread.sleep(POLL_MILLIS);
      }
    }
    if (life.isDeleted) {
      return;
    }
    name(pod, address);
    ContainerProcess process =
        ContainerProcess.start(command, environment, life.log, memoryLimit(container));
    life.process = Optional.of(process);
    report(
        pod,
        life,
        "Running",
        address,
        new ContainerStateBuilder().withNewRunning().withStartedAt(now()).endRunning().build());
    int code = process.await();
    String reason = process.isOutOfMemory() ? "OOMKilled" : code == 0 ? "Completed" : "Error";
    report(pod, life, code == 0 ? "Succeeded" : "Failed", address, terminated(code, reason));
  }

  /** Gives the pod and the services that select it its address, as a cluster's DNS does. */
  private void name(Pod pod, String address) throws IOException {
    Files.writeString(hosts, address + " " + hostname(pod) + "\n", StandardOpenOption.APPEND);
    for (Service service : client.services().inAnyNamespace().list().getItems()) {
      Map<String, String> selector = service.getSpec().getSelector();
      if (pod.getMetadata().getLabels().entrySet().containsAll(selector.entrySet())) {
        String name =
            service.getMetadata().getName() + "." + service.getMetadata().getNamespace() + ".svc";
        Files.writeString(hosts, address + " " + name + "\n", StandardOpenOption.APPEND);
      }
    }
  }

  private static String hostname(Pod pod) {
    String name = pod.getSpec().getHostname();
    return name == null ? pod.getMetadata().getName() : name;
  }

  private List<String> command(Pod pod, Container container, Path image, Path home) {
    Long user =
        pod.getSpec().getSecurityContext() == null
            ? null
            : pod.getSpec().getSecurityContext().getRunAsUser();
    List<String> command =
        new ArrayList<>(
            List.of(
                "unshare",
                "--mount",
                "--uts",
                "--pid",
                "--fork",
                "--kill-child",
                "ci/clusters/shared/container.sh"));
    command.addAll(
        List.of(
            image.toString(),
            home.toString(),
            hosts.toString(),
            Long.toString(user == null ? USER : user)));
    command.addAll(
        container.getCommand().isEmpty() ? List.of("/opt/entrypoint.sh") : container.getCommand());
    command.addAll(container.getArgs());
    return command;
  }

  private static long memoryLimit(Container container) {
    Map<String, Quantity> limits = container.getResources().getLimits();
    Quantity memory = limits == null ? null : limits.get("memory");
    return memory == null ? Long.MAX_VALUE : Quantity.getAmountInBytes(memory).longValueExact();
  }

  private static ContainerState waiting(String reason) {
    return new ContainerStateBuilder().withNewWaiting().withReason(reason).endWaiting().build();
  }

  private static ContainerState terminated(int code, String reason) {
    return new ContainerStateBuilder()
        .withNewTerminated()
        .withExitCode(code)
        .withReason(reason)
        .withFinishedAt(now())
        .endTerminated()
        .build();
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private void report(Pod pod, Life life, String phase, String address, ContainerState state) {
    if (life.isDeleted) {
      return;
    }
    Container container = pod.getSpec().getContainers().get(0);
    try {
      client
          .pods()
          .inNamespace(pod.getMetadata().getNamespace())
          .withName(pod.getMetadata().getName())
          .editStatus(
              p ->
                  new PodBuilder(p)
                      .editOrNewStatus()
                      .withPhase(phase)
                      .withPodIP(address)
                      .withStartTime(now())
                      .withContainerStatuses(
                          new ContainerStatusBuilder()
                              .withName(container.getName())
                              .withImage(container.getImage())
                              .withReady(phase.equals("Running"))
                              .withState(state)
                              .build())
                      .endStatus()
                      .build());
    } catch (KubernetesClientException e) {
      if (!life.isDeleted) {
        System.err.println("The state of " + pod.getMetadata().getName() + " is lost: " + e);
      }
    }
  }
}
