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
own_options=(--master)

# A function, so that an error in its arithmetic ends it: between commands of a script, Bash would go on with the next.
main() {
  parse "$@"
  [[ $master == spark://?* ]] || fail "--master must be the cluster's spark://host:port, not '$master'"
  find_jar
  find_spark
  application=$jar
  size_executors
  common_settings
  [[ -z $executors ]] || settings+=(--conf "spark.cores.max=$((executors * executor_cores))")
  submit --master "$master" --deploy-mode client
}

main "$@"
