#!/usr/bin/env bash
# Tells Spark which GPUs this machine has: the value of spark.executor.resource.gpu.discoveryScript (and of
# spark.worker.resource.gpu.discoveryScript for workers of a standalone cluster).
# Prints {"name": "gpu", "addresses": ["0", "1"]}.
#
# Leaves out cards that ND4J's CUDA library doesn't support (compute capability 9.0 and above), and says so on stderr.
set -euo pipefail

fail() {
  echo "gpu-discovery: $*" >&2
  exit 1
}

# nvidia-smi prints even its errors on stdout.
cards=$(nvidia-smi --query-gpu=index,compute_cap,name --format=csv,noheader) ||
  fail "nvidia-smi finds no GPU on $(hostname)${cards:+: $cards}"

addresses=()
while IFS= read -r card; do
  [[ $card =~ ^([[:digit:]]+),\ ?([[:digit:]]+)\.([[:digit:]]+),\ ?(.*)$ ]] ||
    fail "nvidia-smi on $(hostname) tells no GPU's index and compute capability: '$card'"
  index=${BASH_REMATCH[1]} major=${BASH_REMATCH[2]} minor=${BASH_REMATCH[3]} name=${BASH_REMATCH[4]}
  if ((10#$major >= 9)); then
    echo "gpu-discovery: GPU $index ($name) is left out: its compute capability is $major.$minor, ND4J's CUDA library" \
      "serves 3.7 to 8.9" >&2
  else
    addresses+=("\"$index\"")
  fi
done <<<"$cards"

list=$(IFS=,; echo "${addresses[*]:-}")
echo "{\"name\": \"gpu\", \"addresses\": [${list//,/, }]}"
