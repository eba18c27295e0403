#!/usr/bin/env bash
# Makes a folder that works as an installation of Spark (SPARK_HOME), with links to the jars that Maven has downloaded.
#   ci/spark-home.sh FOLDER      after mvn package
set -euo pipefail
project=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
home=$1

mkdir -p "$home/jars" "$home/bin"
IFS=: read -ra jars <<<"$(cat "$project/target/spark.classpath")"
ln -sf "${jars[@]}" "$home/jars/"
cp "$project/submit/java17.flags" "$home/"

# The essence of Spark's own scripts.
cat >"$home/bin/spark-submit" <<'SCRIPT'
#!/usr/bin/env bash
home=$(dirname "$(dirname "$(readlink -f "$0")")")
export SPARK_HOME=$home SPARK_SCALA_VERSION=2.12
exec java "@$home/java17.flags" -Xmx1g -Dorg.bytedeco.javacpp.maxbytes=0 -Dorg.bytedeco.javacpp.maxphysicalbytes=0 \
  -cp "${SPARK_CONF_DIR:-$home/conf}:$home/jars/*:${HADOOP_CONF_DIR:-}" org.apache.spark.deploy.SparkSubmit "$@"
SCRIPT
cat >"$home/bin/spark-class" <<'SCRIPT'
#!/usr/bin/env bash
home=$(dirname "$(dirname "$(readlink -f "$0")")")
export SPARK_HOME=$home SPARK_SCALA_VERSION=2.12
mapfile -d '' -t command < <(java -Xmx128m -cp "$home/jars/*" org.apache.spark.launcher.Main "$@")
exec "${command[1]#$'\n'}" "${command[@]:2}" # the launcher prints an empty line first
SCRIPT
chmod +x "$home/bin/spark-submit" "$home/bin/spark-class"
