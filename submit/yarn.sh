#!/usr/bin/env bash
# Runs a command on a YARN cluster. HADOOP_CONF_DIR must name the folder with the cluster's configuration.
#   submit/yarn.sh --executors 20 --queue research run conf/cifar100.conf --set bilateral.store=hdfs:///user/me/runs
# --queue NAME names YARN's queue.
#
# The driver runs here and must stay; whatever becomes of it, the same command goes on where it was.
#
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=cluster.bash
source "$(dirname "${BASH_SOURCE[0]}")/cluster.bash"

queue=default
own_options=(--queue)

# A function, so that an error in its arithmetic ends it: between commands of a script, Bash would go on with the next.
main() {
  parse "$@"
  [[ -n ${HADOOP_CONF_DIR:-}${YARN_CONF_DIR:-} ]] || fail "HADOOP_CONF_DIR must name the folder with the cluster's configuration"
  [[ -n $executors ]] || fail "--executors must say how many executors to ask for"
  find_jar
  find_spark
  application=$jar
  size_executors
  common_settings
  settings+=(--queue "$queue" --conf "spark.executor.memoryOverhead=${overhead_mib}m")
  settings+=(--num-executors "$executors")
  if ((gpus > 0)); then
    settings+=(
      --files "$project/submit/gpu-discovery.sh"
      --conf spark.executor.resource.gpu.discoveryScript=./gpu-discovery.sh
    )
  fi
  submit --master yarn --deploy-mode client
}

main "$@"
