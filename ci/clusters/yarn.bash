# A YARN cluster with two node managers of 4 GiB, which kill containers that use more memory than they asked for. It has the
# queues default and research, and GPUs that can only be counted. Executors and drivers are killed in mid-run.
#   ci/cluster.sh yarn [STEP…]      the functions below; all unless given
# shellcheck shell=bash disable=SC2154  # sourced by cluster.sh
start_hdfs
mkdir -p "$work/nodes"
cat >"$work/nodes/nvidia-smi" <<'SCRIPT'
#!/bin/sh
echo "0, 9.0, Disabled, 30, a card that isn't there"
SCRIPT
chmod +x "$work/nodes/nvidia-smi"
java=$(readlink -f "$(command -v java)")
# Without a copy of the resource manager's proxy, for Spark's drivers, that doesn't fit its shaded servlets.
classpath=$project/target/test-classes:$(sed -E 's,[^:]*/hadoop-yarn-server-web-proxy-[^:]*(:|$),,' target/test.classpath)
(
  cd "$work/nodes" || exit
  JAVA_HOME=${java%/bin/java} PATH=$work/nodes:$PATH exec java -Xmx400m "@$project/submit/java17.flags" -cp "$classpath" \
    org.bilateralbrain.spark.YarnCluster "$work/conf" "$hdfs"
) >"$work/yarn.log" 2>&1 &
yarn=$!

# Ends the cluster and waits until it has ended its containers, which are in sessions of their own.
stop_yarn() {
  kill "$yarn" 2>/dev/null || true
  wait "$yarn" 2>/dev/null || true
  stop
}
trap stop_yarn EXIT

await "$work/conf/yarn-site.xml" 'yarn.resourcemanager.address</name><value>[^<]*' >"$work/address"
export HADOOP_CONF_DIR=$work/conf
echo "YARN at $(sed 's/.*>//' "$work/address"), HDFS at $hdfs"

submit() {
  submit/yarn.sh --executors 2 --executor-cores 1 --heap 1 --driver-heap 1 --conf "spark.yarn.jars=local:$SPARK_HOME/jars/*" "$@"
}

# Prints the id of the application that `expect` ran under a name.
application() {
  grep -oE 'Submitted application application_[0-9]+_[0-9]+' "$work/$1.log" | grep -oE 'application_.*'
}

# Prints what the driver and the executors wrote in a finished application, from the logs that YARN has collected.
#   logs NAME stdout|stderr
logs() {
  for _ in {1..20}; do # YARN collects them after the end
    if java -Xmx128m "@$project/submit/java17.flags" -cp "$HADOOP_CONF_DIR:$classpath" \
      org.apache.hadoop.yarn.client.cli.LogsCLI -applicationId "$(application "$1")" -log_files "$2" 2>>"$work/logs.log"; then
      return
    fi
    sleep 1
  done
  fail "YARN has no logs of $1"
}

# Kills a container of the running application and everything in it.
#   kill_container NUMBER      1 is the driver in cluster mode
kill_container() {
  local file
  file=$(find "$work/nodes/target" -path '*/nmPrivate/*' -name "container_*_$(printf %06d "$1").pid" | sort | tail -n 1)
  [[ -n $file ]] || fail "there is no container $1"
  kill -9 -- "-$(cat "$file")"
}

# Waits until the driver on the cluster has finished so many networks.
#   await_networks NUMBER
await_networks() {
  for _ in $(seq 1500); do
    if (($(find "$work/nodes/target" -path "*/container_*_000001/stderr" -exec cat {} + | grep -c '^\[.*\] done ') >= $1)); then
      return
    fi
    sleep 0.2
  done
  fail "the driver never finished $1 networks"
}

# Expects a command to end with an exit code; its output goes to files.
#   expect CODE NAME COMMAND…
expect() {
  local code=0
  "${@:3}" >"$work/$2.out" 2>"$work/$2.log" || code=$?
  ((code == $1)) || fail "$2 ended with $code instead of $1"
}

quickstart=(conf/quickstart.conf --set bilateral.engine=torch)

client_mode() {
  expect 0 client submit --queue research run "${quickstart[@]}" --set "bilateral.store=$hdfs/client"
  cat "$work/client.out"
  check_quickstart "$work/client.out" 15 0
  grep -q '^[[:space:]]*queue: research$' "$work/client.log" || fail "it didn't run in the queue research"
}

# The driver and an executor are killed; the tables are those of the undisturbed run.
cluster_mode() {
  expect 0 cluster submit --deploy-mode cluster run "${quickstart[@]}" --set "bilateral.store=$hdfs/cluster" &
  local run=$!
  await_networks 2
  kill_container 2
  await_networks 5
  kill_container 1
  wait "$run" || exit 1
  logs cluster stdout >"$work/driver.out"
  (($(grep -cE '^\| (unilateral|bilateral).*\(3\)' "$work/driver.out") == 3)) || fail "the driver's log has no table"
  for store in client cluster; do
    submit/local.sh report "${quickstart[@]}" --set "bilateral.store=$hdfs/$store" --format csv >"$work/$store.csv"
  done
  diff "$work/client.csv" "$work/cluster.csv" || fail "after the faults the results differ"
}

# A sweep whose trainings fail, from a file that includes another one and names a variable, with data on this machine alone.
failing_sweep() {
  local name=$work/user
  mkdir -p "$name/parts" "$name/data"
  write_images >"$name/data/train.bin"
  write_images >"$name/data/test.bin"
  seq -f 'fine %.0f' 0 9 >"$name/data/fine_label_names.txt"
  printf 'coarse %s\n' 0 1 >"$name/data/coarse_label_names.txt"
  cat >"$name/parts/data.conf" <<CONF
bilateral { data { source = cifar100, path = "$name/data" }, grid.seeds = [0], grid.models = [unilateral-fine] }
CONF
  cat >"$name/my.conf" <<'CONF'
include "parts/data.conf"
bilateral { name = sweep-of-${WHO}, engine = torch, hemisphere { width = 8, epochs = 1, batch-size = 50, learning-rate = 1e30 } }
CONF
  WHO=someone expect 1 failing submit --deploy-mode cluster run "$name/my.conf" --set "bilateral.store=$hdfs/failing"
  logs failing stdout >"$work/failing.driver"
  grep -q '^1 jobs: 0 trained, 0 reused, 1 failed' "$work/failing.driver" || fail "the failing sweep has another summary"
  (($(grep -c '^1 jobs:' "$work/failing.driver") == 1)) || fail "YARN repeated a sweep that can't succeed"
  logs failing stderr >"$work/failing.driver-log"
  grep -q '^\[.*FAILED .*diverged' "$work/failing.driver-log" || fail "the training didn't fail as it should"
}

# Prints 200 images of 10 fine and 2 coarse classes in CIFAR-100's binary format.
write_images() {
  local fine
  for fine in {0..199}; do
    printf '%b' "\\x0$((fine % 10 / 5))\\x0$((fine % 10))"
    head -c 3072 /dev/urandom
  done
}

# A network that doesn't fit into its container: YARN kills the executor.
too_little_memory() {
  expect 1 memory submit --executors 1 --conf spark.executor.memoryOverhead=64m --conf spark.task.maxFailures=1 \
    --conf spark.excludeOnFailure.enabled=false run "${quickstart[@]}" --set "bilateral.store=$hdfs/memory" \
    --set 'bilateral.grid.seeds=[0]' --set 'bilateral.grid.models=[unilateral-fine]' --set bilateral.hemisphere.width=64 \
    --set bilateral.hemisphere.batch-size=400
  grep '^\[.*FAILED .*Container killed by YARN for exceeding .*--native' "$work/memory.log" || fail "YARN killed no executor"
}

unknown_queue() {
  expect 2 queue submit --queue none run "${quickstart[@]}" --set "bilateral.store=$hdfs/queue"
  grep "^Spark can't run with these settings: .*unknown queue: none" "$work/queue.log" || fail "the unknown queue isn't named"
  expect 2 queue-cluster submit --queue none --deploy-mode cluster run "${quickstart[@]}" --set "bilateral.store=$hdfs/queue"
  grep "^yarn.sh: the cluster has no queue 'none'" "$work/queue-cluster.log" || fail "the unknown queue isn't named"
}

# The nodes have two GPUs each.
too_many_gpus() {
  expect 2 gpus submit --executors 1 --executor-cores 3 --gpus 3 run "${quickstart[@]}" --set "bilateral.store=$hdfs/gpus"
  grep "^--gpus 3: no node of this YARN cluster has more than" "$work/gpus.log" || fail "the nodes' GPUs aren't named"
  expect 2 gpus-cluster submit --deploy-mode cluster --executors 1 --executor-cores 3 --gpus 3 --native 512 run "${quickstart[@]}" \
    --set "bilateral.store=$hdfs/gpus"
  grep "^yarn.sh: --gpus 3: no node of the cluster has that many" "$work/gpus-cluster.log" || fail "the GPUs aren't named"
  ! grep -E '^\s+at ' "$work/gpus-cluster.log" || fail "a person had to read Java's stack"
}

too_much_memory() {
  expect 2 heap submit --deploy-mode cluster --heap 100 run "${quickstart[@]}" --set "bilateral.store=$hdfs/heap"
  grep '^yarn.sh: Required executor memory .*--heap' "$work/heap.log" || fail "the memory isn't named"
}

# No card is there, so the task fails; what counts is what YARN is asked for and what Spark assigns.
gpus() {
  expect 1 gpu submit --executors 1 --gpus 1 --conf "spark.executorEnv.PATH=$work/nodes:$PATH" run "${quickstart[@]}" --set "bilateral.store=$hdfs/gpu" \
    --set 'bilateral.grid.seeds=[0]' --set 'bilateral.grid.models=[unilateral-fine]'
  grep '^\[.*FAILED .*GPU' "$work/gpu.log" || fail "Spark assigned no GPU to the task"
  java -Xmx128m "@$project/submit/java17.flags" -cp "$HADOOP_CONF_DIR:$classpath" \
    org.apache.hadoop.yarn.client.cli.ApplicationCLI application -status "$(application gpu)" >"$work/gpu.status" 2>>"$work/logs.log"
  grep -E '[1-9][0-9]* yarn.io/gpu-seconds' "$work/gpu.status" || fail "YARN assigned no GPU"
}

steps=("$@")
((${#steps[@]} > 0)) || steps=(client_mode cluster_mode failing_sweep too_little_memory unknown_queue
  too_many_gpus too_much_memory gpus)
for step in "${steps[@]}"; do
  seconds=$SECONDS
  "$step"
  echo "$step took $((SECONDS - seconds)) s"
done
