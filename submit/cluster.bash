# Sourced by the scripts for clusters: sizes executors, finds what to ship, and calls spark-submit.
# shellcheck shell=bash disable=SC2034  # the other scripts use the variables

script=$(readlink -f "${BASH_SOURCE[0]}")
project=${script%/submit/*}
# shellcheck source-path=SCRIPTDIR source=common.bash
source "$project/submit/common.bash"
# shellcheck source-path=SCRIPTDIR source=options.bash
source "$project/submit/options.bash"
main_class=org.bilateralbrain.cli.Main
gpu_profiles='-Pcuda or -Ptorch-cuda for GPUs'

# Sets jar, and engines to the folder with the engines' native libraries. Here both are local; application and
# engines_for_spark say where Spark's processes find them.
find_jar() {
  local found=("$project"/target/bilateral-sweep-*-all.jar)
  jar=${BILATERAL_JAR:-${found[0]}}
  [[ -f $jar ]] || fail "there is no $jar: build it with mvn -q -Dmaven.test.skip=true package ($gpu_profiles)"
  engines=$(dirname "$jar")/engines
  application=$jar engines_for_spark=$engines
}

# Sets spark_submit, spark_home and spark_core, the name of a jar that tells the versions. Other versions of Spark or Scala
# fail with a page about missing classes. An installation without that jar is packaged in a way that we don't know, and is
# taken as it is.
spark_version=3.5 scala_version=2.12
find_spark() {
  local found
  spark_submit=spark-submit
  [[ -z ${SPARK_HOME:-} ]] || spark_submit=$SPARK_HOME/bin/spark-submit
  command -v "$spark_submit" >/dev/null ||
    fail "there is no $spark_submit: set SPARK_HOME to an installation of Spark $spark_version for Scala $scala_version"
  spark_home=${SPARK_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v "$spark_submit")")")")}
  found=("$spark_home"/jars/spark-core_*.jar)
  spark_core=${found[0]##*/}
  if [[ $spark_core =~ ^spark-core_([0123456789.]+)-([0123456789].*)\.jar$ ]]; then
    [[ ${BASH_REMATCH[1]} == "$scala_version" && ${BASH_REMATCH[2]} == "$spark_version".* ]] ||
      fail "the Spark in $spark_home is ${BASH_REMATCH[2]} for Scala ${BASH_REMATCH[1]}: set SPARK_HOME to an installation of Spark $spark_version for Scala $scala_version"
  fi
}

# Sets engine to the name of the engine that the command computes with, if any; per_task to the memory that each task needs
# outside the heap, in MiB; and store to the store of the command's configuration, if it has one.
# If there is a folder to carry configurations to, also puts them there, and their names into the array configurations: see
# SubmissionCommand.
carry_to='' shipped=''
inspect_command() {
  engine='' per_task=512 store='' configurations=()
  case " ${command[*]} " in
    *" -h "* | *" --help "* | *" -V "* | *" --version "*) return ;;
  esac
  case ${command[0]} in
    run | test | analyse)
      ask_program
      [[ -n $engine ]] || fail "asked for the networks' memory and the engine, $spark_submit printed '$answer'"
      ((gpus == 0)) || per_task=2048 # networks live on the GPU
      ;;
    *)
      [[ -z $carry_to ]] || ask_program
      engine='' per_task=512
      ;;
  esac
  [[ ${command[0]} != export ]] || engine=dl4j # whatever trained the networks: the other formats need no native libraries
  [[ $tasks_per_gpu == 1 || ${engine:-torch} == torch ]] ||
    fail "--gpu-share $gpu_share needs bilateral.engine = torch: with the engine $engine, tasks can't be given a part of a GPU's memory"
  per_task=${native:-$per_task}
}

# Sets what inspect_command sets, and answer, from what the program says of the command.
ask_program() {
  local errors line ship=()
  [[ -z $shipped ]] || $dry_run || ship=(--ship "$shipped")
  [[ -z $carry_to ]] || ship=(--carry "$carry_to")
  errors=$(mktemp)
  if ! answer=$("$spark_submit" --master 'local[1]' --conf spark.ui.enabled=false --class "$main_class" "$jar" \
    submission ${ship[@]+"${ship[@]}"} -- "${command[@]}" 2>"$errors"); then
    grep -vE '^[0-9/: ]+(INFO|WARN)' "$errors" >&2 || echo "$(basename "$0"): $spark_submit failed" >&2
    rm "$errors"
    exit 2
  fi
  rm "$errors"
  while IFS= read -r line; do # Java may print warnings, too
    if [[ $line =~ ^([0123456789]+)\ ([[:alnum:]]+)(\ (.+))?$ ]]; then
      per_task=$((10#${BASH_REMATCH[1]})) engine=${BASH_REMATCH[2]} store=${BASH_REMATCH[4]}
    elif [[ $line == configuration\ * ]]; then
      configurations+=("${line#configuration }")
    fi
  done <<<"$answer"
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
  tasks=$((gpus > 0 ? gpus * tasks_per_gpu : executor_cores / task_cpus))
  overhead_mib=$((512 + tasks * per_task))
  executor_mib=$((heap * 1024 + overhead_mib))
}

# Settings that suit jobs that run for hours: no speculative second attempts; tasks that don't stop when told to are killed
# with their executor; losing machines over days is no reason to give up; machines on which tasks keep failing are excluded;
# executors that are told to leave take no new jobs, and save those that they have.
common_settings() {
  local allowed java_options variable
  allowed=$(allowed_mib "$executor_mib" "$tasks")
  java_options="-Dorg.bytedeco.javacpp.maxbytes=0 -Dorg.bytedeco.javacpp.maxphysicalbytes=${allowed}m"
  settings=(
    --class "$main_class"
    --conf spark.speculation=false
    --conf spark.decommission.enabled=true
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
  if [[ $engine == torch ]]; then
    while IFS= read -r variable; do
      settings+=(--conf "spark.executorEnv.$variable")
    done < <(libtorch_environment "$gpus")
  fi
  if ((gpus > 0)); then
    # makes CUDA number the cards as nvidia-smi does, from which Spark has their addresses
    settings+=(
      --conf "spark.executor.resource.gpu.amount=$gpus"
      --conf "spark.task.resource.gpu.amount=$gpu_amount"
      --conf spark.executorEnv.CUDA_DEVICE_ORDER=PCI_BUS_ID
    )
    # tells the discovery script which cards the executors can use
    [[ -z $engine ]] || settings+=(--conf "spark.executorEnv.BILATERAL_ENGINE=$engine")
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
