# Sourced by the kinds of cluster that run the program from an image: builds it with submit/Dockerfile.
# shellcheck shell=bash disable=SC2154  # after cluster.sh

# Buildah with images of its own, without a daemon, and without anything that a sandbox may lack.
builder() {
  buildah --root "$work/images/root" --runroot "$work/images/run" --storage-driver vfs "$@"
}

# Adds to SPARK_HOME what an installation of Spark has for Kubernetes.
add_kubernetes() {
  local jar
  for jar in $(tr : '\n' <target/test.classpath); do
    case ${jar##*/} in
      *mock*) ;;
      spark-kubernetes_* | kubernetes-* | okhttp-* | okio-* | logging-interceptor-* | zjsonpatch-* | snakeyaml-* | \
        jackson-dataformat-yaml-* | jackson-datatype-jsr310-*) ln -sf "$jar" "$SPARK_HOME/jars/" ;;
    esac
  done
}

# Builds localhost/spark of a folder with the files of a machine, to which it adds Spark where Spark's own image has it.
#   build_base FOLDER
build_base() {
  mkdir -p "$1/opt/spark/conf" "$1/opt/spark/work-dir"
  chmod g+w "$1/opt/spark/work-dir" # user ids without a name are of root's group
  cp -rL "$SPARK_HOME/." "$1/opt/spark/"
  cp ci/clusters/shared/entrypoint.sh "$1/opt/entrypoint.sh"
  cat >"$work/base.Dockerfile" <<'DOCKERFILE'
FROM scratch
COPY . /
ENV SPARK_HOME=/opt/spark
WORKDIR /opt/spark/work-dir
USER 185
ENTRYPOINT ["/opt/entrypoint.sh"]
DOCKERFILE
  builder bud --isolation chroot -q -f "$work/base.Dockerfile" -t localhost/spark "$1" >"$work/base.log" 2>&1 ||
    fail "there is no base image"
}

# Builds localhost/bilateral on it with the project's own file.
build_image() {
  builder bud --isolation chroot -q --build-arg SPARK_IMAGE=localhost/spark -f submit/Dockerfile -t localhost/bilateral . \
    >"$work/image.log" 2>&1 || fail "there is no image"
}

# Prints the folder with an image's files.
files_of() {
  builder mount "$(builder from "$1")"
}
