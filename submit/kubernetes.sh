#!/usr/bin/env bash
# Runs a command on a Kubernetes cluster, in an image made with submit/Dockerfile. The driver runs there, too.
#   submit/kubernetes.sh --master k8s://https://host:6443 --image registry/bilateral:1 --executors 20 \
#     run my.conf --set bilateral.store=s3a://bucket/runs
# --master, or the variable SPARK_MASTER_URL, names the cluster, and --image the image. --namespace NAME is "default" and
# --service-account NAME, which must be allowed to create pods, is "spark" unless given. The image must hold the same build
# as target/ on this machine; configurations are those of this machine.
#
# Waits until the command is done, shows the driver's log if kubectl is there, and exits with the command's exit code.
# Interrupted, it leaves the command running; with --conf spark.kubernetes.submission.waitAppCompletion=false it doesn't wait.
#
# Credentials for S3 from a secret, as variables that the client of S3 reads:
#   --conf spark.kubernetes.driver.secretKeyRef.AWS_ACCESS_KEY_ID=s3:id
#   --conf spark.kubernetes.driver.secretKeyRef.AWS_SECRET_ACCESS_KEY=s3:key
#   --conf spark.kubernetes.executor.secretKeyRef.…                               both again
# Executors on nodes with GPUs, by a pod template with their node selector and toleration:
#   --gpus 1 --conf spark.kubernetes.executor.podTemplateFile=submit/gpu-pool.yaml
#
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@" # called as sh SCRIPT
set -euo pipefail +o posix
# shellcheck source-path=SCRIPTDIR source=cluster.bash
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/cluster.bash"

master=${SPARK_MASTER_URL:-} image='' namespace=default service_account=spark
own_options=(--master --image --namespace --service-account)
poll_seconds=10
conf_in_pod=/opt/spark/conf # where Spark mounts the files of SPARK_CONF_DIR

# Makes folder, and has Spark take it for the folder of its own configuration. Spark copies the files there to the driver's
# pod, with any cluster and without a store that both sides can write to, which --files would need. What is in the user's
# folder stays in it.
make_folder() {
  local home
  home=$(dirname "$(dirname "$(readlink -f "$(command -v "$spark_submit")")")")
  folder=$(mktemp -d)
  find "${SPARK_CONF_DIR:-$home/conf}/" -maxdepth 1 -type f -exec cp {} "$folder/" \; 2>/dev/null || true
  export SPARK_CONF_DIR=$folder
}

# Puts the names that the configurations have in the driver's pod into the command.
name_configurations() {
  local i j
  for i in "${!configurations[@]}"; do
    for j in "${!command[@]}"; do
      [[ ${command[j]} != "${configurations[i]}" ]] || command[j]=$conf_in_pod/sweep-$((i + 1)).conf
    done
    # More than that, and Spark leaves it out, or the cluster refuses it.
    (($(wc -c <"$folder/sweep-$((i + 1)).conf") < 1000000)) ||
      fail "${configurations[i]} has more than a million bytes with the files that it includes, too many for a ConfigMap"
  done
}

# Prints the value of a Spark setting that the user gave, the last one if it is repeated.
#   given KEY
given() {
  local each value=''
  for each in ${extra[@]+"${extra[@]}"}; do
    [[ $each != "$1="* ]] || value=${each#*=}
  done
  echo "$value"
}

# Refuses a store that each pod would have for itself, and lose at its end.
check_store() {
  case $store in
    '' | file:///* | file:/*) ;;
    *:*) return ;; # an object store or a file system of the cluster's
    *) [[ -z $(given spark.hadoop.fs.defaultFS)${HADOOP_CONF_DIR:-} ]] || return 0 ;;
  esac
  [[ -n $store ]] || return 0
  # Volumes are mounted by settings or by templates.
  [[ ${extra[*]:-} != *spark.kubernetes.driver.volumes.* && ${extra[*]:-} != *spark.kubernetes.driver.podTemplateFile=* ]] ||
    return 0
  fail "bilateral.store is $store, a folder of each pod's own: name a store that all pods reach, such as hdfs://… or s3a://…, \
or mount a volume with spark.kubernetes.driver.volumes.… and spark.kubernetes.executor.volumes.…"
}

# Prints what spark-submit prints of the driver's pod. It does so whatever its log shows, and needs nothing but the
# credentials that it submitted with.
driver_status() {
  "$spark_submit" --master "$master" ${extra[@]+"${extra[@]}"} --status "$namespace:$pod" 2>&1
}

# Sets phase, exit_code and reason (of waiting or of the end) to those of the driver's container.
read_status() {
  local status
  status=$(driver_status) || status=''
  phase=$(sed -nE 's/^\s*phase: //p' <<<"$status" | head -n 1)
  [[ $status != *"Application not found."* ]] || phase=Gone
  # Beside sidecars, it has Spark's name; on its own, perhaps a template's.
  [[ $status != *"container name: spark-kubernetes-driver"* ]] || status=${status#*container name: spark-kubernetes-driver}
  exit_code=$(sed -nE 's/^\s*exit code: //p' <<<"$status" | head -n 1)
  reason=$(sed -nE 's/^\s*(pending|termination) reason: //p' <<<"$status" | head -n 1)
}

say() {
  echo "$(basename "$0"): $*" >&2
}

# Shows the driver's log until it ends or the connection breaks; later calls continue. Without kubectl, just waits.
log_since=''
follow_log() {
  local server=${master#k8s://} context
  if ! command -v kubectl >/dev/null; then
    sleep "$poll_seconds"
    return
  fi
  [[ $server == http*://* ]] || server=https://$server
  context=$(given spark.kubernetes.context)
  kubectl --server="$server" ${context:+--context="$context"} logs --namespace "$namespace" --follow "$pod" \
    ${log_since:+--since-time="$log_since"} || sleep "$poll_seconds"
  log_since=$(date -u +%Y-%m-%dT%H:%M:%SZ)
}

# Waits until the driver's pod has ended. Ends the script if it can't start or is gone.
await_end() {
  local told=''
  while read_status; do
    case $phase in
      Succeeded | Failed)
        [[ -n $log_since ]] || follow_log
        return
        ;;
      Running) follow_log ;;
      Gone)
        say "the driver's pod $pod was deleted; the same command resumes"
        exit 3
        ;;
      *)
        case $reason in
          ErrImagePull | ImagePullBackOff | InvalidImageName | ErrImageNeverPull)
            "$spark_submit" --master "$master" ${extra[@]+"${extra[@]}"} --kill "$namespace:$pod" >/dev/null 2>&1 || true
            fail "the cluster can't pull the image $image: $reason"
            ;;
          "$told") ;;
          *) say "the driver's pod $pod waits: $reason" ;;
        esac
        told=$reason
        sleep "$poll_seconds"
        ;;
    esac
  done
}

# Exits with the command's exit code, or with 3 if something else ended the driver. The program adds exit_base to its exit
# codes other than 0, because Spark itself ends with 1 when it fails before the program has started.
exit_base=64
exit_as_driver() {
  case $exit_code in
    0 | $((exit_base + 1)) | $((exit_base + 2)) | $((exit_base + 3))) exit $((exit_code % exit_base)) ;;
    1 | 101) say "Spark couldn't run the program in $pod; the image $image must be made with submit/Dockerfile from this build" ;;
    '') say "the driver's pod $pod ended without an exit code, as if evicted; the same command resumes" ;;
    *) say "the driver in $pod ended with exit code $exit_code (${reason:-no reason}); the same command resumes" ;;
  esac
  exit 3
}

# A function, so that an arithmetic error ends the script: at top level, Bash would continue with the next command.
main() {
  local user
  parse "$@"
  [[ $master =~ ^k8s://(https?://)?([[:alnum:]._-]+|\[[[:xdigit:]:]+\])(:[0123456789]{1,5})?(/[^[:space:]]*)?$ ]] ||
    fail "--master must be the cluster's k8s://https://host:port, not '$master'"
  [[ -n $image ]] || fail "--image must name an image made with submit/Dockerfile"
  [[ -n $executors ]] || fail "--executors must say how many executors to ask for"
  find_jar
  find_spark
  application=local:///opt/bilateral/bilateral-sweep-all.jar engines_for_spark=local:///opt/bilateral/engines
  make_folder
  $dry_run || trap 'rm -rf "$folder"' EXIT
  carry_to=$folder
  inspect_command
  name_configurations
  check_store
  find_natives
  size_executors
  common_settings
  namespace=$(given spark.kubernetes.namespace | grep . || echo "$namespace")
  pod=$(given spark.kubernetes.driver.pod.name | grep . || echo "bilateral-$(date +%y%m%d-%H%M%S)-$RANDOM-driver")
  settings+=(
    --name bilateral
    --conf spark.jars.ivy=/tmp/.ivy2
    --conf "spark.kubernetes.container.image=$image"
    --conf "spark.kubernetes.namespace=$namespace"
    --conf "spark.kubernetes.driver.pod.name=$pod"
    --conf "spark.kubernetes.authenticate.driver.serviceAccountName=$service_account"
    --conf spark.kubernetes.submission.waitAppCompletion=false # this script waits
    --conf "spark.kubernetes.driverEnv.BILATERAL_EXIT_BASE=$exit_base"
    --conf "spark.executor.memoryOverhead=${overhead_mib}m"
    --conf "spark.executor.instances=$executors"
  )
  # As on the other clusters, files in HDFS belong to who submits, not to the image's user. Kerberos ignores it.
  user=${HADOOP_USER_NAME:-$(id -un 2>/dev/null)} || user=''
  [[ -z $user ]] || settings+=(
    --conf "spark.kubernetes.driverEnv.HADOOP_USER_NAME=$user"
    --conf "spark.executorEnv.HADOOP_USER_NAME=$user"
  )
  if ((gpus > 0)); then
    settings+=(
      --conf spark.executor.resource.gpu.vendor=nvidia.com
      --conf spark.executor.resource.gpu.discoveryScript=/opt/bilateral/gpu-discovery.sh
    )
  fi
  if $dry_run; then
    printf 'SPARK_CONF_DIR=%q ' "$folder"
    submit --master "$master" --deploy-mode cluster
    exit
  fi
  (submit --master "$master" --deploy-mode cluster)
  [[ $(given spark.kubernetes.submission.waitAppCompletion) != false ]] || exit 0
  trap 'say "$pod goes on; to stop it, delete it, and the same command resumes"; exit 130' INT TERM
  await_end
  exit_as_driver
}

main "$@"
