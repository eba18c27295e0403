# The image of submit/Dockerfile, on a base of this machine's Java, run as user ids without a name.
#   ci/cluster.sh image
# Needs root and buildah; no daemon. Containers run in chroots, which sandboxes allow.
# shellcheck shell=bash disable=SC2154  # sourced by cluster.sh
source ci/clusters/shared/images.bash

# Copies programs and the libraries that they need into a folder, except for Java's own.
#   copy_programs FOLDER PROGRAM…
copy_programs() {
  local root=$1
  shift
  {
    printf '%s\n' "$@"
    ldd "$@" | grep -oE '/[^ ]+' | sed 's/:$//'
  } | xargs realpath --no-symlinks | sort -u | grep -v ^/usr/lib/jvm/ | xargs cp -L --parents --target-directory "$root"
}

# Makes a folder with the files of a small machine: a shell, and Java with the libraries that native code needs.
make_machine() {
  local root=$1 java link library programs program
  mkdir -p "$root"/{etc,tmp,proc,dev,sys,usr/bin,usr/lib,usr/lib64,usr/sbin}
  for link in bin lib lib64 sbin; do
    ln -s "usr/$link" "$root/$link"
  done
  programs=()
  for program in bash env cat id getent sort sed grep dirname readlink mkdir rm ls; do
    programs+=("$(realpath --no-symlinks "$(command -v "$program")")")
  done
  java=$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")
  mkdir -p "$root/usr/lib/jvm/java"
  tar -C "$java" --dereference --exclude=src.zip --exclude=jmods -cf - . | tar -C "$root/usr/lib/jvm/java" -xf -
  ln -s ../lib/jvm/java/bin/java "$root/usr/bin/java"
  # Libraries that the engines' native code names besides those of Java.
  for library in libpthread.so.0 librt.so.1 libdl.so.2 libgomp.so.1 libstdc++.so.6; do
    programs+=("$(ldconfig -p | awk -v name="$library" '$1 == name && /x86-64/ && !found++ { print $NF }')")
  done
  copy_programs "$root" "${programs[@]}" "$java/bin/java" "$java"/lib/*.so "$java/lib/server/libjvm.so"
  printf 'root:x:0:0:root:/root:/bin/bash\nspark:x:185:0::/opt/spark:/bin/bash\n' >"$root/etc/passwd"
  printf 'root:x:0:\n' >"$root/etc/group"
  printf 'passwd: files\ngroup: files\nhosts: files dns\n' >"$root/etc/nsswitch.conf"
  chmod 664 "$root/etc/passwd" # as in Spark's image: a user id without a name, in root's group, adds itself
  chmod 1777 "$root/tmp"
}

make_machine "$work/base"
build_base "$work/base"
build_image
echo "Built the image in $SECONDS s"
container=$(builder from localhost/bilateral)

# Runs a command of the program in the image, as a user id and a group id, with an engine.
#   in_image IDS ENGINE COMMAND…
in_image() {
  local natives
  natives=$(cd "target/engines/$2" && printf '%s\n' *.jar | sed "s#^#local:///opt/bilateral/engines/$2/#" | paste -sd ,)
  builder run --isolation chroot --user "$1" -e SPARK_DRIVER_BIND_ADDRESS=127.0.0.1 -e SPARK_LOCAL_IP=127.0.0.1 \
    -e JAVA_HOME=/usr/lib/jvm/java "$container" -- /opt/entrypoint.sh driver --master 'local[2]' --jars "$natives" \
    --conf spark.driver.host=127.0.0.1 --conf spark.jars.ivy=/tmp/.ivy2 --class org.bilateralbrain.cli.Main \
    local:///opt/bilateral/bilateral-sweep-all.jar "${@:3}" --set "bilateral.engine=$2" --set bilateral.store=/tmp/runs
}

in_image 12345:0 torch run conf/quickstart.conf >"$work/run.table" 2>"$work/run.log" || fail "the run in the image failed"
cat "$work/run.table"
check_quickstart "$work/run.table" 15 0
# Outside of the group of root an id stays without a name.
in_image 23456:23456 torch status conf/quickstart.conf >"$work/status" 2>"$work/status.log" ||
  fail "no status as a user id outside of the group of root"
grep -E '^15 jobs: .* 15 trained' "$work/status" || fail "the status lacks jobs"
in_image 12345:0 dl4j run conf/quickstart.conf --set bilateral.name=dl4j --set 'bilateral.grid.seeds=[0]' \
  --set 'bilateral.grid.models=[unilateral-fine]' >"$work/dl4j.table" 2>"$work/dl4j.log" || fail "no run with the engine dl4j"
grep '^1 jobs: 1 trained' "$work/dl4j.table" || fail "the engine dl4j trained nothing"
echo "The image ran the quickstart as a user id without a name, with both engines."
