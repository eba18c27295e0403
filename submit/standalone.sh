#!/usr/bin/env bash
# Runs a command on a standalone Spark cluster.
#   submit/standalone.sh --master spark://host:7077 run conf/cifar100.conf --set bilateral.store=hdfs://…/runs
# --master, or the variable SPARK_MASTER_URL, names the cluster.
#
# A standalone cluster counts only an executor's heap, not the networks' memory outside it: give its workers
# (SPARK_WORKER_MEMORY) no more than the heaps that should run on a machine. With --gpus, the workers must know their GPUs:
# SPARK_WORKER_OPTS="-Dspark.worker.resource.gpu.amount=N -Dspark.worker.resource.gpu.discoveryScript=…/gpu-discovery.sh"
# and BILATERAL_ENGINE=dl4j or torch in their environment leaves out cards that this engine can't use.
#
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@" # called as sh SCRIPT
set -euo pipefail +o posix
# shellcheck source-path=SCRIPTDIR source=cluster.bash
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/cluster.bash"

master=${SPARK_MASTER_URL:-}
own_options=(--master)

# A function, so that an arithmetic error ends the script: at top level, Bash would continue with the next command.
main() {
  parse "$@"
  [[ $master == spark://?* ]] || fail "--master must be the cluster's spark://host:port, not '$master'"
  find_jar
  find_spark
  inspect_command
  find_natives
  size_executors
  common_settings
  [[ -z $executors ]] || settings+=(--conf "spark.cores.max=$((executors * executor_cores))")
  submit --master "$master" --deploy-mode client
}

main "$@"
