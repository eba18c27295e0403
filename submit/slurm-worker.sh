#!/usr/bin/env bash
# A worker of a Spark cluster in a Slurm job: slurm-job.bash starts one on each node. Ends when its stdin does or the master
# has, and copies the executors' logs to FOLDER.
#   submit/slurm-worker.sh URL FOLDER
set -euo pipefail +o posix
project=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
# shellcheck source-path=SCRIPTDIR source=slurm-job.bash
source "$project/submit/slurm-job.bash"

# Sets executors to how many fit into what Slurm gave the job on this node, and the GPUs that still work.
# shellcheck disable=SC2154  # slurm-job.bash exports these variables
count_executors() {
  local working
  executors=$((SLURM_CPUS_ON_NODE / executor_cores))
  if ((${SLURM_MEM_PER_NODE:-0} > 0)) && (((SLURM_MEM_PER_NODE - reserved_mib) / executor_mib < executors)); then
    executors=$(((SLURM_MEM_PER_NODE - reserved_mib) / executor_mib))
  fi
  if ((gpus > 0)); then
    export BILATERAL_ENGINE=$engine
    working=$("$project/submit/gpu-discovery.sh" | tr , '\n' | grep -cE '"[0-9]+"') || true
    ((working / gpus >= executors)) || executors=$((working / gpus))
  fi
  ((executors > 0)) || executors=1
}

# Copies what the executors wrote, and removes their files, which nobody needs any more.
clean_up() {
  local file
  trap '' TERM
  end "$worker" 12
  for file in "$scratch"/work/*/*/stderr; do
    [[ ! -s $file ]] || cat "$file" >>"$logs/executors-$SLURMD_NODENAME.log"
  done
  rm -rf "$scratch"
}

# Whether nothing listens at the master's port any more, though its machine answers. A master out of reach may come back.
master_has_ended() {
  local place=${url#spark://} answer
  answer=$(LC_ALL=C timeout 5 bash -c "exec 3<>/dev/tcp/${place%:*}/${place##*:}" 2>&1) || true
  [[ $answer == *'Connection refused'* ]]
}

main() {
  local address waited=0
  # Not local: clean_up needs them once this function has returned.
  url=$1 logs=$2 worker=''
  scratch=$(mktemp -d "${SLURM_TMPDIR:-${TMPDIR:-/tmp}}/bilateral-$SLURM_JOB_ID-XXXXXX")
  trap clean_up EXIT
  trap 'exit 0' TERM
  address=$(address_of "$SLURMD_NODENAME")
  count_executors
  if ((gpus > 0)); then
    SPARK_WORKER_OPTS="-Dspark.worker.resource.gpu.amount=$((executors * gpus)) \
      -Dspark.worker.resource.gpu.discoveryScript=$project/submit/gpu-discovery.sh"
    export SPARK_WORKER_OPTS
  fi
  SPARK_LOCAL_DIRS=$scratch SPARK_LOCAL_IP=127.0.0.1 "$SPARK_HOME/bin/spark-class" org.apache.spark.deploy.worker.Worker \
    --host "$address" --port 0 --webui-port 0 --cores $((executors * executor_cores)) --memory $((executors * heap_gib))g \
    --work-dir "$scratch/work" "$url" </dev/null >>"$logs/worker-$SLURMD_NODENAME.log" 2>&1 &
  worker=$!
  while runs "$worker"; do
    # Nothing ever comes from stdin: this waits for a second, or ends at once where stdin does.
    IFS= read -rt 1 _ || (($? > 128)) || exit 0
    # It doesn't end where Slurm's daemon has died, and nobody else would end the worker there.
    ((++waited % 10 > 0)) || ! master_has_ended || exit 0
  done
  wait "$worker"
}

main "$@"
