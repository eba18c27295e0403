#!/usr/bin/env bash
# Runs a command on a YARN cluster. HADOOP_CONF_DIR must name the folder with the cluster's configuration files.
#   submit/yarn.sh --executors 20 --queue research run conf/cifar100.conf --set bilateral.store=hdfs:///user/me/runs
# --queue NAME is the YARN queue ("default" unless given).
#
# The driver runs on this machine and must keep running. If it stops, the same command resumes the sweep.
#
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@" # called as sh SCRIPT
set -euo pipefail +o posix
# shellcheck source-path=SCRIPTDIR source=cluster.bash
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/cluster.bash"

queue=default
own_options=(--queue)

# A function, so that an arithmetic error ends the script: at top level, Bash would continue with the next command.
main() {
  parse "$@"
  [[ -n ${HADOOP_CONF_DIR:-}${YARN_CONF_DIR:-} ]] || fail "HADOOP_CONF_DIR must name the folder with the cluster's configuration"
  [[ -n $executors ]] || fail "--executors must say how many executors to ask for"
  find_jar
  find_spark
  inspect_command
  find_natives
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
