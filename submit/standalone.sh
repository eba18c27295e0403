#!/usr/bin/env bash
# Runs a command on a standalone Spark cluster.
#   submit/standalone.sh --master spark://host:7077 run conf/cifar100.conf --set bilateral.store=hdfs://…/runs
# --master, or the variable SPARK_MASTER_URL, names the cluster.
#
# A standalone cluster counts an executor's heap alone, not the networks' memory beside it: give its workers
# (SPARK_WORKER_MEMORY) no more than the heaps you want to run on a machine. For --gpus its workers must know their GPUs:
# SPARK_WORKER_OPTS="-Dspark.worker.resource.gpu.amount=N -Dspark.worker.resource.gpu.discoveryScript=…/gpu-discovery.sh"
#
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=cluster.bash
source "$(dirname "${BASH_SOURCE[0]}")/cluster.bash"

master=${SPARK_MASTER_URL:-}
own_option() {
  [[ $1 == --master && -n ${2:-} ]] && master=$2
}

parse "$@"
[[ $master == spark://* ]] || fail "--master must be the cluster's spark://host:port, not '$master'"
find_jar
find_spark
application=$jar
overhead_mib=$(overhead)
common_settings $((heap * 1024 + overhead_mib))
((${executors:-0} == 0)) || settings+=(--conf "spark.cores.max=$((executors * executor_cores))")
submit --master "$master" --deploy-mode client
