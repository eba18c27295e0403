#!/usr/bin/env bash
# Starts a real cluster of a kind on the loopback interface, with an HDFS beside it, all from Maven's jars or Debian's
# packages. Runs the quickstart on it as a user would, with that kind's script in submit/, checks the results, and shuts
# everything down.
#   ci/cluster.sh [KIND [OPTION…]]      after mvn verify (or pre-integration-test)
# KIND is the name of a file in ci/clusters/, whose first lines describe its options: standalone unless given.
set -euo pipefail
project=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
cd "$project"
kind=${1:-standalone}
work=$project/target/cluster/$kind
[[ -f ci/clusters/$kind.bash ]] || {
  echo "cluster.sh: there is no ci/clusters/$kind.bash" >&2
  exit 2
}
rm -rf "$work"
mkdir -p "$work"

# What runs in the background. A function of this script runs in a shell of its own, whose children don't end with it.
pids=()
stop() {
  local pid
  for pid in ${pids[@]+"${pids[@]}"}; do
    pkill -9 -P "$pid" || true
  done
  ((${#pids[@]} == 0)) || kill -9 "${pids[@]}" 2>/dev/null || true
}
trap stop EXIT

fail() {
  echo "cluster.sh: $*" >&2
  tail -n 30 "$work"/*.log >&2
  exit 1
}

# Waits until a line of a file matches, and prints the first match.
await() {
  local file=$1 pattern=$2 matches
  for _ in $(seq 300); do
    if matches=$(grep -oEm1 "$pattern" "$file" 2>/dev/null); then
      echo "${matches%%$'\n'*}"
      return
    fi
    sleep 0.2
  done
  fail "$file never said $pattern"
}

# Sets hdfs to the URI of an HDFS with two data nodes. The heaps are small, so that everything fits beside other work on the
# machine.
# shellcheck disable=SC2034
start_hdfs() {
  java -Xmx512m -cp "$(cat target/test.classpath)" org.apache.hadoop.test.MiniDFSClusterManager \
    -format -datanodes 2 -Dhdfs.minidfs.basedir="$work/hdfs" -writeConfig "$work/hdfs.xml" >"$work/hdfs.log" 2>&1 &
  pids+=($!)
  hdfs=$(await "$work/hdfs.xml" 'hdfs://[a-z0-9.]+:[0-9]+')
}

# Checks what a run of the quickstart printed: the table, and the numbers of trained and reused jobs.
#   check_quickstart FILE TRAINED REUSED
check_quickstart() {
  (($(grep -cE '^\| (unilateral|bilateral).*\(3\)' "$1") == 3)) || fail "$1: the table lacks a model or a seed"
  grep -q "^15 jobs: $2 trained, $3 reused, 0 failed, 0 blocked" "$1" || fail "$1: not $2 jobs trained and $3 reused"
}

export SPARK_HOME=$work/spark-home SPARK_SCALA_VERSION=2.12
ci/spark-home.sh "$SPARK_HOME"

(($# == 0)) || shift
# shellcheck source=/dev/null
source "ci/clusters/$kind.bash"
