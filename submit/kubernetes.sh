#!/usr/bin/env bash
# Runs a command on a Kubernetes cluster, in an image made with submit/Dockerfile. The driver runs there, too.
#   submit/kubernetes.sh --master k8s://https://host:6443 --image registry/bilateral:1 --executors 20 \
#     run conf/cifar100.conf --set bilateral.store=s3a://bucket/runs
# --master, or the variable SPARK_MASTER_URL, names the cluster, and --image the image. --namespace NAME is "default" and
# --service-account NAME, which must be allowed to create pods, is "spark" unless given. The image must hold the same build
# as target/ on this machine. Configurations are those in the image's folder conf/, and the same file must be here; change
# settings with --set. The table is in the driver pod's log. This script's exit code says nothing about the sweep: use
# status or report.
#
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@" # called as sh SCRIPT
set -euo pipefail +o posix
# shellcheck source-path=SCRIPTDIR source=cluster.bash
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/cluster.bash"

master=${SPARK_MASTER_URL:-} image='' namespace=default service_account=spark
own_options=(--master --image --namespace --service-account)

# A function, so that an arithmetic error ends the script: at top level, Bash would continue with the next command.
main() {
  parse "$@"
  [[ $master == k8s://?* ]] || fail "--master must be the cluster's k8s://https://host:port, not '$master'"
  [[ -n $image ]] || fail "--image must name an image made with submit/Dockerfile"
  [[ -n $executors ]] || fail "--executors must say how many executors to ask for"
  find_jar
  find_spark
  application=local:///opt/bilateral/bilateral-sweep-all.jar engines_for_spark=local:///opt/bilateral/engines
  inspect_command
  find_natives
  size_executors
  common_settings
  settings+=(
    --name bilateral
    --conf spark.jars.ivy=/tmp/.ivy2
    --conf "spark.kubernetes.container.image=$image"
    --conf "spark.kubernetes.namespace=$namespace"
    --conf "spark.kubernetes.authenticate.driver.serviceAccountName=$service_account"
    --conf "spark.executor.memoryOverhead=${overhead_mib}m"
    --conf "spark.executor.instances=$executors"
  )
  if ((gpus > 0)); then
    settings+=(
      --conf spark.executor.resource.gpu.vendor=nvidia.com
      --conf spark.executor.resource.gpu.discoveryScript=/opt/bilateral/gpu-discovery.sh
    )
  fi
  submit --master "$master" --deploy-mode cluster
}

main "$@"
