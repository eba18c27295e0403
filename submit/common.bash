# What all scripts have in common; they source it: refusing values.
# shellcheck shell=bash

fail() {
  echo "$(basename "$0"): $*" >&2
  exit 2
}

# Takes leading zeros, which Bash would read as octal, off the whole number in VARIABLE; refuses anything else. Six digits
# at most, so that no product overflows. Not [0-9]: in many languages that includes ² and ½.
#   whole_number VARIABLE NAME LEAST
whole_number() {
  local value=${!1}
  if ! [[ $value =~ ^0*([[:digit:]]{1,6})$ ]] || ((10#${BASH_REMATCH[1]} < $3)); then
    fail "$2 must be a whole number from $3 to 999999, not '$value'"
  fi
  printf -v "$1" %d "$((10#${BASH_REMATCH[1]}))"
}
