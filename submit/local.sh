#!/usr/bin/env bash
# Runs a command on this machine, with Spark in the same process. Needs a JDK 17 and Maven, nothing else.
#   submit/local.sh run conf/quickstart.conf
#   submit/local.sh --help
# Environment:
#   BILATERAL_TASKS       concurrent jobs (default: one per core)
#   BILATERAL_HEAP        Java heap, such as 512m or 2g (default: a third of the memory, between 512m and 2g)
#   BILATERAL_MEMORY_GIB  heap and networks together, such as 7.5 (default and maximum: nine tenths of the machine's or
#                         the container's memory); a job that needs more fails and says so, instead of having the system
#                         kill all jobs
#   BILATERAL_PROFILE     Maven profile to build with: cpu (default); for GPUs cuda (engine dl4j) or torch-cuda (engine torch)
#   JAVA_HOME, JAVA_OPTS  as usual
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@" # called as sh SCRIPT
set -euo pipefail +o posix

script=$(readlink -f "${BASH_SOURCE[0]}")
project=${script%/submit/*}
# shellcheck source-path=SCRIPTDIR source=common.bash
source "$project/submit/common.bash"

use_utf8
[[ $project != *:* ]] || fail "Java ends a path at a colon: move the program out of $project"
# Spark asks for this machine's address even if it listens on none but the local one, and not all machines know theirs.
export SPARK_LOCAL_IP=${SPARK_LOCAL_IP:-127.0.0.1}

cores=$(available_cores /)
tasks=${BILATERAL_TASKS:-$cores}
whole_number tasks BILATERAL_TASKS 1
profile=${BILATERAL_PROFILE:-}
[[ ${profile:-cpu} =~ ^(cpu|cuda|torch-cuda)$ ]] ||
  fail "BILATERAL_PROFILE must be cpu, cuda or torch-cuda, not '$profile'"

# Sets memory_mib, the limit of heap and networks together; 0 means no limit.
read_memory() {
  local value=${BILATERAL_MEMORY_GIB:-} thousandths wanted_mib
  memory_mib=$(available_mib /)
  memory_mib=$((memory_mib * 9 / 10))
  [[ -n $value ]] || return 0
  if ! [[ $value =~ ^0*([[:digit:]]{1,6})(\.([[:digit:]]+))?$ ]] || ((10#${BASH_REMATCH[1]} < 1)); then
    fail "BILATERAL_MEMORY_GIB must be a number of GiB from 1 to 999999, such as 7.5, not '$value'"
  fi
  thousandths=${BASH_REMATCH[3]:-}000
  wanted_mib=$((10#${BASH_REMATCH[1]} * 1024 + 10#${thousandths:0:3} * 1024 / 1000))
  if ((memory_mib > 0 && wanted_mib > memory_mib)); then
    # Not an error, because one setting may serve machines of several sizes; but not obeyed, or the system would kill
    # all jobs.
    echo "local.sh: BILATERAL_MEMORY_GIB=$value is more than there is; jobs get $memory_mib MiB, nine tenths of the memory" >&2
  else
    memory_mib=$wanted_mib
  fi
}

# Sets heap_mib. Spark doesn't start with less than 450 MiB.
read_heap() {
  local value=${BILATERAL_HEAP:-}
  if [[ -z $value ]]; then
    heap_mib=$((memory_mib == 0 || memory_mib / 3 > 2048 ? 2048 : memory_mib / 3))
    ((heap_mib >= 512)) || heap_mib=512
    return
  fi
  if [[ $value =~ ^0*([[:digit:]]{1,6})[mM]$ ]]; then
    heap_mib=$((10#${BASH_REMATCH[1]}))
  elif [[ $value =~ ^0*([[:digit:]]{1,6})[gG]$ ]]; then
    heap_mib=$((10#${BASH_REMATCH[1]} * 1024))
  else
    heap_mib=0
  fi
  ((heap_mib >= 512)) || fail "BILATERAL_HEAP must be a size from 512m to 999999g, such as 2g, not '$value'"
  ((memory_mib == 0 || heap_mib < memory_mib)) ||
    fail "BILATERAL_HEAP must leave room for networks in $memory_mib MiB of memory, not '$value'"
}

read_memory
read_heap
# By default ND4J limits native memory to the size of the heap, which has nothing to do with networks. A limit set with
# ulimit would not do: ND4J doesn't survive an allocation that the system refuses.
native_mib=$(allowed_mib "$memory_mib" "$tasks")

# Native threads per task: several tasks of one thread are faster than one task with several threads.
threads=$((cores / tasks > 0 ? cores / tasks : 1))

spark_classpath=$project/target/spark.classpath
engines=$project/target/engines
cuda_dl4j='dl4j/nd4j-cuda-*.jar' cuda_torch='torch/pytorch-*-gpu.jar'
find_jar() {
  local found=("$project"/target/bilateral-sweep-*-all.jar)
  jar=${found[0]}
}
find_jar

holds() {
  compgen -G "$engines/$1" >/dev/null
}

# Whether the last build was made with another profile than BILATERAL_PROFILE, going by the native libraries in it.
is_of_another_profile() {
  case $profile in
    cpu) holds "$cuda_dl4j" || holds "$cuda_torch" ;;
    cuda) ! holds "$cuda_dl4j" ;;
    torch-cuda) ! holds "$cuda_torch" ;;
    *) false ;;
  esac
}

# Whether one of Spark's jars has been removed from Maven's repository since the last build.
lacks_a_jar() {
  local jars each
  IFS=: read -ra jars <"$spark_classpath"
  for each in "${jars[@]}"; do
    [[ -f $each ]] || return 0
  done
  return 1
}

# Builds if there is no jar, or if a source file is newer than what the build writes last.
if [[ ! -f $jar || ! -f $spark_classpath ]] || lacks_a_jar || is_of_another_profile ||
  [[ -n $(find "$project/src/main" "$project/pom.xml" -newer "$spark_classpath" -print -quit) ]]; then
  echo "Building the jar; the first time Maven fetches Spark, DL4J and libtorch, some 600 MB." >&2
  # What a platform other than Linux on x86-64 has, its own profile says, which Maven chooses.
  mvn_profile=()
  [[ ${profile:-cpu} == cpu ]] || mvn_profile=(-P"$profile")
  mvn -q -B -Dstyle.color=never -f "$project/pom.xml" -Dmaven.test.skip=true ${mvn_profile[@]+"${mvn_profile[@]}"} package >&2
  find_jar
fi
printf -v natives '%s:' "$engines"/*/*.jar
classpath=$jar:$natives$(cat "$spark_classpath")

java=java
[[ -z ${JAVA_HOME:-} ]] || java=$JAVA_HOME/bin/java

# Tells the program whether stderr can show live progress: Java 17 can't find out by itself.
BILATERAL_TERMINAL=no
if [[ -t 2 && ${TERM:-dumb} != dumb ]]; then
  BILATERAL_TERMINAL=yes
fi
export BILATERAL_TERMINAL

# Whether the command line, or a file on it, mentions the engine torch. A guess will do: only speed depends on it. The
# engine dl4j is a twentieth slower with libtorch's environment.
mentions_torch() {
  local word
  for word in "$@"; do
    if [[ $word == *engine*torch* ]] || grep -qs -e '^[^#]*engine.*torch' -- "$word"; then
      return 0
    fi
  done
  return 1
}

gpus=0
! holds "$cuda_torch" || gpus=1 # on which determinism depends on the environment, too
if ((gpus > 0)) || mentions_torch "$@"; then
  while IFS= read -r variable; do
    export "${variable?}"
  done < <(libtorch_environment "$gpus")
fi

# shellcheck disable=SC2086  # JAVA_OPTS is a list of words
exec "$java" "@$project/submit/java17.flags" -Xmx"${heap_mib}m" \
  -Dorg.bytedeco.javacpp.maxbytes=0 -Dorg.bytedeco.javacpp.maxphysicalbytes="${native_mib}m" \
  -Dspark.master="local[$((tasks * threads)),4]" -Dspark.task.cpus="$threads" -Dspark.ui.enabled=false -Dspark.driver.host=localhost \
  -Dspark.driver.bindAddress=127.0.0.1 \
  ${JAVA_OPTS:-} \
  -cp "$classpath" org.bilateralbrain.cli.Main "$@"
