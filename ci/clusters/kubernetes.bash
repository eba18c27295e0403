# Spark's own backend for Kubernetes, with an API server and a kubelet that runs pods as processes on this machine. The store
# is a volume, the configuration a user's own.
#   ci/cluster.sh kubernetes
# Needs root, buildah and kubectl.
# shellcheck shell=bash disable=SC2154  # sourced by cluster.sh
source ci/clusters/shared/images.bash

# Meanwhile the same sweep runs without a cluster, undisturbed.
BILATERAL_TASKS=2 submit/local.sh run conf/quickstart.conf --set "bilateral.store=$work/undisturbed" \
  >"$work/undisturbed.table" 2>"$work/undisturbed.log" &
undisturbed=$!
pids+=("$undisturbed")

add_kubernetes
build_base "$work/base"
build_image
java -Xmx256m -cp "target/test-classes:$(cat target/test.classpath)" org.bilateralbrain.kubernetes.LocalKubernetes "$work/pods" \
  bilateral:1="$(files_of localhost/bilateral)" spark:1="$(files_of localhost/spark)" >"$work/kubernetes.log" 2>&1 &
pids+=($!)
api=$(await "$work/kubernetes.log" 'http://[a-z0-9.]+:[0-9]+')
echo "Kubernetes at $api"
wait "$undisturbed" || fail "the undisturbed run failed"

mkdir -p "$work/mine/parts"
printf 'include "parts/settings.conf"\nbilateral.store = /store/runs\n' >"$work/mine/my.conf"
cp conf/quickstart.conf "$work/mine/parts/settings.conf"

# The volume for the store, in driver and executors.
volumes=()
for role in driver executor; do
  volume=spark.kubernetes.$role.volumes.persistentVolumeClaim.store
  volumes+=(--conf "$volume.options.claimName=store" --conf "$volume.mount.path=/store")
done

submit() {
  submit/kubernetes.sh --master "k8s://$api" --image bilateral:1 --executors 2 --executor-cores 1 --heap 1 --driver-heap 1 \
    --conf "spark.kubernetes.driver.master=$api" "${volumes[@]}" "$@"
}

# Runs a command, and checks its exit code and a line in what it printed.
#   expect CODE PATTERN OPTION… COMMAND…
expect() {
  local code=0
  submit "${@:3}" >"$work/expected.log" 2>&1 || code=$?
  grep -aE "$2" "$work/expected.log" || fail "'${*:3}' never said '$2'"
  ((code == $1)) || fail "'${*:3}' ended with exit code $code instead of $1"
}

# Prints the names of pods of a role (driver, executor) in a phase.
pods() {
  kubectl --server="$api" get --raw "/api/v1/namespaces/default/pods?labelSelector=spark-role%3D$1" |
    jq -r --arg phase "$2" '.items[] | select(.status.phase == $phase) | .metadata.name'
}

# Deletes a pod and kills its process, as when its node goes away: with the usual 30 seconds to end, an executor would finish
# a short training.
delete() {
  kubectl --server="$api" delete --raw "/api/v1/namespaces/default/pods/$1?gracePeriodSeconds=0" >/dev/null
}

# Prints the digest of the weights of each job in a store.
weights() {
  (cd "$1/artifacts" && find . -name weights.safetensors -path '*/attempt-*' -exec sha256sum {} + |
    sed 's#/attempt-.*##' | sort -k 2)
}

# A sweep one of whose executors is deleted while it trains its first job.
submit run "$work/mine/my.conf" >"$work/run.table" 2>"$work/run.log" &
run=$!
pids+=("$run")
store=$work/pods/claims/store/runs
for _ in $(seq 600); do
  (($(find "$store/attempts" -name progress.json 2>/dev/null | wc -l) < 2)) || break
  sleep 0.2
done
[[ -z $(find "$store/artifacts" -name manifest.json 2>/dev/null) ]] || fail "too late: a training is done"
victim=$(pods executor Running | head -n 1)
delete "$victim"
echo "Deleted $victim"
wait "$run" || fail "the run failed"
grep -aE '^\||^15 jobs' "$work/run.table"
check_quickstart "$work/run.table" 15 0
grep -aq 'failed because while it was being computed, its executor exited' "$work/run.table" || fail "no job was interrupted"
! grep -aq 'its artifact is already in the store' "$work/run.table" || fail "the interrupted job was done by then"
(($(find "$work/pods/default" -maxdepth 1 -name '*-exec-*' | wc -l) == 3)) || fail "no executor took the place of $victim"
(($(weights "$store" | wc -l) == 9)) || fail "not nine networks"
diff <(weights "$work/undisturbed") <(weights "$store") || fail "other weights than those of an undisturbed run"
[[ -z $(pods executor Running) ]] || fail "executors outlive their driver"

# The exit codes of the program, and of what keeps it from starting.
conf=$work/mine/my.conf
expect 0 '15 jobs: .* 15 trained' status "$conf"
expect 1 'Means over networks' report "$conf" --set 'bilateral.grid.seeds=[0, 1, 2, 3]'
expect 2 'No sweep named other in' status "$conf" --set bilateral.name=other
expect 3 'The store or the file system failed' run "$conf" --set bilateral.store=/proc/runs
expect 3 'the image spark:1 must be made with' --image spark:1 status "$conf"
expect 2 "can't pull the image nowhere:1: (ErrImagePull|ImagePullBackOff)" --image nowhere:1 status "$conf"

# Credentials from a secret, and executors on nodes with GPUs, as submit/kubernetes.sh says.
printf '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s3"},"data":{"id":"bWU=","key":"c2VjcmV0"}}' >"$work/secret.json"
kubectl --server="$api" create --raw /api/v1/namespaces/default/secrets -f "$work/secret.json" >/dev/null
credentials=()
for role in driver executor; do
  credentials+=(--conf "spark.kubernetes.$role.secretKeyRef.AWS_ACCESS_KEY_ID=s3:id"
    --conf "spark.kubernetes.$role.secretKeyRef.AWS_SECRET_ACCESS_KEY=s3:key")
done
submit --gpus 1 --conf spark.kubernetes.executor.podTemplateFile=submit/gpu-pool.yaml "${credentials[@]}" \
  --conf spark.kubernetes.submission.waitAppCompletion=false --conf spark.kubernetes.driver.pod.name=on-gpus \
  run "$conf" --set bilateral.name=on-gpus --set 'bilateral.grid.seeds=[7]' >"$work/gpus.log" 2>&1 || fail "nothing was submitted"
for _ in $(seq 300); do
  kubectl --server="$api" get --raw '/api/v1/namespaces/default/pods?labelSelector=spark-role%3Dexecutor' |
    jq '[.items[] | select(.spec.nodeName == "gpu-1")][0] // empty' >"$work/executor.json"
  [[ ! -s $work/executor.json ]] || break
  sleep 0.2
done
[[ -s $work/executor.json ]] || fail "no executor came to the node gpu-1"
jq -e '.spec.containers[0] | .resources.limits["nvidia.com/gpu"] == "1" and
  (.env | any(.name == "AWS_SECRET_ACCESS_KEY" and .valueFrom.secretKeyRef == {"name": "s3", "key": "key"}))' \
  "$work/executor.json" >/dev/null || fail "the executor lacks its GPU or the secret's key"
delete on-gpus
echo "Kubernetes ran the quickstart, gave the sweep's exit codes, and put executors with a secret on a node with GPUs."
