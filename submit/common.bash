# Sourced by all scripts: checks values, finds out how much memory and how many cores there are, and tunes the environment.
# shellcheck shell=bash

fail() {
  echo "$(basename "$0"): $*" >&2
  exit 2
}

# Strips leading zeros, which Bash would read as octal, from the whole number in VARIABLE; fails if it is anything else.
# Six digits at most, so that no product overflows. Not [0-9]: in many locales that includes ² and ½.
#   whole_number VARIABLE NAME LEAST
whole_number() {
  local value=${!1}
  if ! [[ $value =~ ^0*([0123456789]{1,6})$ ]] || ((10#${BASH_REMATCH[1]} < $3)); then
    fail "$2 must be a whole number from $3 to 999999, not '$value'"
  fi
  printf -v "$1" %d "$((10#${BASH_REMATCH[1]}))"
}

# Prints the paths of a file in this process's control group and in all that enclose it, the innermost first. Up to the root
# of the tree, even if the group's folder is missing: a container sees its own group as the root, but may be given the path
# that the group has outside.
#   group_files ROOT CONTROLLER FILE-OF-VERSION-1 FILE-OF-VERSION-2      ROOT is / except in tests
group_files() {
  local root=${1%/} controllers group file
  while IFS=: read -r _ controllers group; do
    case ,$controllers, in
      *,"$2",*)
        file=$root/sys/fs/cgroup/$controllers
        [[ -d $file ]] || file=$root/sys/fs/cgroup/$2
        file=$file$group/$3
        ;;
      ,,) file=$root/sys/fs/cgroup$group/$4 ;;
      *) continue ;;
    esac
    while [[ $file == "$root"/sys/fs/cgroup/* ]]; do
      [[ ! -r $file ]] || echo "$file"
      group=${file%/*}
      file=${group%/*}/${file##*/}
    done
  done < <(cat "$root/proc/self/cgroup" 2>/dev/null)
}

# Prints the memory that this process may use, in MiB: the machine's, or less in a container or a batch job, where a
# control group (version 1 or 2) has a limit. Prints 0 if the system doesn't say.
#   available_mib ROOT
available_mib() {
  local root=${1%/} smallest file limit
  [[ -r $root/proc/meminfo ]] || { echo 0; return; }
  smallest=$(awk '/^MemTotal:/ { print $2 }' "$root/proc/meminfo")
  while IFS= read -r file; do
    # No limit is a number of 19 digits in version 1, and "max" in version 2.
    if limit=$(cat "$file") && [[ $limit =~ ^[[:digit:]]{1,18}$ ]] && ((limit / 1024 < smallest)); then
      smallest=$((limit / 1024))
    fi
  done < <(group_files "$1" memory memory.limit_in_bytes memory.max)
  echo $((smallest / 1024))
}

# Prints how many cores this process may use: those that it is bound to, or fewer where a control group limits its time;
# rounded up. OMP_NUM_THREADS, which nproc obeys, says how many threads a library should have.
#   available_cores ROOT
available_cores() {
  local cores file quota period
  cores=$(env -u OMP_NUM_THREADS -u OMP_THREAD_LIMIT nproc 2>/dev/null || sysctl -n hw.ncpu)
  while IFS= read -r file; do
    quota='' period=''
    if [[ $file == *.cfs_quota_us ]]; then
      read -r quota <"$file" || true
      read -r period 2>/dev/null <"${file%_quota_us}_period_us" || true
    else
      read -r quota period <"$file" || true
    fi
    # No limit is -1 in version 1, and "max" in version 2.
    if [[ $quota =~ ^[[:digit:]]{1,12}$ && $period =~ ^[123456789][[:digit:]]{0,11}$ ]] &&
      (((quota + period - 1) / period < cores)); then
      cores=$(((quota + period - 1) / period))
    fi
  done < <(group_files "$1" cpu cpu.cfs_quota_us cpu.max)
  echo $((cores > 0 ? cores : 1))
}

# Prints the limit at which JavaCPP stops allocating in a process of LIMIT MiB with TASKS concurrent tasks, in MiB. At
# that limit JavaCPP asks Java's garbage collector to free memory; if that isn't enough, the allocation fails, and the job
# with it. The rest is headroom for what each task fills after JavaCPP has checked, about two of its largest arrays. At
# width 64 and batch size 256 (64 MiB each), use exceeded the limit by 75 MiB with one task, 240 with two, 410 with four
# and 460 with eight; at batch size 440 and two tasks, by more than 410.
#   allowed_mib LIMIT TASKS
allowed_mib() {
  local room=$(($1 * 15 / 100))
  ((room >= 192 * $2)) || room=$((192 * $2))
  ((room <= $1 / 2)) || room=$(($1 / 2))
  echo $(($1 - room))
}

# In another encoding than UTF-8, as under cron and in containers, Java can't open files with other letters than ASCII's.
use_utf8() {
  [[ $(locale charmap 2>/dev/null) == UTF-8 ]] || export LC_ALL=C.UTF-8
}

# Prints the environment variables with which a process computes with libtorch, NAME=VALUE, a line each. A variable that
# is set already keeps its value.
#
# libtorch frees and allocates large blocks in each operation. By default glibc returns them to the system, which clears
# their pages each time: half and more of the time of a training step. These settings make it keep them.
#
# With GPUs, cuBLAS is deterministic only with workspaces of a fixed size.
#   libtorch_environment GPUS
libtorch_environment() {
  local variables variable name value
  variables=(MALLOC_MMAP_THRESHOLD_=1073741824 MALLOC_TRIM_THRESHOLD_=4294967296 MALLOC_TOP_PAD_=268435456)
  (($1 == 0)) || variables+=(CUBLAS_WORKSPACE_CONFIG=:4096:8)
  for variable in "${variables[@]}"; do
    name=${variable%%=*} value=${variable#*=}
    echo "$name=${!name-$value}"
  done
}
