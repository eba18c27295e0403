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
own_options=(--master --image --namespace --service-account)

# A function, so that an error in its arithmetic ends it: between commands of a script, Bash would go on with the next.
main() {
  parse "$@"
  [[ $master == k8s://?* ]] || fail "--master must be the cluster's k8s://https://host:port, not '$master'"
  [[ -n $image ]] || fail "--image must name an image made with submit/Dockerfile"
  [[ -n $executors ]] || fail "--executors must say how many executors to ask for"
  find_jar
  find_spark
  application=local:///opt/bilateral/bilateral-sweep-all.jar
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
