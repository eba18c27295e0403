# Sourced by the batch script that slurm.sh makes; runs on the first node of the job. Starts a standalone Spark cluster in the
# job's allocation, runs the command with its driver on this node, and ends the cluster again.
# shellcheck shell=bash disable=SC2154  # the batch script sets requeue, limit_s, ahead_s, store and what workers need

project=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
export executor_cores heap_gib executor_mib reserved_mib gpus engine # for slurm-worker.sh
master='' workers='' driver='' workers_stdin='' signalled=false

say() {
  echo "slurm.sh: $*" >&2
}

# Prints the address under which Slurm reaches a node: all nodes can, unlike what the node itself takes for its name.
address_of() {
  scontrol show node --oneliner "$1" | grep -oE '\bNodeAddr=[^ ]+' | cut -d= -f2 || true
}

runs() {
  [[ -n $1 ]] && kill -0 "$1" 2>/dev/null
}

# Waits until a process has ended, but no longer than SECONDS.
#   await_end PID SECONDS
await_end() {
  local deadline=$((SECONDS + $2))
  while runs "$1" && ((SECONDS < deadline)); do
    sleep 0.2
  done
}

# Ends a process, which has SECONDS for it.
#   end PID SECONDS
end() {
  runs "$1" || return 0
  kill -TERM "$1" 2>/dev/null || true
  await_end "$1" "$2"
  kill -KILL "$1" 2>/dev/null || true
}

# Driver and workers come first, because they miss the master. Takes 35 seconds at most: put_back must come before the limit.
end_all() {
  trap '' TERM
  end "$driver" 15
  [[ -z $workers_stdin ]] || exec {workers_stdin}>&-
  await_end "$workers" 12
  end "$workers" 5
  end "$master" 3
  rm -rf "$scratch"
}

# Spark's processes authenticate each other with a secret of this run. Daemons and executors have it from the environment,
# which only its owner can read, the driver from a file.
make_secret() {
  _SPARK_AUTH_SECRET=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
  export _SPARK_AUTH_SECRET
  properties=$scratch/spark.properties
  (umask 077 && : >"$properties")
  # The file replaces Spark's defaults.
  cat "${SPARK_CONF_DIR:-$SPARK_HOME/conf}/spark-defaults.conf" >>"$properties" 2>/dev/null || true
  printf '\nspark.authenticate.secret %s\n' "$_SPARK_AUTH_SECRET" >>"$properties"
  authentication=(spark.authenticate=true spark.network.crypto.enabled=true)
}

# Sets url to the master's. It listens at a port that the system chooses, and has its log say so even if the user's settings
# of the log are terser. Its page, like the workers', is for this machine only: there is no authentication on it.
start_master() {
  cat >"$scratch/log4j2.properties" <<'LOG'
rootLogger.level = info
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %d{yy/MM/dd HH:mm:ss} %p %c{1}: %m%n%ex
LOG
  rm -f "$logs/master.log" # a requeued job's has the URL of the run before
  SPARK_LOCAL_IP=127.0.0.1 SPARK_DAEMON_JAVA_OPTS="$daemon_options -Dlog4j2.configurationFile=$scratch/log4j2.properties" \
    "$SPARK_HOME/bin/spark-class" org.apache.spark.deploy.master.Master --host "$address" --port 0 --webui-port 0 \
    >"$logs/master.log" 2>&1 &
  master=$!
  until url=$(grep -soEm1 'Starting Spark master at spark://[^ ]+' "$logs/master.log"); do
    runs "$master" || give_up "Spark's master didn't start: $(tail -n 1 "$logs/master.log")"
    sleep 0.2
  done
  url=${url##* }
}

# One task a node. If a node dies, or a worker ends, the others go on. The pipe to their stdin closes when this script or srun
# ends, however that happens, and the workers end then.
start_workers() {
  mkfifo "$scratch/stdin"
  SPARK_DAEMON_JAVA_OPTS=$daemon_options srun --ntasks="$SLURM_JOB_NUM_NODES" --ntasks-per-node=1 --cpu-bind=none --no-kill \
    --kill-on-bad-exit=0 --wait=0 --input=all "$project/submit/slurm-worker.sh" "$url" "$logs" \
    <"$scratch/stdin" >"$logs/srun.log" 2>&1 &
  workers=$!
  exec {workers_stdin}>"$scratch/stdin"
}

start_driver() {
  local option options=()
  for option in "${authentication[@]}" "spark.driver.host=$address" "spark.driver.bindAddress=$address" \
    spark.ui.enabled=false; do
    options+=(--conf "$option")
  done
  BILATERAL_TERMINAL=no SPARK_LOCAL_IP=$address SPARK_LOCAL_DIRS=$scratch "$SPARK_HOME/bin/spark-submit" --master "$url" --deploy-mode client \
    --properties-file "$properties" "${options[@]}" "$@" {workers_stdin}>&- &
  driver=$!
}

give_up() {
  say "$*; Spark's logs are in $logs"
  end_all
  exit 3
}

# Whether the time limit is near, and not another reason to end the job. Slurm signals up to a minute earlier than told.
is_time_up() {
  ((SECONDS + ahead_s + 90 >= limit_s))
}

# Has trainings save checkpoints at the ends of their epochs, and waits for it: before the time limit as long as there is time
# to end everything, otherwise for a few seconds, because nobody knows how much time there is.
save() {
  local wait_s=10
  ! is_time_up || wait_s=$((ahead_s - 45))
  touch "$BILATERAL_SAVE_FILE"
  say "the job was told to end, $((SECONDS / 60)) min $((SECONDS % 60)) s after its start; trainings have $wait_s s to save checkpoints"
  await_end "$driver" "$wait_s"
}

# Whether a network or a checkpoint has been stored in this run. Of a store that isn't a folder, it can't be known.
has_progressed() {
  local folder=${store#file:}
  [[ -n $folder && $folder != *://* ]] || return 0
  [[ -n $(find "$folder/artifacts" "$folder/attempts" -name manifest.json -newer "$logs/started" -print -quit 2>/dev/null) ]]
}

# Sends the job back to the queue, unless it was cancelled.
#   put_back REASON
put_back() {
  local state
  end_all
  state=$(scontrol show job --oneliner "$SLURM_JOB_ID" | grep -oE '\bJobState=[^ ]+' | cut -d= -f2) || true
  if [[ $state != RUNNING ]]; then
    say "$1, and the job is $state: submit it again to resume the sweep"
    exit 3
  elif ! $requeue; then
    say "$1: submit the job again to resume the sweep (--no-requeue)"
    exit 3
  elif is_time_up && ! has_progressed; then
    say "$1, and nothing was stored in that time, so the next run wouldn't get further: give the job a longer --time"
    exit 3
  elif scontrol requeue "$SLURM_JOB_ID"; then
    say "$1: the job is requeued, and will resume the sweep"
    exit 0
  fi
  say "$1, and Slurm doesn't requeue the job: submit it again to resume the sweep"
  exit 3
}

run_in_allocation() {
  local status=0 authentication properties url scratch logs address daemon_options
  set -euo pipefail +o posix
  scratch=$(mktemp -d "${SLURM_TMPDIR:-${TMPDIR:-/tmp}}/bilateral-$SLURM_JOB_ID-XXXXXX")
  logs=$PWD/slurm-$SLURM_JOB_ID.spark
  mkdir -p "$logs"
  touch "$logs/started"
  export BILATERAL_SAVE_FILE=$logs/save
  rm -f "$BILATERAL_SAVE_FILE"
  # Slurm tells the batch script alone, and early, that the time is up or that another job takes the place.
  trap 'signalled=true' TERM
  address=$(address_of "$SLURMD_NODENAME")
  [[ -n $address ]] || give_up "scontrol doesn't know the address of $SLURMD_NODENAME"
  make_secret
  daemon_options="-D${authentication[0]} -D${authentication[1]} -Dspark.ui.killEnabled=false"
  export SPARK_DAEMON_MEMORY=256m
  say "run $((${SLURM_RESTART_COUNT:-0} + 1)) of job $SLURM_JOB_ID, on $SLURM_JOB_NODELIST"
  start_master
  start_workers
  start_driver "$@"
  while runs "$driver" && runs "$workers" && runs "$master" && ! $signalled; do
    sleep 1 &
    wait $! || true
  done
  ! $signalled || save
  if ! runs "$driver"; then
    wait "$driver" || status=$?
    end_all
    exit "$status"
  elif $signalled; then
    put_back "the job was told to end"
  elif ! runs "$master"; then
    give_up "Spark's master ended: $(tail -n 1 "$logs/master.log")"
  elif ! grep -qs 'Registering worker' "$logs/master.log"; then
    give_up "Spark's workers didn't start: $(tail -qn 1 "$logs"/srun.log "$logs"/worker-*.log 2>/dev/null | tail -n 1)"
  fi
  put_back "the workers have ended"
}
