# Sourced by the scripts for clusters.
# shellcheck shell=bash

script=$(readlink -f "${BASH_SOURCE[0]}")
project=${script%/submit/*}
# shellcheck source-path=SCRIPTDIR source=common.bash
source "$project/submit/common.bash"
main_class=org.bilateralbrain.cli.Main
gpu_profiles='-Pcuda or -Ptorch-cuda for GPUs'

common_options='Options (before the command):
  --dry-run            print the spark-submit command line and stop
  --executors N        number of executors to request (standalone: by default, all that fit)
  --executor-cores N   cores per executor; with one task per core, also its number of tasks (default: 4)
  --task-cpus N        native threads per task (default: 1; one task per core is fastest)
  --gpus N             GPUs per executor; every task gets one of its own, or fails
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

# Reads the options that all scripts share, and the script's `own_options`, into variables of the same names; the rest of
# the command line goes into the array `command`.
# shellcheck disable=SC2034  # the scripts use all of them
dry_run=false executors='' executor_cores=4 task_cpus=1 gpus=0 heap=2 driver_heap=2 native='' s3=false
own_options=() extra=() command=()
parse() {
  local variable least
  while (($# > 0)); do
    case $1 in
      --dry-run) dry_run=true ;;
      --s3) s3=true ;;
      -h | --help)
        usage
        exit 0
        ;;
      --executors | --executor-cores | --task-cpus | --gpus | --heap | --driver-heap | --native)
        variable=${1#--}
        variable=${variable//-/_}
        printf -v "$variable" %s "${2:-}"
        if [[ $1 == --gpus ]]; then least=0; else least=1; fi
        whole_number "$variable" "$1" "$least"
        shift
        ;;
      --conf)
        # spark-submit silently ignores other settings.
        [[ ${2:-} == spark.?*=* ]] || fail "--conf needs spark.KEY=VALUE, not '${2:-}'"
        extra+=(--conf "$2")
        shift
        ;;
      -*)
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
  ((gpus <= executor_cores / task_cpus)) ||
    fail "--gpus $gpus needs as many tasks of --task-cpus $task_cpus, but --executor-cores is $executor_cores"
}

# Sets jar, and engines to the folder with the engines' native libraries. Here both are local; application and
# engines_for_spark say where Spark's processes find them.
find_jar() {
  local found=("$project"/target/bilateral-sweep-*-all.jar)
  jar=${BILATERAL_JAR:-${found[0]}}
  [[ -f $jar ]] || fail "there is no $jar: build it with mvn -q -Dmaven.test.skip=true package ($gpu_profiles)"
  engines=$(dirname "$jar")/engines
  application=$jar engines_for_spark=$engines
}

find_spark() {
  spark_submit=spark-submit
  [[ -z ${SPARK_HOME:-} ]] || spark_submit=$SPARK_HOME/bin/spark-submit
  command -v "$spark_submit" >/dev/null || fail "there is no $spark_submit: set SPARK_HOME to an installation of Spark 3.5"
}

# Sets engine to the name of the engine that the command computes with, if any, and per_task to the memory that each task
# needs outside the heap, in MiB.
inspect_command() {
  engine='' per_task=512
  case " ${command[*]} " in
    *" -h "* | *" --help "* | *" -V "* | *" --version "*) return ;;
  esac
  case ${command[0]} in
    run | test | analyse)
      ask_program
      ((gpus == 0)) || per_task=2048 # networks live on the GPU
      ;;
    export) engine=dl4j ;; # whatever trained the networks: the other formats need no native libraries
  esac
  per_task=${native:-$per_task}
}

# Sets engine and per_task to what the program says of the command's configuration.
ask_program() {
  local errors answer
  errors=$(mktemp)
  if ! answer=$("$spark_submit" --master 'local[1]' --conf spark.ui.enabled=false --class "$main_class" "$jar" \
    memory --for-submit "${command[@]:1}" 2>"$errors"); then
    grep -vE '^[0-9/: ]+(INFO|WARN)' "$errors" >&2 || echo "$(basename "$0"): $spark_submit failed" >&2
    rm "$errors"
    exit 2
  fi
  rm "$errors"
  answer=${answer##*$'\n'} # Java may print warnings first
  [[ $answer =~ ^([0123456789]+)\ ([[:alnum:]]+)$ ]] ||
    fail "asked for the networks' memory and the engine, $spark_submit printed '$answer'"
  per_task=$((10#${BASH_REMATCH[1]})) engine=${BASH_REMATCH[2]}
}

# Sets natives to the jars with the engine's native libraries, separated by commas, as Spark's processes find them in the
# folder engines_for_spark. Empty if the command needs none.
find_natives() {
  local found file
  natives=''
  [[ -n $engine ]] || return 0
  found=("$engines/$engine"/*.jar)
  [[ -f ${found[0]} ]] ||
    fail "there is no $engines/$engine with the engine's native libraries: build it with mvn -q -Dmaven.test.skip=true package ($gpu_profiles)"
  for file in "${found[@]}"; do
    natives+=${natives:+,}$engines_for_spark/$engine/${file##*/}
  done
}

# Sets how many tasks an executor runs at a time, its memory outside the heap, where networks live, and its total memory.
# Runs in the script's own shell, because a failure in a command substitution doesn't always end the script.
size_executors() {
  tasks=$((gpus > 0 ? gpus : executor_cores / task_cpus))
  overhead_mib=$((512 + tasks * per_task))
  executor_mib=$((heap * 1024 + overhead_mib))
}

# Settings that suit jobs that run for hours: no speculative second attempts; tasks that don't stop when told to are killed
# with their executor; losing machines over days is no reason to give up; machines on which tasks keep failing are excluded.
common_settings() {
  local allowed java_options
  allowed=$(allowed_mib "$executor_mib" "$tasks")
  java_options="-Dorg.bytedeco.javacpp.maxbytes=0 -Dorg.bytedeco.javacpp.maxphysicalbytes=${allowed}m"
  settings=(
    --class "$main_class"
    --conf spark.speculation=false
    --conf spark.task.reaper.enabled=true
    --conf spark.task.reaper.killTimeout=120s
    --conf spark.task.maxFailures=8
    --conf spark.executor.failuresValidityInterval=1h
    --conf spark.excludeOnFailure.enabled=true
    --conf spark.excludeOnFailure.task.maxTaskAttemptsPerExecutor=2
    --conf spark.excludeOnFailure.task.maxTaskAttemptsPerNode=2
    --conf spark.excludeOnFailure.application.maxFailedTasksPerExecutor=2
    --conf spark.locality.wait=0
    --conf "spark.executor.cores=$executor_cores"
    --conf "spark.task.cpus=$task_cpus"
    --conf "spark.executor.memory=${heap}g"
    --conf "spark.executorEnv.OMP_NUM_THREADS=$task_cpus"
    --conf "spark.executor.extraJavaOptions=$java_options"
    --conf "spark.driver.memory=${driver_heap}g"
    --conf spark.driver.maxResultSize=0
    --conf "spark.driver.extraJavaOptions=-Dorg.bytedeco.javacpp.maxbytes=0 -Dorg.bytedeco.javacpp.maxphysicalbytes=0"
  )
  [[ -z $natives ]] || settings+=(--jars "$natives")
  if ((gpus > 0)); then
    # makes CUDA number the cards as nvidia-smi does, from which Spark has their addresses
    settings+=(
      --conf "spark.executor.resource.gpu.amount=$gpus"
      --conf spark.task.resource.gpu.amount=1
      --conf spark.executorEnv.CUDA_DEVICE_ORDER=PCI_BUS_ID
    )
    case ${command[0]} in
      run | test | analyse) command+=(--set bilateral.require-gpu=true) ;;
    esac
  fi
  if $s3; then
    settings+=(
      --packages org.apache.hadoop:hadoop-aws:3.3.4
      --conf spark.hadoop.fs.s3a.directory.marker.retention=keep
    )
  fi
}

# Prints or runs the spark-submit command line: the arguments, our settings, the user's, the program.
submit() {
  local line=("$spark_submit" "$@" "${settings[@]}" ${extra[@]+"${extra[@]}"} "$application" "${command[@]}")
  if $dry_run; then
    printf '%q ' "${line[@]}"
    echo
  else
    # Tells the program whether stderr can show live progress: Java 17 can't find out by itself.
    BILATERAL_TERMINAL=no
    if [[ -t 2 && ${TERM:-dumb} != dumb ]]; then
      BILATERAL_TERMINAL=yes
    fi
    export BILATERAL_TERMINAL
    exec "${line[@]}"
  fi
}
