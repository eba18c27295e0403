# A Slurm controller and two node daemons with addresses of their own, from Debian's packages.
#   ci/cluster.sh slurm
# Runs the quickstart, with more and shorter epochs, through a time limit and the death of a node daemon, and meanwhile without
# Slurm, undisturbed.
# shellcheck shell=bash disable=SC2154  # sourced by cluster.sh

for program in munged slurmctld slurmd sbatch; do
  command -v "$program" >/dev/null || fail "there is no $program: install Debian's packages slurm-wlm and munge"
done
export SLURM_CONF=$work/slurm.conf
export TMPDIR=$work/scratch # the jobs' too
mkdir "$TMPDIR"
store=$work/runs

# Prints the ids of processes of this cluster that have an environment variable.
#   processes_with VARIABLE
processes_with() {
  local variables environment
  for environment in /proc/[0-9]*/environ; do
    variables=$({ tr '\0' '\n' <"$environment"; } 2>/dev/null) || continue
    if [[ $variables == *SLURM_CONF=$SLURM_CONF* && $variables == *"$1="* ]]; then
      cut -d/ -f3 <<<"$environment"
    fi
  done
}

# Prints the ids of everything that jobs have started.
job_processes() {
  processes_with SLURM_JOB_ID
}

# Jobs are children of Slurm's daemons, not of this script, and each has a daemon of its own that outlives a killed slurmd.
stop() {
  local left
  scancel --full --user "$(id -un)" 2>/dev/null || true
  mapfile -t left < <(processes_with SLURM_CONF)
  ((${#left[@]} == 0)) || kill -9 "${left[@]}" 2>/dev/null || true
  ((${#pids[@]} == 0)) || kill -9 "${pids[@]}" 2>/dev/null || true
}

start_slurm() {
  local port=$((20000 + RANDOM % 10000)) host
  host=$(hostname -s)
  head -c 1024 /dev/urandom >"$work/munge.key"
  chmod 400 "$work/munge.key"
  mkdir "$work/state"
  cat >"$SLURM_CONF" <<CONF
ClusterName=ci
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
# A requeued job waits for as long as credentials are valid.
AuthInfo=socket=$work/munge.socket,cred_expire=5
SchedulerParameters=sched_interval=2,bf_interval=2
SlurmdParameters=config_overrides
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool-%n
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd-%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
# How soon a dead node is noticed.
SlurmdTimeout=10
MessageTimeout=5
KillWait=10
GresTypes=gpu
# Without it, jobs that no node can run wait forever.
EnforcePartLimits=ALL
NodeName=node1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=2 RealMemory=8000 Gres=gpu:1
NodeName=node2 NodeHostname=$host NodeAddr=127.0.0.2 Port=$((port + 2)) CPUs=2 RealMemory=8000 Gres=gpu:1
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
PartitionName=reserved Nodes=ALL AllowAccounts=staff State=UP
CONF
  echo 'Name=gpu File=/dev/null' >"$work/gres.conf"
  # --force: the socket's folder may be closed to other users
  munged --foreground --force --num-threads 2 --key-file "$work/munge.key" --socket "$work/munge.socket" \
    --pid-file "$work/munge.pid" --log-file "$work/munged.log" --seed-file "$work/munge.seed" >"$work/munge.log" 2>&1 &
  pids+=($!)
  until [[ -S $work/munge.socket ]]; do
    sleep 0.1
  done
  slurmctld -D -c >"$work/slurmctld.log" 2>&1 &
  pids+=($!)
  slurmd -D -N node1 >"$work/node1.log" 2>&1 &
  pids+=($!)
  slurmd -D -N node2 >"$work/node2.log" 2>&1 &
  second_node=$!
  pids+=("$second_node")
  for _ in $(seq 150); do
    if (($(sinfo --noheader --Node --partition main --states idle 2>/dev/null | wc -l) == 2)); then
      return
    fi
    sleep 0.2
  done
  fail "Slurm's nodes don't become idle: $(sinfo --noheader --Node 2>&1 | paste -sd ';')"
}

# Submits a job in a folder of its own, and sets id and output to the job's.
#   submit NAME OPTION…
submit() {
  local folder=$work/$1
  shift
  mkdir "$folder"
  (cd "$folder" && "$project/submit/slurm.sh" --nodes 2 --executor-cores 1 --heap 1 --driver-heap 1 "$@") | tee "$folder/submit.log"
  id=$(grep -oE '^Submitted job [0-9]+' "$folder/submit.log" | grep -oE '[0-9]+')
  output=$folder/slurm-$id.out
}

# The value of a field of the job, such as JobState.
field() {
  scontrol show job --oneliner "$id" | grep -oE "\b$1=[^ ]+" | cut -d= -f2-
}

has_ended() {
  case $(field JobState) in
    COMPLETED | FAILED | CANCELLED | TIMEOUT | NODE_FAIL | OUT_OF_MEMORY) ;;
    *) return 1 ;;
  esac
}

# Fails with what the job wrote, too.
fail_job() {
  scontrol show job --oneliner "$id" >&2 || true
  tail -n 20 "$output" "${output%.out}.spark"/*.log >&2 || true
  fail "job $id: $*"
}

# Waits until a command succeeds, while the job is running or queued.
#   await_that REASON COMMAND…
await_that() {
  local deadline=$((SECONDS + 300))
  until "${@:2}"; do
    ! has_ended || "${@:2}" || fail_job "it ended before $1"
    ((SECONDS < deadline)) || fail_job "after five minutes, still not $1"
    sleep 0.5
  done
}

says() {
  grep -q "$1" "$output" 2>/dev/null
}

# Waits until the job has ended, and checks its state with its exit code, and that nothing of it is left.
#   await_job STATE CODE
await_job() {
  await_that "its end" has_ended
  [[ $(field JobState) == "$1" && $(field ExitCode) == "$2:0" ]] ||
    fail_job "it ended as $(field JobState) with the exit code $(field ExitCode) instead of $1 with $2:0"
  for _ in $(seq 50); do
    if [[ -z $(job_processes) && -z $(ls "$TMPDIR") ]]; then
      return
    fi
    sleep 0.5
  done
  job_processes | xargs --no-run-if-empty ps -o pid,args -p | cut -c 1-200 >&2
  ls "$TMPDIR" >&2
  fail_job "it left these processes or folders behind"
}

# Checks that a submission is refused with this line.
#   refused LINE OPTION…
refused() {
  local line=$1 answer status=0
  shift
  answer=$(submit/slurm.sh --time 10 --nodes 2 --executor-cores 2 --heap 1 --driver-heap 1 "$@" run conf/quickstart.conf \
    --set bilateral.store="$store" 2>&1) || status=$?
  [[ $status == 2 && $answer == "slurm.sh: $line" ]] || fail "refused with the exit code $status and: $answer"
}

# Checks that the secret of a running job is for its owner only, and on no command line.
check_secret() {
  local properties secret
  properties=$(echo "$TMPDIR"/bilateral-"$id"-*/spark.properties)
  secret=$(sed -n 's/^spark.authenticate.secret //p' "$properties")
  [[ $(stat -c %a "$properties") == 600 && ${#secret} == 64 ]] || fail "$properties: others can read it, or there is no secret"
  ! grep -qF "$secret" /proc/[0-9]*/cmdline 2>/dev/null || fail "the secret is on a command line"
  ! grep -rqF "$secret" "$(dirname "$output")" || fail "the secret is in a log"
}

# Whether both executors of the job's present run have been launched: the log may still be that of the run before.
has_executors() {
  local logs=${output%.out}.spark
  [[ $logs/master.log -nt $logs/started && $(grep -c 'Launching executor' "$logs/master.log") == 2 ]]
}

trains() {
  [[ -n $(find "$store/disturbed/attempts" -name progress.json 2>/dev/null) ]]
}

is_second_node_down() {
  [[ $(scontrol show node node2) == *State=DOWN* ]]
}

start_slurm
refused "sbatch refused the job: Batch job submission failed: Requested node configuration is not available" \
  --native 512 --gpus-per-node 2
refused "sbatch refused the job: Batch job submission failed: Invalid account or account/partition combination specified" \
  --partition reserved

# A job that fails has the command's exit code, and isn't requeued. It also tells how long a job takes to start.
started=$SECONDS
submit unknown --time 10 status "$project/conf/quickstart.conf" --set "bilateral.store=$store/unknown"
await_job FAILED 2
says '^No sweep named quickstart in' || fail_job "it doesn't say that there is no such sweep"
startup_s=$((SECONDS - started))
echo "A job starts and ends in $startup_s s"

# Slurm signals 60 to 90 seconds before the time limit: after 30 to 60 seconds on a machine that is fast enough to train by
# then, later on slower ones. The epochs are short because a checkpoint is saved at the end of one.
quickstart=(run "$project/conf/quickstart.conf" --set bilateral.engine=torch --set bilateral.hemisphere.epochs=24
  --set bilateral.data.synthetic.train-images=1000)
submit disturbed --time $((2 + startup_s / 20)) "${quickstart[@]}" --set "bilateral.store=$store/disturbed"
await_that "its first training" trains
BILATERAL_TASKS=2 submit/local.sh "${quickstart[@]}" --set "bilateral.store=$store/undisturbed" \
  >"$work/undisturbed.table" 2>"$work/undisturbed.log" &
undisturbed=$!
pids+=("$undisturbed")
check_secret
await_that "its time limit" says '^slurm.sh: run 2 of job'
grep '^slurm.sh: ' "$output"
says 'the job is requeued' || fail_job "the job was requeued for another reason than its time limit"
scontrol update JobId="$id" TimeLimit=60 # it couldn't be requeued once more: the second node will be missing
await_that "executors in its second run" has_executors
disown "$second_node" # or the shell reports its death
kill -9 "$second_node"
await_that "the death of the second node" is_second_node_down
await_job COMPLETED 0
grep -E '^slurm.sh: |jobs: ' "$output"
says ', resumed after epoch [1-9]' || fail_job "no training resumed from a checkpoint"
wait "$undisturbed" || fail "the undisturbed run failed"
check_quickstart "$work/undisturbed.table" 15 0
grep '^|' "$work/undisturbed.table"
for run in undisturbed disturbed; do
  cut -d, -f1-9 "$store/$run/sweeps/quickstart/results.csv" >"$work/$run.csv" # up to the accuracies
done
cmp "$work/undisturbed.csv" "$work/disturbed.csv" || fail "the disturbed sweep has other results"
cmp "$store"/{undisturbed,disturbed}/sweeps/quickstart/table.md || fail "the disturbed sweep has another table"
echo "The quickstart ran as a Slurm job on two nodes, through a time limit and the death of a node's daemon, to the same digits."
