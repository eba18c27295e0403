package org.bilateralbrain.kubernetes;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a pod's container sees: its mounts and its environment. */
final class PodFiles {

  private final KubernetesClient client;
  private final Pod pod;
  private final Container container;
  private final Path folder;
  private final Path claims;

  /**
   * @param folder for this pod's volumes
   * @param claims for volumes that outlive pods, by the claim's name
   */
  PodFiles(KubernetesClient client, Pod pod, Path folder, Path claims) {
    this.client = client;
    this.pod = pod;
    this.container = pod.getSpec().getContainers().get(0);
    this.folder = folder;
    this.claims = claims;
  }

  /** A ConfigMap or a secret that the pod needs is not there (yet). */
  static final class MissingException extends Exception {

    private static final long serialVersionUID = 1L;

    MissingException(String kind, String name) {
      super("%s %s not found".formatted(kind, name));
    }
  }

  /** SOURCE=TARGET of each mount. */
  List<String> mounts() throws IOException, MissingException {
    List<String> mounts = new ArrayList<>();
    for (VolumeMount mount : container.getVolumeMounts()) {
      Volume volume =
          pod.getSpec().getVolumes().stream()
              .filter(v -> v.getName().equals(mount.getName()))
              .findFirst()
              .orElseThrow();
      mounts.add(make(volume) + "=" + mount.getMountPath());
    }
    return mounts;
  }

  private Path make(Volume volume) throws IOException, MissingException {
    Path path = folder.resolve("volumes").resolve(volume.getName());
    if (volume.getConfigMap() != null) {
      ConfigMap map = configMap(volume.getConfigMap().getName());
      write(path, bytes(map.getData()), volume.getConfigMap().getItems());
    } else if (volume.getSecret() != null) {
      write(path, decoded(secret(volume.getSecret().getSecretName())), List.of());
    } else if (volume.getPersistentVolumeClaim() != null) {
      return writable(claims.resolve(volume.getPersistentVolumeClaim().getClaimName()));
    } else if (volume.getHostPath() != null) {
      return Path.of(volume.getHostPath().getPath());
    } else {
      writable(path); // emptyDir
    }
    return path;
  }

  private static Path writable(Path path) throws IOException {
    Files.createDirectories(path);
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  private static void write(Path target, Map<String, byte[]> files, List<KeyToPath> items)
      throws IOException {
    Files.createDirectories(target);
    Map<String, byte[]> chosen = new LinkedHashMap<>();
    items.forEach(item -> chosen.put(item.getPath(), files.get(item.getKey())));
    for (Map.Entry<String, byte[]> file : (items.isEmpty() ? files : chosen).entrySet()) {
      Files.write(target.resolve(file.getKey()), file.getValue());
    }
  }

  Map<String, String> environment(String address) throws MissingException {
    Map<String, String> environment = new LinkedHashMap<>();
    for (EnvVar variable : container.getEnv()) {
      EnvVarSource from = variable.getValueFrom();
      String value = variable.getValue() == null ? "" : variable.getValue();
      if (from != null && from.getSecretKeyRef() != null) {
        byte[] secret =
            decoded(secret(from.getSecretKeyRef().getName())).get(from.getSecretKeyRef().getKey());
        if (secret == null) {
          throw new MissingException("key", from.getSecretKeyRef().getKey());
        }
        value = new String(secret, StandardCharsets.UTF_8);
      } else if (from != null && from.getFieldRef() != null) {
        value = field(from.getFieldRef().getFieldPath(), address);
      }
      environment.put(variable.getName(), value);
    }
    return environment;
  }

  private String field(String path, String address) {
    return switch (path) {
      case "status.podIP" -> address;
      case "metadata.name" -> pod.getMetadata().getName();
      case "metadata.namespace" -> pod.getMetadata().getNamespace();
      default -> throw new IllegalArgumentException("Unknown field " + path);
    };
  }

  private ConfigMap configMap(String name) throws MissingException {
    ConfigMap map =
        client.configMaps().inNamespace(pod.getMetadata().getNamespace()).withName(name).get();
    if (map == null) {
      throw new MissingException("configmap", name);
    }
    return map;
  }

  private Secret secret(String name) throws MissingException {
    Secret secret =
        client.secrets().inNamespace(pod.getMetadata().getNamespace()).withName(name).get();
    if (secret == null) {
      throw new MissingException("secret", name);
    }
    return secret;
  }

  private static Map<String, byte[]> bytes(Map<String, String> texts) {
    Map<String, byte[]> bytes = new LinkedHashMap<>();
    texts.forEach((name, text) -> bytes.put(name, text.getBytes(StandardCharsets.UTF_8)));
    return bytes;
  }

  private static Map<String, byte[]> decoded(Secret secret) {
    Map<String, byte[]> bytes = new LinkedHashMap<>();
    secret.getData().forEach((name, text) -> bytes.put(name, Base64.getDecoder().decode(text)));
    return bytes;
  }
}
