# What all scripts have in common; they source it: refusing values, and how much memory there is.
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
  if ! [[ $value =~ ^0*([0123456789]{1,6})$ ]] || ((10#${BASH_REMATCH[1]} < $3)); then
    fail "$2 must be a whole number from $3 to 999999, not '$value'"
  fi
  printf -v "$1" %d "$((10#${BASH_REMATCH[1]}))"
}

# Prints the memory that this process may use, MiB: the machine's, or less in a container or a job of a batch system,
# whose control group (version 1 or 2), or one around it, has a limit. Prints 0 where the system doesn't say.
#   available_mib ROOT      / but for tests
available_mib() {
  local root=${1%/} smallest controllers group file limit
  [[ -r $root/proc/meminfo ]] || { echo 0; return; }
  smallest=$(awk '/^MemTotal:/ { print $2 }' "$root/proc/meminfo")
  while IFS=: read -r _ controllers group; do
    case ,$controllers, in
      *,memory,*) file=$root/sys/fs/cgroup/memory$group/memory.limit_in_bytes ;;
      ,,) file=$root/sys/fs/cgroup$group/memory.max ;;
      *) continue ;;
    esac
    # Up to the root of the tree, also where the group's folder is missing: a container sees its own group as the root,
    # and may be told the path that the group has outside.
    while [[ $file == "$root"/sys/fs/cgroup/* ]]; do
      # Version 1 says in 19 digits that there is no limit, version 2 with "max".
      if limit=$(cat "$file" 2>/dev/null) && [[ $limit =~ ^[[:digit:]]{1,18}$ ]] && ((limit / 1024 < smallest)); then
        smallest=$((limit / 1024))
      fi
      group=${file%/*}
      file=${group%/*}/${file##*/}
    done
  done < <(cat "$root/proc/self/cgroup" 2>/dev/null)
  echo $((smallest / 1024))
}

# Prints how much of LIMIT a process with TASKS tasks at a time may have in use for JavaCPP to allocate more, MiB. JavaCPP
# has Java's collector release what nobody needs any more; where that is not enough, the allocation fails and the job with
# it. The rest is room for what each task fills after that look, about two of its largest arrays: at width 64 with batches
# of 256, 64 MiB each, use went beyond what was allowed by 75 MiB with one task, 240 with two, 410 with four and 460 with
# eight; with batches of 440 and two tasks, by more than 410.
#   allowed_mib LIMIT TASKS
allowed_mib() {
  local room=$(($1 * 15 / 100))
  ((room >= 192 * $2)) || room=$((192 * $2))
  ((room <= $1 / 2)) || room=$(($1 / 2))
  echo $(($1 - room))
}
