# A standalone Spark master and two workers with addresses of their own. In a last sweep executors come with the work; one is
# killed, a worker is told to leave, and Spark's history server reads what happened.
#   ci/cluster.sh standalone [--gpus N] [ENGINE…]      engines: dl4j unless given
# With --gpus, each worker assigns this machine's GPUs, N of them.
# shellcheck shell=bash disable=SC2154  # sourced by cluster.sh
gpus=0 gpu_options=()
if [[ ${1:-} == --gpus ]]; then
  gpus=$2
  shift 2
  gpu_options=(-Dspark.worker.resource.gpu.amount="$gpus"
    -Dspark.worker.resource.gpu.discoveryScript="$project/submit/gpu-discovery.sh")
fi

java -Xmx256m -cp "$SPARK_HOME/jars/*" org.apache.spark.deploy.master.Master \
  --host 127.0.0.1 --port 0 --webui-port 0 >"$work/master.log" 2>&1 &
pids+=($!)
start_hdfs
master=$(await "$work/master.log" 'spark://127[0-9.]+:[0-9]+')
for i in 1 2; do
  mkdir "$work/work-$i"
  java -Xmx256m -Dspark.decommission.enabled=true ${gpu_options[@]+"${gpu_options[@]}"} -cp "$SPARK_HOME/jars/*" org.apache.spark.deploy.worker.Worker \
    --host "127.0.0.$i" --port 0 --webui-port 0 --cores 1 --memory 1g --work-dir "$work/work-$i" \
    "$master" >"$work/worker-$i.log" 2>&1 &
  pids+=($!)
  last_worker=$!
done
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
  check_quickstart "$log.table" 15 0
  (($(in_executors stderr) == earlier + 2)) || fail "$(($(in_executors stderr) - earlier)) executors instead of 2"

  submit run "${quickstart[@]}" >"$log.again" 2>"$log-again.log" || fail "the second run failed"
  check_quickstart "$log.again" 0 15
  submit analyse "${quickstart[@]}" >"$log.analysis" 2>"$log-analyse.log" || fail "the analysis failed"
  tail -n 1 "$log.analysis"
  grep -q '^9 networks: 9 analysed' "$log.analysis" || fail "not all networks were analysed"
  submit report "${quickstart[@]}" --html "$hdfs/report.html" 2>"$log-report.log" || fail "there is no page"
  submit status "${quickstart[@]}" 2>/dev/null | tail -n 1
  submit gc "${quickstart[@]}" --older-than 0 --force 2>/dev/null | tee "$log.gc"
  grep -q '^0 leftovers' "$log.gc" || fail "something was left over"
}

engines=("$@")
((${#engines[@]} > 0)) || engines=(dl4j)
for engine in "${engines[@]}"; do
  try "$engine"
done
# Waits until a file has so many lines that match.
#   await_lines FILE PATTERN NUMBER
await_lines() {
  for _ in $(seq 600); do
    (($(grep -cE "$2" "$1" 2>/dev/null || true) < $3)) || return 0
    sleep 0.2
  done
  fail "$1 never had $3 lines like '$2'"
}

# A sweep whose first executor is killed, and whose last worker leaves as a spot instance does. Compares its results with those
# of the undisturbed sweep of an engine.
elastic() {
  local engine=$1 sweep store run executor history
  sweep=(conf/quickstart.conf --set "bilateral.engine=$engine" --set "bilateral.name=quickstart-$engine")
  mkdir "$work/events"
  submit --conf spark.dynamicAllocation.enabled=true --conf spark.dynamicAllocation.maxExecutors=2 \
    --conf spark.eventLog.enabled=true --conf "spark.eventLog.dir=$work/events" \
    run "${sweep[@]}" --set "bilateral.store=$hdfs/elastic" >"$work/elastic.table" 2>"$work/elastic.log" &
  run=$!
  pids+=("$run")
  await_lines "$work/elastic.log" '^\[.*\] done ' 1
  executor=$(pgrep -o -f "$work.*CoarseGrainedExecutorBackend") || fail "there is no executor"
  kill -9 "$executor"
  await_lines "$work/elastic.log" '^\[.*\] done ' 3
  kill -PWR "$last_worker"
  wait "$run" || fail "the disturbed run failed"
  grep -q 'Decommission worker' "$work/worker-2.log" || fail "the worker never left"
  check_quickstart "$work/elastic.table" 15 0
  for store in runs elastic; do
    submit/local.sh report "${sweep[@]}" --set "bilateral.store=$hdfs/$store" --format csv >"$work/$store.csv"
  done
  diff "$work/runs.csv" "$work/elastic.csv" || fail "after the faults the results differ"

  java -Xmx256m "@$project/submit/java17.flags" -Dspark.history.fs.logDirectory="$work/events" -Dspark.history.ui.port=0 \
    -cp "$SPARK_HOME/jars/*" org.apache.spark.deploy.history.HistoryServer >"$work/history.log" 2>&1 &
  pids+=($!)
  history=$(await "$work/history.log" 'started at http://[^ ]+' | sed 's/.* //')
  application=$(basename "$(find "$work/events" -name 'app-*' -print -quit)")
  curl -sf "$history/api/v1/applications/$application/jobs" >"$work/history.json" || fail "the history server has no $application"
  grep -q 'fine hemisphere, resnet9 width 8, seed 0, for unilateral-fine' "$work/history.json" ||
    fail "the history doesn't say what Spark's jobs were"
}

elastic "${engines[-1]}"
for folder in "$work"/work-*/app-*/*/; do
  [[ -z $(find "$folder" -name 'nd4j-native-*.jar') || -z $(find "$folder" -name 'pytorch-*.jar') ]] ||
    fail "an executor got both engines' native libraries"
done
echo "The quickstart ran on two workers and HDFS with the engines: ${engines[*]}."
