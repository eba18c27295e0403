#!/usr/bin/env bash
# Tells Spark which GPUs this machine has: the value of spark.executor.resource.gpu.discoveryScript (and of
# spark.worker.resource.gpu.discoveryScript for workers of a standalone cluster).
# Prints {"name": "gpu", "addresses": ["0", "1"]}, the numbers that CUDA gives the cards. Fails if there is none.
#
# Leaves out cards that the engine's CUDA libraries have no machine code for, and cards that were lost, and says so on stderr.
# Environment:
#   BILATERAL_ENGINE        the engine, dl4j or torch, which the scripts for clusters set for executors; without it, cards that
#                           any engine can use are listed
#   BILATERAL_GPU_SECONDS   how long nvidia-smi may take to answer (default: 30)
#   CUDA_VISIBLE_DEVICES    as CUDA has it: numbers or UUIDs of cards, or UUIDs of MIG devices
set -euo pipefail

patience=${BILATERAL_GPU_SECONDS:-30}

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

# Whether an engine has machine code for a card of a capability, ten times its number.
#   serves ENGINE CAPABILITY
serves() {
  case $1 in
    dl4j) (($2 >= 37 && $2 <= 89)) ;;
    torch) (($2 >= 75 && $2 <= 109 || $2 >= 120 && $2 <= 129)) ;;
  esac
}

# Sets answer to what nvidia-smi prints, and code to its exit code. It prints even its errors on stdout. Where a card hangs, so
# does nvidia-smi, and it can't always be killed: then it is left behind.
#   ask ARGUMENT…
ask() {
  local pipe
  exec {pipe}< <(set +e; timeout -k 1 "$patience" nvidia-smi "$@" 2>&1; echo "exit $?")
  IFS= read -r -d '' -t $((patience + 2)) -u "$pipe" answer || true
  exec {pipe}<&-
  [[ $answer =~ ^(.*)exit\ ([[:digit:]]+)$'\n'$ && ${BASH_REMATCH[2]} != 124 && ${BASH_REMATCH[2]} != 137 ]] ||
    fail "nvidia-smi on $(hostname) didn't answer within $patience s: a card may be lost; reboot the machine, or leave it out"
  answer=${BASH_REMATCH[1]%$'\n'} code=${BASH_REMATCH[2]}
}

# By the cards' numbers: their capabilities times ten, MIG modes and names, and what is wrong with them.
cards=() capabilities=() modes=() names=() faults=()

# Reads rows of nvidia-smi. Of a card that was lost, the driver remembers most fields, but not the temperature.
fields=index,compute_cap,mig.mode.current,temperature.gpu,name
read_rows() {
  local row card rest lost='\[(GPU is lost|GPU requires reset|Unknown Error)\]|ERR!'
  while IFS= read -r row; do
    [[ $row =~ ^([[:digit:]]+),\ ?(.*)$ ]] || continue
    card=$((10#${BASH_REMATCH[1]})) rest=${BASH_REMATCH[2]}
    cards+=("$card")
    if [[ ! $rest =~ $lost && $rest =~ ^([[:digit:]]+)\.([[:digit:]]+),\ ?([^,]*)(,[^,]*,\ ?(.*))?$ ]]; then
      capabilities[card]=$((10#${BASH_REMATCH[1]} * 10 + 10#${BASH_REMATCH[2]}))
      modes[card]=${BASH_REMATCH[3]} names[card]=${BASH_REMATCH[5]:-}
    else
      faults[card]="nvidia-smi says '$rest'"
    fi
  done <<<"$answer"
}

# Reads the cards. With some drivers, a lost card ends the whole list: then each card is asked for by itself, until there are no
# more, or nvidia-smi says the same of all.
read_cards() {
  local card all error=''
  ask --query-gpu="$fields" --format=csv,noheader
  all=$answer
  if ((code != 15)) && [[ $answer != *'device handle'* ]]; then
    read_rows
  else
    for ((card = 0; card < 64; card++)); do
      ask -i "$card" --query-gpu="$fields" --format=csv,noheader
      [[ $answer != *'No devices were found'* ]] || break
      if [[ ! $answer =~ ^[[:digit:]]+, ]]; then
        [[ $answer != "$error" ]] || break
        error=$answer answer="$card, $answer"
      fi
      read_rows
    done
  fi
  ((${#cards[@]} > 0)) || fail "nvidia-smi finds no GPU on $(hostname): ${all//$'\n'/ }"
}

# What isn't offered, and why.
notes=()

# The UUIDs of cards and MIG devices, each with its card's number; the cards that a process of this environment sees, in CUDA's
# order; and the cards of the MIG devices that it sees.
devices=() seen=() divided=()

read_uuids() {
  local line card=''
  ask -L
  while IFS= read -r line; do
    [[ ! $line =~ ^GPU\ ([[:digit:]]+): ]] || card=$((10#${BASH_REMATCH[1]}))
    [[ ! $line =~ \(UUID:\ ((GPU|MIG)-[^\)]+)\)$ ]] || devices+=("${BASH_REMATCH[1]} $card")
  done <<<"$answer"
}

# Adds a card to what is seen; of one in MIG mode, its MIG devices. CUDA doesn't count one that has none.
#   see CARD
see() {
  local device before=${#divided[@]}
  if [[ ${modes[$1]:-} != Enabled ]]; then
    seen+=("$1")
    return
  fi
  for device in ${devices[@]+"${devices[@]}"}; do
    [[ $device != MIG-*" $1" ]] || divided+=("$1")
  done
  ((${#divided[@]} > before)) ||
    notes+=("GPU $1 (${names[$1]}) is left out: it is in MIG mode, but has no MIG devices (nvidia-smi -mig 0 ends the mode)")
}

# Sees what CUDA_VISIBLE_DEVICES names: numbers, and UUIDs, which can be cut short. CUDA ignores all after an unknown one.
see_visible() {
  local entries=("${cards[@]}") entry device before
  [[ -z ${CUDA_VISIBLE_DEVICES+set} ]] || IFS=, read -ra entries <<<"$CUDA_VISIBLE_DEVICES"
  ((${#entries[@]} > 0)) || notes+=("CUDA_VISIBLE_DEVICES is empty, which hides them all")
  for entry in ${entries[@]+"${entries[@]}"}; do
    before=$((${#seen[@]} + ${#divided[@]} + ${#notes[@]}))
    if [[ $entry =~ ^[[:digit:]]{1,6}$ ]]; then
      [[ " ${cards[*]} " != *" $((10#$entry)) "* ]] || see "$((10#$entry))"
    elif [[ $entry =~ ^(GPU|MIG)- ]]; then
      for device in ${devices[@]+"${devices[@]}"}; do
        [[ $device == "$entry"* ]] || continue
        if [[ $device == GPU-* ]]; then see "${device#* }"; else divided+=("${device#* }"); fi
      done
    fi
    if ((${#seen[@]} + ${#divided[@]} + ${#notes[@]} == before)); then
      notes+=("CUDA_VISIBLE_DEVICES is '$CUDA_VISIBLE_DEVICES', but there is no '$entry'")
      break
    fi
  done
}

# Whether one of the engines can use a card; if not, notes why.
#   usable CARD
usable() {
  local engine capability=${capabilities[$1]:-} reason=''
  if [[ -n ${faults[$1]:-} ]]; then
    notes+=("GPU $1 is left out: ${faults[$1]}")
    return 1
  fi
  for engine in "${engines[@]}"; do
    ! serves "$engine" "$capability" || return 0
    reason+="; the engine $engine serves $(supported "$engine")"
  done
  notes+=("GPU $1 (${names[$1]}) is left out: its compute capability is $((capability / 10)).$((capability % 10))$reason")
  return 1
}

# Sets addresses to the numbers that CUDA gives to what can be used. Where a process sees MIG devices, it can use only the first
# of them, and no whole card: see https://docs.nvidia.com/datacenter/tesla/mig-user-guide/mig-device-names.html,
# "CUDA Device Enumeration".
choose() {
  local place
  addresses=()
  if ((${#divided[@]} == 0)); then
    for place in "${!seen[@]}"; do
      ! usable "${seen[place]}" || addresses+=("\"$place\"")
    done
    return
  fi
  ! usable "${divided[0]}" || addresses=('"0"')
  ((${#divided[@]} == 1)) ||
    notes+=("a process can use only the first of ${#divided[@]} MIG devices: give each executor one of its own, on Kubernetes one per pod, elsewhere a worker per device with CUDA_VISIBLE_DEVICES=MIG-…")
  ((${#seen[@]} == 0)) ||
    notes+=("a process that sees MIG devices can use no whole card: start a worker for those with CUDA_VISIBLE_DEVICES=GPU-…")
}

main() {
  local list
  if [[ -n ${BILATERAL_ENGINE:-} ]]; then
    [[ " ${engines[*]} " == *" $BILATERAL_ENGINE "* ]] ||
      fail "BILATERAL_ENGINE is '$BILATERAL_ENGINE'; expected one of: ${engines[*]}"
    engines=("$BILATERAL_ENGINE")
  fi
  [[ $patience =~ ^[123456789][[:digit:]]{0,4}$ ]] ||
    fail "BILATERAL_GPU_SECONDS is '$patience'; expected a whole number of seconds"
  command -v nvidia-smi >/dev/null || fail "there is no nvidia-smi on $(hostname): the machine has no NVIDIA driver"
  read_cards
  read_uuids
  see_visible
  choose
  list=$(printf '; %s' ${notes[@]+"${notes[@]}"})
  ((${#addresses[@]} > 0)) || fail "no GPU on $(hostname) can be used: ${list#; }"
  ((${#notes[@]} == 0)) || printf 'gpu-discovery: %s\n' "${notes[@]}" >&2
  list=$(IFS=,; echo "${addresses[*]}")
  echo "{\"name\": \"gpu\", \"addresses\": [${list//,/, }]}"
}

main "$@"
