# A Slurm controller and two node daemons with addresses of their own, from Debian's packages.
#   ci/cluster.sh slurm
# The nodes share this machine's cores, so a job takes twice as long as on two machines. Runs the quickstart, lengthened so that
# a time limit strikes in the middle of it, once undisturbed, and once with a time limit and the death of a node daemon.
# shellcheck shell=bash disable=SC2154  # sourced by cluster.sh

for program in munged slurmctld slurmd sbatch; do
  command -v "$program" >/dev/null || fail "there is no $program: install Debian's packages slurm-wlm and munge"
done
export SLURM_CONF=$work/slurm.conf
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
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool-%n
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd-%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SlurmdTimeout=10
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

# Waits until the job has ended, and checks that it succeeded and nothing of it is left.
await_job() {
  until has_ended; do
    sleep 0.5
  done
  [[ $(field JobState) == COMPLETED ]] || {
    tail -n 30 "$output" >&2
    fail "job $id ended as $(field JobState) with the exit code $(field ExitCode)"
  }
  for _ in $(seq 50); do
    [[ -n $(job_processes) ]] || return 0
    sleep 0.5
  done
  fail "job $id left processes behind: $(job_processes | xargs ps -o pid,args -p | cut -c 1-200)"
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

start_slurm
refused "sbatch refused the job: Batch job submission failed: Requested node configuration is not available" \
  --native 512 --gpus-per-node 2
refused "sbatch refused the job: Batch job submission failed: Invalid account or account/partition combination specified" \
  --partition reserved

# Waits until the job's output has a line.
await_line() {
  until grep -q "$1" "$output" 2>/dev/null; do
    ! has_ended || {
      tail -n 30 "$output" >&2
      fail "$output never said '$1'"
    }
    sleep 0.5
  done
}

# Checks that the secret of a running job is for its owner only, and on no command line.
check_secret() {
  local properties secret
  properties=$(echo "${TMPDIR:-/tmp}"/bilateral-"$id"-*/spark.properties)
  secret=$(sed -n 's/^spark.authenticate.secret //p' "$properties")
  [[ $(stat -c %a "$properties") == 600 && ${#secret} == 64 ]] || fail "$properties: others can read it, or there is no secret"
  ! grep -qF "$secret" /proc/[0-9]*/cmdline 2>/dev/null || fail "the secret is on a command line"
  ! grep -rqF "$secret" "$(dirname "$output")" || fail "the secret is in a log"
}

quickstart=(run "$project/conf/quickstart.conf" --set bilateral.hemisphere.epochs=8
  --set bilateral.data.synthetic.train-images=2000)
started=$SECONDS
submit undisturbed --time 60 "${quickstart[@]}" --set "bilateral.store=$store/undisturbed"
await_line '^Sweep quickstart'
check_secret
await_job
check_quickstart "$output" 15 0
grep '^|' "$output"
duration=$((SECONDS - started))

# Slurm signals 60 to 90 seconds before the time limit: about in the middle of the sweep, however fast this machine is.
submit disturbed --time $(((duration / 2 + 105) / 60)) "${quickstart[@]}" --set "bilateral.store=$store/disturbed"
await_line '^slurm.sh: run 2 of job'
grep '^slurm.sh: ' "$output"
grep -q 'the job is requeued' "$output" || fail "the job was requeued for another reason than its time limit"
until [[ $(grep -cs 'Launching executor' "${output%.out}.spark/master.log") == 2 ]]; do # the log is of this run
  ! has_ended || fail "job $id had no executors in its second run"
  sleep 0.5
done
kill -9 "$second_node"
await_job
grep -E '^slurm.sh: |jobs: ' "$output"
grep -q ', resumed after epoch [1-9]' "$output" || fail "no training resumed from a checkpoint"
for run in undisturbed disturbed; do
  cut -d, -f1-9 "$store/$run/sweeps/quickstart/results.csv" >"$work/$run.csv" # up to the accuracies
done
cmp "$work/undisturbed.csv" "$work/disturbed.csv" || fail "the disturbed sweep has other results"
cmp "$store"/{undisturbed,disturbed}/sweeps/quickstart/table.md || fail "the disturbed sweep has another table"
echo "The quickstart ran as a Slurm job on two nodes, through a time limit and the death of a node's daemon, to the same digits."
