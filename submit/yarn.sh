#!/usr/bin/env bash
# Runs a command on a YARN cluster. HADOOP_CONF_DIR must name the folder with the cluster's configuration files.
#   submit/yarn.sh --executors 20 --queue research run conf/cifar100.conf --set bilateral.store=hdfs:///user/me/runs
# --queue NAME is the YARN queue ("default" unless given).
#
# Without --deploy-mode, the driver runs on this machine and must keep running. If it stops, the same command resumes the
# sweep.
#
# --deploy-mode cluster, for run, test and analyse, runs the driver on the cluster; if its machine dies, YARN starts another
# one, which goes on from the store. The configuration is shipped with all that it includes, and data on this machine alone
# is copied into the store's folder data/. This script waits for the end and exits with the command's exit code; ending the
# script doesn't end the sweep. Tables are in the driver's log (yarn logs) and, as everything, in the store.
#
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@" # called as sh SCRIPT
set -euo pipefail +o posix
# shellcheck source-path=SCRIPTDIR source=cluster.bash
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/cluster.bash"

queue=default deploy_mode=client
own_options=(--queue --deploy-mode)

# A function, so that an arithmetic error ends the script: at top level, Bash would continue with the next command.
main() {
  local files=()
  parse "$@"
  require_cluster
  [[ -n $executors ]] || fail "--executors must say how many executors to ask for"
  case $deploy_mode in
    client) ;;
    cluster)
      [[ ${command[0]} =~ ^(run|test|analyse)$ ]] ||
        fail "--deploy-mode cluster is for run, test and analyse; ${command[0]} runs on this machine, without it"
      temporary=$(mktemp -d)
      trap 'rm -rf "$temporary"' EXIT
      shipped=$temporary/bilateral-${temporary##*.}.conf
      ;;
    *) fail "--deploy-mode must be client or cluster, not '$deploy_mode'" ;;
  esac
  find_jar
  find_spark
  [[ ! -f $spark_home/jars/$spark_core || -f $spark_home/jars/${spark_core/core/yarn} ]] ||
    fail "the Spark in $spark_home can't use YARN: it has no jars/${spark_core/core/yarn}"
  inspect_command
  find_natives
  size_executors
  common_settings
  settings+=(--queue "$queue" --conf "spark.executor.memoryOverhead=${overhead_mib}m")
  settings+=(--num-executors "$executors")
  if ((gpus > 0)); then
    files+=("$project/submit/gpu-discovery.sh")
    settings+=(--conf spark.executor.resource.gpu.discoveryScript=./gpu-discovery.sh)
    # YARN doesn't know that a card was lost. The executors that it starts there fail at once, before any task could, and as
    # their machine stays free, it offers it again: Spark must tell it to leave that machine out.
    settings+=(--conf spark.yarn.executor.launch.excludeOnFailure.enabled=true)
  fi
  if [[ $deploy_mode == cluster ]]; then
    files+=("$shipped")
    settings_of_driver
  fi
  ((${#files[@]} == 0)) || settings+=(--files "$(IFS=,; echo "${files[*]}")")
  if [[ $deploy_mode == client ]] || $dry_run; then
    submit --master yarn --deploy-mode "$deploy_mode"
  else
    submit_and_wait
  fi
}

# Fails unless one of the folders with Hadoop's settings says where the cluster is.
require_cluster() {
  local folders=${HADOOP_CONF_DIR:-}${HADOOP_CONF_DIR:+${YARN_CONF_DIR:+ and }}${YARN_CONF_DIR:-} folder
  [[ -n $folders ]] || fail "HADOOP_CONF_DIR must name the folder with the cluster's configuration"
  for folder in "${HADOOP_CONF_DIR:-}" "${YARN_CONF_DIR:-}"; do
    if [[ -n $folder ]] && grep -qs -E 'yarn\.resourcemanager\.(address|hostname)|xi:include' "$folder/yarn-site.xml"; then
      return
    fi
  done
  fail "HADOOP_CONF_DIR must name the folder with the cluster's configuration, but there is no yarn-site.xml with yarn.resourcemanager.address or yarn.resourcemanager.hostname in $folders"
}

# What the driver finds on its machine: the configuration, and the variables that it names.
settings_of_driver() {
  local name
  settings+=(
    --conf "spark.yarn.appMasterEnv.BILATERAL_SHIPPED=${shipped##*/}"
    --conf spark.yarn.appMasterEnv.LC_ALL=C.UTF-8
    --conf spark.yarn.am.attemptFailuresValidityInterval=1h
  )
  [[ -f $shipped ]] || return 0
  while read -r name; do
    settings+=(--conf "spark.yarn.appMasterEnv.$name=${!name}")
  done < <(grep -v '^ *#' "$shipped" | grep -oE '"\$\{[A-Z_][A-Z0-9_]*}"' | grep -oE '[A-Z_0-9]+' | sort -u)
}

# Runs spark-submit until the application has ended, and exits with the command's exit code, which Spark tells in words.
# Where it fails, what it says is in the messages, not in the pages of Java's stack between them.
submit_and_wait() {
  local log=$temporary/log code=0 memory
  {
    submit --master yarn --deploy-mode cluster 2>&1 >&3 | tee "$log" |
      sed -uE '/^\s+(at [^ ]+\(.*\)|\.\.\. [0-9]+ more)$/d' >&2
  } 3>&1 || code=$?
  ((code != 0)) || exit 0
  ! grep -q "to unknown queue: $queue" "$log" || fail "the cluster has no queue '$queue': --queue must name one that it has"
  ! grep -q 'InvalidResourceRequestException.*yarn.io/gpu' "$log" || fail "--gpus $gpus: no node of the cluster has that many"
  memory=$(grep -m 1 -oE 'Required (AM|executor) memory .* of this cluster!' "$log") || true
  [[ -z $memory ]] || fail "$memory Lower --heap, --driver-heap or --native"
  [[ $(grep -oE 'User application exited with status [0-9]+' "$log" | tail -n 1) =~ ([0-9]+)$ ]] || exit 3
  exit "${BASH_REMATCH[1]}"
}

main "$@"
