# Sourced by the scripts for clusters: their options.
# shellcheck shell=bash disable=SC2034  # the other scripts use the variables

common_options='Options (before the command):
  --dry-run            print the spark-submit command line and stop
  --executors N        number of executors to request (standalone: by default, all that fit)
  --executor-cores N   cores per executor; with one task per core, also its number of tasks (default: 4)
  --task-cpus N        native threads per task (default: 1; one task per core is fastest)
  --gpus N             GPUs per executor; every task gets one of its own, or fails
  --gpu-share X        part of a GPU for each task, such as 0.25: four tasks on every GPU, each with a quarter of its
                       memory (engine torch only; default: 1)
  --heap GIB           Java heap of an executor (default: 2)
  --driver-heap GIB    Java heap of the driver (default: 2)
  --native MIB         memory outside the heap for each task (default: computed from the configuration;
                       2048 with GPUs)
  --s3                 add the client for s3a:// (hadoop-aws)
  --conf KEY=VALUE     any other Spark setting (spark.…); overrides all of the above'

# Prints the comment at the top of the script, and the options.
usage() {
  sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
  echo "$common_options"
}

# Reads the options that all scripts share, the script's `own_options`, and its `own_flags`, which have no value, into
# variables of the same names; the rest of the command line goes into the array `command`. What --gpus is elsewhere, a script
# can call otherwise.
dry_run=false executors='' executor_cores=4 task_cpus=1 gpus=0 gpu_share=1 heap=2 driver_heap=2 native='' s3=false
own_options=() own_flags=() extra=() command=() gpus_option=--gpus
parse() {
  local variable least shares=''
  while (($# > 0)); do
    case $1 in
      --dry-run) dry_run=true ;;
      --s3) s3=true ;;
      -h | --help)
        usage
        exit 0
        ;;
      --executors | --executor-cores | --task-cpus | "$gpus_option" | --heap | --driver-heap | --native)
        variable=${1#--}
        variable=${variable//-/_} least=1
        [[ $1 != "$gpus_option" ]] || variable=gpus least=0
        printf -v "$variable" %s "${2:-}"
        whole_number "$variable" "$1" "$least"
        shift
        ;;
      --gpu-share)
        gpu_share=${2:-}
        shift
        ;;
      --conf)
        # spark-submit silently ignores other settings.
        [[ ${2:-} == spark.?*=* ]] || fail "--conf needs spark.KEY=VALUE, not '${2:-}'"
        extra+=(--conf "$2")
        shift
        ;;
      -*)
        if [[ " ${own_flags[*]-} " == *" $1 "* ]]; then
          variable=${1#--}
          printf -v "${variable//-/_}" true
          shift
          continue
        fi
        [[ " ${own_options[*]} " == *" $1 "* ]] || fail "there is no option $1; see --help"
        # An option isn't a value: --queue must not swallow --dry-run.
        [[ ${2:-} =~ ^[^-[:space:]][^[:space:]]*$ ]] || fail "$1 needs a value without blanks, not '${2:-}'"
        variable=${1#--}
        printf -v "${variable//-/_}" %s "$2"
        shift
        ;;
      *)
        command=("$@")
        break
        ;;
    esac
    shift
  done
  ((${#command[@]} > 0)) || {
    usage >&2
    exit 2
  }
  ((executor_cores >= task_cpus)) || fail "--task-cpus $task_cpus needs as many --executor-cores"
  read_gpu_share
  ((tasks_per_gpu == 1)) || shares=" with --gpu-share $gpu_share"
  ((gpus * tasks_per_gpu <= executor_cores / task_cpus)) ||
    fail "$gpus_option $gpus$shares needs $((gpus * tasks_per_gpu)) tasks of --task-cpus $task_cpus, but --executor-cores is $executor_cores"
}

# Sets tasks_per_gpu and gpu_amount, a task's part of a GPU as Spark is told it: rounded down, because Spark, too, rounds
# down how many tasks fit.
read_gpu_share() {
  local digits=000000 millionths
  if [[ $gpu_share =~ ^0*1(\.0*)?$ ]]; then
    tasks_per_gpu=1 gpu_amount=1
    return
  fi
  [[ ! $gpu_share =~ ^0*\.([0123456789]+)$ ]] || digits=${BASH_REMATCH[1]}00000
  millionths=$((10#${digits:0:6}))
  tasks_per_gpu=$((millionths > 0 ? (1000000 + millionths / 2) / millionths : 1))
  # To one percent, because 0.33 is meant to be a third.
  ((tasks_per_gpu > 1 && tasks_per_gpu * millionths >= 990000 && tasks_per_gpu * millionths <= 1010000)) ||
    fail "--gpu-share must be 1 or 1 divided by a whole number, such as 0.5, 0.33 or 0.25, not '$gpu_share'"
  printf -v gpu_amount '0.%06d' $((1000000 / tasks_per_gpu))
  ((gpus > 0)) || fail "--gpu-share needs $gpus_option"
}
