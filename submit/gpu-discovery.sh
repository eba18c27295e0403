#!/usr/bin/env bash
# Tells Spark which GPUs this machine has: the value of spark.executor.resource.gpu.discoveryScript (and of
# spark.worker.resource.gpu.discoveryScript for workers of a standalone cluster).
# Prints {"name": "gpu", "addresses": ["0", "1"]}.
#
# Leaves out cards that the engine's CUDA libraries have no machine code for, and says so on stderr. The variable
# BILATERAL_ENGINE, which the scripts for clusters set for executors, names the engine; without it, cards that any engine
# can use are listed.
#
# Where CUDA_VISIBLE_DEVICES names some of the cards, as in a Slurm job, only those are listed, by their places in it: that is
# how CUDA numbers them then.
set -euo pipefail

fail() {
  echo "gpu-discovery: $*" >&2
  exit 1
}

# What each engine's libraries were compiled for. Machine code for X.Y runs on cards of capabilities X.Y and above with the
# same X: ND4J's is for 3.7 to 8.6, libtorch's for 7.5, 8.0, 9.0, 10.0 and 12.0. Neither has code that a newer card could
# compile.
engines=(dl4j torch)
supported() {
  case $1 in
    dl4j) echo "3.7 to 8.9" ;;
    torch) echo "7.5 to 10.x, and 12.x" ;;
  esac
}

# Whether an engine has machine code for a card.
#   serves ENGINE MAJOR MINOR
serves() {
  local capability=$((10#$2 * 10 + 10#$3))
  case $1 in
    dl4j) ((capability >= 37 && capability <= 89)) ;;
    torch) ((capability >= 75 && capability <= 109 || capability >= 120 && capability <= 129)) ;;
  esac
}

# Whether one of the engines does.
#   served MAJOR MINOR
served() {
  local engine
  for engine in "${engines[@]}"; do
    if serves "$engine" "$1" "$2"; then
      return
    fi
  done
  return 1
}

if [[ -n ${BILATERAL_ENGINE:-} ]]; then
  [[ " ${engines[*]} " == *" $BILATERAL_ENGINE "* ]] || fail "BILATERAL_ENGINE is '$BILATERAL_ENGINE'; expected one of: ${engines[*]}"
  engines=("$BILATERAL_ENGINE")
fi
capabilities=''
for engine in "${engines[@]}"; do
  capabilities+="${capabilities:+; }the engine $engine serves $(supported "$engine")"
done

# nvidia-smi prints even its errors on stdout.
cards=$(nvidia-smi --query-gpu=index,compute_cap,name --format=csv,noheader) ||
  fail "nvidia-smi finds no GPU on $(hostname)${cards:+: $cards}"

visible=()
if [[ -n ${CUDA_VISIBLE_DEVICES:-} ]]; then
  [[ $CUDA_VISIBLE_DEVICES =~ ^[[:digit:]]+(,[[:digit:]]+)*$ ]] ||
    fail "CUDA_VISIBLE_DEVICES is '$CUDA_VISIBLE_DEVICES'; expected nvidia-smi's numbers of whole cards, such as 0,1"
  IFS=, read -ra visible <<<"$CUDA_VISIBLE_DEVICES"
fi

# Sets address to the number by which a process of this environment finds a card; empty if it doesn't see the card.
#   find_address INDEX
find_address() {
  local place
  address=$1
  ((${#visible[@]} > 0)) || return 0
  for place in "${!visible[@]}"; do
    address=$place
    ((10#${visible[place]} != 10#$1)) || return 0
  done
  address=''
}

addresses=()
while IFS= read -r card; do
  [[ $card =~ ^([[:digit:]]+),\ ?([[:digit:]]+)\.([[:digit:]]+),\ ?(.*)$ ]] ||
    fail "nvidia-smi on $(hostname) tells no GPU's index and compute capability: '$card'"
  index=${BASH_REMATCH[1]} major=${BASH_REMATCH[2]} minor=${BASH_REMATCH[3]} name=${BASH_REMATCH[4]}
  find_address "$index"
  if [[ -z $address ]]; then
    continue
  elif served "$major" "$minor"; then
    addresses+=("\"$address\"")
  else
    echo "gpu-discovery: GPU $index ($name) is left out: its compute capability is $major.$minor; $capabilities" >&2
  fi
done <<<"$cards"

list=$(IFS=,; echo "${addresses[*]:-}")
echo "{\"name\": \"gpu\", \"addresses\": [${list//,/, }]}"
