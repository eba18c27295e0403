#!/usr/bin/env bash
# Runs a command on a Kubernetes cluster, from an image made with submit/Dockerfile; the driver runs there, too.
#   submit/kubernetes.sh --master k8s://https://host:6443 --image registry/bilateral:1 --executors 20 \
#     run conf/cifar100.conf --set bilateral.store=s3a://bucket/runs
# --master, or the variable SPARK_MASTER_URL, names the cluster; --image the image; --namespace NAME and
# --service-account NAME (which may create pods) are "default" and "spark" unless given. Configurations are those of the
# image's folder conf/; settings go in with --set. The table is in the driver pod's log, and this command's exit code says
# nothing about the sweep: ask status or report.
#
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=cluster.bash
source "$(dirname "${BASH_SOURCE[0]}")/cluster.bash"

master=${SPARK_MASTER_URL:-} image='' namespace=default service_account=spark
own_option() {
  [[ -n ${2:-} ]] || return 1
  case $1 in
    --master) master=$2 ;;
    --image) image=$2 ;;
    --namespace) namespace=$2 ;;
    --service-account) service_account=$2 ;;
    *) return 1 ;;
  esac
}

parse "$@"
[[ $master == k8s://* ]] || fail "--master must be the cluster's k8s://https://host:port, not '$master'"
[[ -n $image ]] || fail "--image must name an image made with submit/Dockerfile"
((${executors:-0} > 0)) || fail "--executors must say how many executors to ask for"
find_jar
find_spark
application=local:///opt/bilateral/bilateral-sweep-all.jar
overhead_mib=$(overhead)
common_settings $((heap * 1024 + overhead_mib))
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
