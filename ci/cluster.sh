#!/usr/bin/env bash
# Starts a real cluster on the loopback interface from Maven's jars: a standalone Spark master, two workers with addresses
# of their own, and an HDFS. Runs the quickstart on it as a user would, with submit/standalone.sh and each engine, checks the
# results, and shuts everything down.
#   ci/cluster.sh [--gpus N] [ENGINE…]      after mvn verify (or pre-integration-test)
# With --gpus, each worker assigns this machine's GPUs, N of them.
set -euo pipefail
project=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
cd "$project"
gpus=0 gpu_options=()
if [[ ${1:-} == --gpus ]]; then
  gpus=$2
  shift 2
  gpu_options=(-Dspark.worker.resource.gpu.amount="$gpus"
    -Dspark.worker.resource.gpu.discoveryScript="$project/submit/gpu-discovery.sh")
fi
work=$project/target/cluster
rm -rf "$work"
mkdir -p "$work"

pids=()
stop() {
  ((${#pids[@]} == 0)) || kill -9 "${pids[@]}" 2>/dev/null || true
}
trap stop EXIT

fail() {
  echo "cluster.sh: $*" >&2
  tail -n 30 "$work"/*.log >&2
  exit 1
}

# Waits until a line of a file matches, and prints the match.
await() {
  local file=$1 pattern=$2
  for _ in $(seq 300); do
    if grep -oEm1 "$pattern" "$file" 2>/dev/null; then
      return
    fi
    sleep 0.2
  done
  fail "$file never said $pattern"
}

export SPARK_HOME=$work/spark-home SPARK_SCALA_VERSION=2.12
ci/spark-home.sh "$SPARK_HOME"

# The heaps are small, so that everything fits beside other work on the machine.
java -Xmx256m -cp "$SPARK_HOME/jars/*" org.apache.spark.deploy.master.Master \
  --host 127.0.0.1 --port 0 --webui-port 0 >"$work/master.log" 2>&1 &
pids+=($!)
java -Xmx512m -cp "$(cat target/test.classpath)" org.apache.hadoop.test.MiniDFSClusterManager \
  -format -datanodes 2 -Dhdfs.minidfs.basedir="$work/hdfs" -writeConfig "$work/hdfs.xml" >"$work/hdfs.log" 2>&1 &
pids+=($!)
master=$(await "$work/master.log" 'spark://127[0-9.]+:[0-9]+')
for i in 1 2; do
  java -Xmx256m ${gpu_options[@]+"${gpu_options[@]}"} -cp "$SPARK_HOME/jars/*" org.apache.spark.deploy.worker.Worker \
    --host "127.0.0.$i" --port 0 --webui-port 0 --cores 1 --memory 1g --work-dir "$work/work-$i" \
    "$master" >"$work/worker-$i.log" 2>&1 &
  pids+=($!)
done
hdfs=$(await "$work/hdfs.xml" 'hdfs://[a-z0-9.]+:[0-9]+' | head -1)
echo "Spark at $master, HDFS at $hdfs"

submit() {
  submit/standalone.sh --master "$master" --executor-cores 1 --gpus "$gpus" --heap 1 --driver-heap 1 "$@"
}

# Counts the files of a name in the executors' folders.
in_executors() {
  find "$work"/work-* -path '*/app-*' -name "$1" | wc -l
}

# Runs the quickstart with an engine, from training to the removal of leftovers.
try() {
  local engine=$1 log=$work/$1 quickstart earlier
  quickstart=(conf/quickstart.conf --set "bilateral.store=$hdfs/runs" --set "bilateral.engine=$engine"
    --set "bilateral.name=quickstart-$engine")
  earlier=$(in_executors stderr)

  submit --dry-run run "${quickstart[@]}"
  submit run "${quickstart[@]}" >"$log.table" 2>"$log-run.log" || fail "the run failed"
  cat "$log.table"
  (($(grep -cE '^\| (unilateral|bilateral).*\(3\)' "$log.table") == 3)) || fail "the table lacks a model or a seed"
  tail -n 1 "$log.table" | grep -q '^15 jobs: 15 trained, 0 reused, 0 failed, 0 blocked' || fail "not all jobs were trained"
  (($(in_executors stderr) == earlier + 2)) || fail "$(($(in_executors stderr) - earlier)) executors instead of 2"

  submit run "${quickstart[@]}" 2>"$log-again.log" | tail -n 1 | tee "$log.again"
  grep -q '^15 jobs: 0 trained, 15 reused' "$log.again" || fail "the second run trained again"
  submit analyse "${quickstart[@]}" >"$log.analysis" 2>"$log-analyse.log" || fail "the analysis failed"
  tail -n 1 "$log.analysis"
  grep -q '^9 networks: 9 analysed' "$log.analysis" || fail "not all networks were analysed"
  submit report "${quickstart[@]}" --html "$hdfs/report.html" 2>"$log-report.log" || fail "there is no page"
  submit status "${quickstart[@]}" 2>/dev/null | tail -n 1
  submit gc "${quickstart[@]}" --older-than 0 --force 2>/dev/null | tee "$log.gc"
  grep -q '^0 leftovers' "$log.gc" || fail "something was left over"
}

engines=("$@")
((${#engines[@]} > 0)) || engines=(dl4j torch)
for engine in "${engines[@]}"; do
  try "$engine"
done
for folder in "$work"/work-*/app-*/*/; do
  [[ -z $(find "$folder" -name 'nd4j-native-*.jar') || -z $(find "$folder" -name 'pytorch-*.jar') ]] ||
    fail "an executor got both engines' native libraries"
done
echo "The quickstart ran on two workers and HDFS with the engines: ${engines[*]}."
