#!/usr/bin/env bash
# What starts in a container of Spark's image: its driver or an executor, as the image's own entrypoint.sh does.
#   entrypoint.sh driver OPTION…        of spark-submit
#   entrypoint.sh executor              with everything in the environment
# Any other command is run as it is.
set -euo pipefail

# A user id without a name gets one, if the image lets us: Hadoop can't do without.
if ! getent passwd "$(id -u)" >/dev/null && [[ -w /etc/passwd ]]; then
  echo "$(id -u):x:$(id -u):0:anonymous:$SPARK_HOME:/bin/false" >>/etc/passwd
fi

case ${1:-} in
  driver)
    shift
    exec "$SPARK_HOME/bin/spark-submit" --conf "spark.driver.bindAddress=$SPARK_DRIVER_BIND_ADDRESS" \
      --conf "spark.executorEnv.SPARK_DRIVER_POD_IP=$SPARK_DRIVER_BIND_ADDRESS" --deploy-mode client "$@"
    ;;
  executor)
    java_options=()
    for i in $(compgen -v SPARK_JAVA_OPT_ | sort -t _ -k 4 -n); do
      java_options+=("${!i}")
    done
    exec "$JAVA_HOME/bin/java" "@$SPARK_HOME/java17.flags" ${java_options[@]+"${java_options[@]}"} \
      -Xms"$SPARK_EXECUTOR_MEMORY" -Xmx"$SPARK_EXECUTOR_MEMORY" -cp "${SPARK_CONF_DIR:-}:$SPARK_HOME/jars/*" \
      org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBackend \
      --driver-url "$SPARK_DRIVER_URL" --executor-id "$SPARK_EXECUTOR_ID" --cores "$SPARK_EXECUTOR_CORES" \
      --app-id "$SPARK_APPLICATION_ID" --hostname "$SPARK_EXECUTOR_POD_IP" \
      --resourceProfileId "$SPARK_RESOURCE_PROFILE_ID" --podName "$SPARK_EXECUTOR_POD_NAME"
    ;;
  *) exec "$@" ;;
esac
