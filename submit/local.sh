#!/usr/bin/env bash
# Runs a command on this machine, with Spark in the same process; needs a JDK 17 and Maven, nothing else.
#   submit/local.sh run conf/quickstart.conf
#   submit/local.sh --help
# Environment: BILATERAL_TASKS  jobs at a time (default: one a core)
#              BILATERAL_HEAP   Java heap (default: 2g)
#              BILATERAL_MEMORY_GIB  heap and networks together (default: nine tenths of the machine's memory); a job
#                               that needs more fails with that reason, where the system would kill all of them
#              BILATERAL_PROFILE  Maven profile to build with: cuda for GPUs
#              JAVA_HOME, JAVA_OPTS as usual
set -euo pipefail

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
spark_classpath=$project/target/spark.classpath
find_jar() {
  local found=("$project"/target/bilateral-sweep-*-all.jar)
  jar=${found[0]}
}
find_jar

# Builds if there is no jar, or if a source is newer than what the build writes last.
if [[ ! -f $jar || ! -f $spark_classpath || -n $(find "$project/src/main" "$project/pom.xml" -newer "$spark_classpath" -print -quit) ]]; then
  echo "Building the jar; the first time Maven fetches Spark and DL4J, some 600 MB." >&2
  mvn -q -B -Dstyle.color=never -f "$project/pom.xml" -Dmaven.test.skip=true ${BILATERAL_PROFILE:+-P"$BILATERAL_PROFILE"} package >&2
  find_jar
fi

java=java
[[ -z ${JAVA_HOME:-} ]] || java=$JAVA_HOME/bin/java
cores=$(nproc 2>/dev/null || sysctl -n hw.ncpu)
tasks=${BILATERAL_TASKS:-$cores}

# Native threads of a task: several tasks of one thread are faster than one that shares its work between cores.
threads=$((cores / tasks > 0 ? cores / tasks : 1))

# Beyond this JavaCPP has Java's collector release what nobody uses any more; where that is not enough, the allocation
# fails and the job with it, instead of the whole machine. The rest is room for what is allocated between two looks:
# a limit by the system (ulimit) would serve worse, as ND4J doesn't survive an allocation that the system refuses.
limit_kib=0
if [[ -n ${BILATERAL_MEMORY_GIB:-} ]]; then
  limit_kib=$((BILATERAL_MEMORY_GIB * 1024 * 1024))
elif [[ -r /proc/meminfo ]]; then
  limit_kib=$(awk '/^MemTotal:/ { printf "%d", $2 * 0.9 }' /proc/meminfo)
fi

opens=()
for package in java.lang java.lang.invoke java.io java.net java.nio java.util java.util.concurrent \
  java.util.concurrent.atomic sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar; do
  opens+=("--add-opens=java.base/$package=ALL-UNNAMED")
done

# Whether progress is drawn there as a block that changes; Java 17 can't ask.
BILATERAL_TERMINAL=no
if [[ -t 2 && ${TERM:-dumb} != dumb ]]; then
  BILATERAL_TERMINAL=yes
fi
export BILATERAL_TERMINAL

# ND4J's own default limit of native memory is the heap's size, which says nothing about networks.
# shellcheck disable=SC2086  # JAVA_OPTS is a list of words
exec "$java" "${opens[@]}" -Xmx"${BILATERAL_HEAP:-2g}" \
  -Dorg.bytedeco.javacpp.maxbytes=0 -Dorg.bytedeco.javacpp.maxphysicalbytes=$((limit_kib * 1024 * 85 / 100)) \
  -Dspark.master="local[$((tasks * threads)),2]" -Dspark.task.cpus="$threads" -Dspark.ui.enabled=false -Dspark.driver.host=localhost \
  -Dspark.driver.bindAddress=127.0.0.1 \
  ${JAVA_OPTS:-} \
  -cp "$jar:$(cat "$spark_classpath")" org.bilateralbrain.cli.Main "$@"
