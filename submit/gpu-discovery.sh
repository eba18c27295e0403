#!/usr/bin/env bash
# Tells Spark which GPUs this machine has: spark.executor.resource.gpu.discoveryScript (and spark.worker.resource.gpu.…
# for workers of a standalone cluster). Prints {"name": "gpu", "addresses": ["0", "1"]}.
#
# Leaves out cards that ND4J's CUDA library can't serve (compute capability 9.0 and above), and says so on stderr.
set -euo pipefail

if ! cards=$(nvidia-smi --query-gpu=index,compute_cap,name --format=csv,noheader); then
  echo "gpu-discovery: nvidia-smi finds no GPU on $(hostname)" >&2
  exit 1
fi

addresses=()
while IFS=, read -r index capability name; do
  name=${name# }
  capability=${capability// /}
  if ((${capability%%.*} >= 9)); then
    echo "gpu-discovery: GPU $index ($name) is left out: its compute capability is $capability, ND4J's CUDA library" \
      "serves 3.7 to 8.9" >&2
  else
    addresses+=("\"${index// /}\"")
  fi
done <<<"$cards"

list=$(IFS=,; echo "${addresses[*]:-}")
echo "{\"name\": \"gpu\", \"addresses\": [${list//,/, }]}"
