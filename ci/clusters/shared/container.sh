#!/usr/bin/env bash
# Runs a command in an image's files, as a container runtime does: with its own /tmp and /proc, and with the mounts of its
# pod. To be started by unshare with namespaces of its own for mounts, processes and the host's name. What the image lacks
# (/usr, with Java) is this machine's, read-only.
#   container.sh IMAGE FOLDER HOSTS USER COMMAND…
# FOLDER/mounts has the mounts, SOURCE=TARGET, a line each; HOSTS takes the place of /etc/hosts.
set -euo pipefail

image=$1 folder=$2 hosts=$3 user=$4
shift 4
root=$folder/root
mkdir -p "$root"
mount -t tmpfs container "$root"
hostname "$HOSTNAME"

# Mounts a folder or a file, below a new folder where the image has none.
#   attach SOURCE TARGET
attach() {
  if [[ -d $1 ]]; then
    mkdir -p "$root$2"
  else
    mkdir -p "$(dirname "$root$2")"
    [[ -e $root$2 ]] || touch "$root$2"
  fi
  mount --bind "$1" "$root$2"
}

for path in /usr /etc /bin /sbin /lib /lib64; do
  if [[ -e $image$path ]]; then
    attach "$image$path" "$path"
  elif [[ -L $path ]]; then
    cp -P "$path" "$root/"
  elif [[ -d $path ]]; then
    attach "$path" "$path"
    mount -o remount,ro,bind "$root$path"
  fi
done
# A layer of the container's own, over the image's files.
mkdir -p "$root/opt" "$folder/layer" "$folder/work"
mount -t overlay container -o "lowerdir=$image/opt,upperdir=$folder/layer,workdir=$folder/work" "$root/opt"
cp /etc/passwd "$folder/passwd"
echo "spark:x:$user:0::/opt/spark/work-dir:/bin/bash" >>"$folder/passwd"
attach "$folder/passwd" /etc/passwd
attach "$hosts" /etc/hosts
mkdir -p "$root/proc" "$root/tmp" "$root/dev"
chmod 1777 "$root/tmp"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
while IFS='=' read -r source target; do
  attach "$source" "$target"
done <"$folder/mounts"

exec chroot --userspec="$user:0" "$root" /bin/bash -c 'cd /opt/spark/work-dir && exec "$@"' container "$@"
