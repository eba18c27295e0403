#!/usr/bin/env bash
# Submits a command as a Slurm job, which starts a Spark cluster of its own on the job's nodes and ends it afterwards.
#   submit/slurm.sh --nodes 4 --gpus-per-node 4 --time 24:00:00 run conf/cifar100.conf --set bilateral.store=/shared/runs
# --nodes N and --time LIMIT (such as 90, 24:00:00 or 2-12, as sbatch has it) are required. --partition, --account and --qos
# NAME are sbatch's, too; for other options of sbatch set its variables, such as SBATCH_CONSTRAINT.
#
# Each node runs an executor of --executor-cores cores, or several if the job is given whole nodes. Before the time limit the
# trainings save checkpoints, and the job requeues itself until the sweep is done; with --no-requeue it ends there, and the
# same command resumes the sweep. The job's exit code is the command's.
#
# All nodes must see the store, the data, this program, SPARK_HOME (Spark 3.5 for Scala 2.12) and the current folder under the
# same paths: they must be on a shared file system. The output goes to slurm-JOBID.out in the current folder, Spark's logs to
# slurm-JOBID.spark beside it.
#
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@" # called as sh SCRIPT
set -euo pipefail +o posix
# shellcheck source-path=SCRIPTDIR source=cluster.bash
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/cluster.bash"

# shellcheck disable=SC2034  # read by their names
nodes='' time='' partition='' account='' qos='' no_requeue=false
own_options=(--nodes --time --partition --account --qos)
own_flags=(--no-requeue)
gpus_option=--gpus-per-node
common_options=${common_options/--dry-run            print the spark-submit command line/--no-requeue         end at the time limit
  --dry-run            print the batch script}
common_options=${common_options/$'\n'  --executors N *cores per executor/$'\n'  --executor-cores N   cores per executor}
common_options=${common_options/--gpus N             GPUs per executor/--gpus-per-node N    GPUs per node}
# Of the daemons beside an executor, and of the driver beside its heap, in MiB.
daemons_mib=1024 driver_overhead_mib=512

# Sets seconds to the time limit, which has one of sbatch's forms: M, M:S, H:M:S, D-H, D-H:M, D-H:M:S.
read_time() {
  local parts days=0 number='[0123456789]{1,6}'
  [[ -n $time ]] || fail "--time must say how long the job may take, such as 24:00:00"
  [[ $time =~ ^($number(:$number){0,2}|$number-$number(:$number){0,2})$ ]] ||
    fail "--time must be MINUTES, HOURS:MINUTES:SECONDS or DAYS-HOURS, such as 90, 24:00:00 or 2-12, not '$time'"
  IFS=: read -ra parts <<<"${time#*-}"
  if [[ $time == *-* ]]; then
    days=${time%-*}
    parts+=(0 0)
  elif ((${#parts[@]} < 3)); then
    parts=(0 "${parts[@]}" 0)
  fi
  seconds=$((((10#$days * 24 + 10#${parts[0]}) * 60 + 10#${parts[1]}) * 60 + 10#${parts[2]}))
  ((seconds > 0)) || fail "--time must be more than 0, not '$time'"
}

# Refuses a store in a folder that each node has for itself.
check_store() {
  local folder=${store#file:} existing
  folder=${folder/#\/\/\//\/}
  [[ -n $folder && $folder != *://* ]] || return 0
  folder=$(readlink -m -- "$folder")
  existing=$folder
  while [[ ! -e $existing ]]; do
    existing=$(dirname "$existing")
  done
  case $folder/:$(stat -f -c %T -- "$existing" 2>/dev/null) in
    /tmp/* | /var/tmp/* | /dev/shm/* | /run/* | *:tmpfs | *:ramfs)
      fail "the store $store is in a folder that each node has for itself: set bilateral.store to one on a shared file system"
      ;;
  esac
}

# Sets ahead to how long before the time limit Slurm signals the job, in seconds: trainings save at the ends of epochs, and a
# minute is needed to end everything.
signal_ahead() {
  ahead=$((seconds / 10 < 600 ? seconds / 10 : 600))
  ((ahead >= 60)) || ahead=60
}

# Prints the batch script. --no-kill: on the death of a node, the job goes on with the others.
batch_script() {
  local name value memory=$((executor_mib + daemons_mib + driver_heap * 1024 + driver_overhead_mib))
  echo '#!/usr/bin/env bash'
  printf '#SBATCH --%s\n' job-name=bilateral "nodes=$nodes" ntasks-per-node=1 "cpus-per-task=$executor_cores" "mem=${memory}M" \
    "time=$time" "signal=B:TERM@$ahead" output=slurm-%j.out open-mode=append no-kill
  for name in partition account qos; do
    [[ -z ${!name} ]] || printf '#SBATCH --%s=%s\n' "$name" "${!name}"
  done
  ((gpus == 0)) || echo "#SBATCH --gpus-per-node=$gpus"
  if $no_requeue; then echo '#SBATCH --no-requeue'; else echo '#SBATCH --requeue'; fi
  for name in SPARK_HOME JAVA_HOME SPARK_CONF_DIR; do
    value=${!name:-}
    [[ -z $value ]] || printf 'export %s=%q\n' "$name" "$value"
  done
  printf '%s=%q\n' requeue "$($no_requeue && echo false || echo true)" limit_s "$seconds" ahead_s "$ahead" store "$store" \
    executor_cores "$executor_cores" heap_gib "$heap" executor_mib "$executor_mib" \
    reserved_mib "$((memory - executor_mib))" gpus "$gpus" engine "$engine"
  printf 'source %q\n' "$project/submit/slurm-job.bash"
  printf 'run_in_allocation'
  printf ' %q' "${settings[@]}" ${extra[@]+"${extra[@]}"} "$application" "${command[@]}"
  echo
}

# Submits the batch script and says how to go on. Variables of sbatch that would override the script's own lines don't count,
# nor do those of a job in which this script runs: they would contradict those of the new job.
submit_batch() {
  local variable answer errors id
  for variable in "${!SLURM_@}" SBATCH_TIMELIMIT SBATCH_SIGNAL SBATCH_REQUEUE SBATCH_NO_REQUEUE SBATCH_NO_KILL \
    SBATCH_OPEN_MODE SBATCH_OUTPUT; do
    [[ $variable == SLURM_CONF ]] || unset "$variable"
  done
  errors=$(mktemp)
  if ! answer=$(batch_script | sbatch --parsable 2>"$errors"); then
    answer=$(sed -E 's/^sbatch: (error: )?//' "$errors" | paste -sd ';' | sed 's/;/; /g')
    rm "$errors"
    fail "sbatch refused the job: ${answer:-it gave no reason}"
  fi
  cat "$errors" >&2
  rm "$errors"
  id=${answer%%;*}
  echo "Submitted job $id. Its output goes to $PWD/slurm-$id.out, Spark's logs to $PWD/slurm-$id.spark/."
  echo "  follow it:  squeue --job $id; tail -F slurm-$id.out"
  echo "  cancel it:  scancel $id"
  # Where Slurm isn't told to refuse such jobs, they wait forever.
  variable=$(squeue --noheader --job "$id" --format %r 2>/dev/null) || return 0
  case $variable in
    Partition*Limit | PartitionConfig | BadConstraints)
      echo "slurm.sh: no nodes of this partition can run the job as it is: squeue gives the reason $variable" >&2
      ;;
  esac
}

# A function, so that an arithmetic error ends the script: at top level, Bash would continue with the next command.
main() {
  parse "$@"
  [[ -z $executors ]] || fail "--executors is no option here: each of the --nodes runs one"
  [[ -n $nodes ]] || fail "--nodes must say how many nodes to ask for"
  whole_number nodes --nodes 1
  read_time
  signal_ahead
  $dry_run || command -v sbatch >/dev/null || fail "there is no sbatch on the PATH: run this where Slurm jobs are submitted"
  [[ -n ${SPARK_HOME:-} ]] || fail "SPARK_HOME must name an installation of Spark 3.5 for Scala 2.12 that all nodes see"
  find_jar
  find_spark
  inspect_command
  find_natives
  check_store
  size_executors
  common_settings
  if $dry_run; then
    batch_script
  else
    submit_batch
  fi
}

main "$@"
