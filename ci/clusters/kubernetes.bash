# Spark's own backend for Kubernetes, with an API server and a kubelet that runs pods as processes on this machine. The store
# is a volume, the configuration a user's own. Executors' pods are deleted while they train.
#   ci/cluster.sh kubernetes
# Needs root, buildah, jq and kubectl.
# shellcheck shell=bash disable=SC2154  # sourced by cluster.sh
source ci/clusters/shared/images.bash

for program in buildah jq kubectl; do
  command -v "$program" >/dev/null || fail "there is no $program: install Debian's packages buildah, jq and kubernetes-client"
done

mkdir -p "$work/mine/parts"
printf 'include "parts/settings.conf"\nbilateral.store = /store/runs\n' >"$work/mine/my.conf"
{
  cat conf/quickstart.conf
  echo 'bilateral { engine = torch, hemisphere.epochs = 6, data.synthetic.train-images = 2000 }'
} >"$work/mine/parts/settings.conf"
conf=$work/mine/my.conf

# Ends a process and everything that it has started.
end_tree() {
  local child
  for child in $(pgrep -P "$1"); do
    end_tree "$child"
  done
  kill -9 "$1" 2>/dev/null || true
}

# Ends the submissions, and the cluster, which ends its pods.
stop_kubernetes() {
  local job
  for job in $(jobs -p); do
    [[ $job == "$kubernetes" ]] || end_tree "$job"
  done
  kill "$kubernetes" 2>/dev/null || true
  wait "$kubernetes" 2>/dev/null || true
}

# Meanwhile the same sweep runs without a cluster, undisturbed.
BILATERAL_TASKS=2 submit/local.sh run "$conf" --set "bilateral.store=$work/undisturbed" \
  >"$work/undisturbed.table" 2>"$work/undisturbed.log" &
undisturbed=$!
pids+=("$undisturbed")

add_kubernetes
build_base "$work/base"
build_image
java -Xmx256m -cp "target/test-classes:$(cat target/test.classpath)" \
  org.bilateralbrain.kubernetes.LocalKubernetes "$work/pods" \
  bilateral:1="$(files_of localhost/bilateral)" spark:1="$(files_of localhost/spark)" >"$work/kubernetes.log" 2>&1 &
kubernetes=$!
trap stop_kubernetes EXIT
api=$(await "$work/kubernetes.log" 'http://[a-z0-9.]+:[0-9]+')
echo "Kubernetes at $api after $SECONDS s"
store=$work/pods/claims/store/runs

# Fails with what the pods wrote, too.
fail_pods() {
  tail -n 15 "$work"/*.table "$work"/pods/default/*/log >&2 || true
  fail "$*"
}

# The volume for the store, and credentials for S3 from a secret, in driver and executors.
options=()
for role in driver executor; do
  volume=spark.kubernetes.$role.volumes.persistentVolumeClaim.store
  options+=(--conf "$volume.options.claimName=store" --conf "$volume.mount.path=/store"
    --conf "spark.kubernetes.$role.secretKeyRef.AWS_ACCESS_KEY_ID=s3:id"
    --conf "spark.kubernetes.$role.secretKeyRef.AWS_SECRET_ACCESS_KEY=s3:key")
done
printf '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s3"},"data":{"id":"bWU=","key":"c2VjcmV0"}}' >"$work/secret.json"
kubectl --server="$api" create --raw /api/v1/namespaces/default/secrets -f "$work/secret.json" >/dev/null

submit() {
  submit/kubernetes.sh --master "k8s://$api" --image bilateral:1 --executors 2 --executor-cores 1 --heap 1 --driver-heap 1 \
    --conf "spark.kubernetes.driver.master=$api" "${options[@]}" "$@"
}

# Checks a command's exit code and a line of what it printed.
#   expect CODE NAME PATTERN OPTION… COMMAND…
expect() {
  local code=0
  submit "${@:4}" >"$work/$2.log" 2>&1 || code=$?
  grep -aE "$3" "$work/$2.log" || fail "'${*:4}' never said '$3'"
  ((code == $1)) || fail "'${*:4}' ended with exit code $code instead of $1"
}

# Prints what a filter of jq makes of each pod of a role (driver, executor).
#   pods ROLE FILTER
pods() {
  kubectl --server="$api" get --raw "/api/v1/namespaces/default/pods?labelSelector=spark-role%3D$1" | jq -r ".items[] | $2"
}

running='select(.status.phase == "Running" and .metadata.deletionTimestamp == null) | .metadata.name'

# Deletes a pod: by default with 30 seconds for its process to end, with gracePeriodSeconds=0 as when its node goes away.
#   delete POD [OPTION]
delete() {
  kubectl --server="$api" delete --raw "/api/v1/namespaces/default/pods/$1${2:+?$2}" >/dev/null
}

# Waits until a command succeeds.
#   await_that REASON COMMAND…
await_that() {
  local deadline=$((SECONDS + 240))
  until "${@:2}"; do
    ((SECONDS < deadline)) || fail_pods "after four minutes, still not $1"
    sleep 0.2
  done
}

both_run() {
  (($(pods executor "$running" | wc -l) == 2))
}

both_train() {
  (($(find "$store/attempts" -name progress.json -newer "$work/running" 2>/dev/null | wc -l) == 2))
}

# Deletes the pod of the youngest executor, which has just begun to train.
#   interrupt [OPTION]
interrupt() {
  local victim
  await_that "two executors" both_run
  touch "$work/running"
  await_that "two networks in training" both_train
  victim=$(pods executor "$running" | sort -V | tail -n 1)
  delete "$victim" "$@"
  echo "Deleted $victim after $SECONDS s, $(find "$store/artifacts" -name manifest.json 2>/dev/null | wc -l) of 15 jobs done"
}

# Prints the digest of the weights of each job in a store.
weights() {
  (cd "$1/artifacts" && find . -name weights.safetensors -path '*/attempt-*' -exec sha256sum {} + |
    sed 's#/attempt-.*##' | sort -k 2)
}

# A sweep two of whose executors are deleted while they train, the first as when its node is taken back with notice, the second
# as when its node goes away, which Spark notices when it looks for the pod, here sooner than by default.
submit --conf spark.kubernetes.executor.apiPollingInterval=5s --conf spark.kubernetes.executor.missingPodDetectDelta=5s \
  run "$conf" >"$work/run.table" 2>"$work/run.log" &
run=$!
interrupt
interrupt gracePeriodSeconds=0

# Meanwhile, the program's exit code, and those of what keeps it from starting.
others=()
expect 2 unknown 'No sweep named other in' status "$conf" --set bilateral.name=other &
others+=($!)
expect 3 spark-image 'the image spark:1 must be made with' --image spark:1 status "$conf" &
others+=($!)
expect 2 no-image "can't pull the image nowhere:1: (ErrImagePull|ImagePullBackOff)" --image nowhere:1 status "$conf" &
others+=($!)

# Executors on nodes with GPUs, as submit/kubernetes.sh says.
submit --gpus 1 --conf spark.kubernetes.executor.podTemplateFile=submit/gpu-pool.yaml \
  --conf spark.kubernetes.submission.waitAppCompletion=false --conf spark.kubernetes.driver.pod.name=on-gpus \
  run "$conf" --set bilateral.name=on-gpus --set 'bilateral.grid.seeds=[7]' >"$work/gpus.log" 2>&1 || fail "submitting failed"

is_on_gpus() {
  pods executor 'select(.spec.nodeName == "gpu-1") | @json' | head -n 1 >"$work/executor.json"
  [[ -s $work/executor.json ]]
}

await_that "an executor on the node gpu-1" is_on_gpus
jq -e '.spec.containers[0] | .resources.limits["nvidia.com/gpu"] == "1" and
  (.env | any(.name == "AWS_SECRET_ACCESS_KEY" and .valueFrom.secretKeyRef == {"name": "s3", "key": "key"}))' \
  "$work/executor.json" >/dev/null || fail "the executor lacks its GPU or the secret's key"
delete on-gpus

for other in "${others[@]}"; do
  wait "$other" || exit 1
done
wait "$run" || fail_pods "the run failed"
grep -aE '^\||^15 jobs' "$work/run.table"
check_quickstart "$work/run.table" 15 0
(($(grep -ac 'failed because while it was being computed, its executor exited' "$work/run.table") >= 2)) ||
  fail "no two jobs were interrupted"
grep -aoE 'The executor with id [0-9]+ was deleted by a user or the framework' "$work/run.table" || fail "no notice was given"
grep -aoE 'The executor with ID [0-9]+ .* was not found in the cluster' "$work/run.table" || fail "no executor just disappeared"
! grep -aq 'its artifact is already in the store' "$work/run.table" || fail "an interrupted job was done by then"
wait "$undisturbed" || fail "the undisturbed run failed"
(($(weights "$store" | wc -l) == 9)) || fail "not nine networks"
diff <(weights "$work/undisturbed") <(weights "$store") || fail "other weights than those of an undisturbed run"

no_executor_runs() {
  [[ -z $(pods executor 'select(.status.phase == "Running") | .metadata.name') ]]
}

await_that "the end of all executors after their drivers" no_executor_runs
echo "Kubernetes ran the quickstart, gave the sweep's exit codes, and put executors with a secret on a node with GPUs."
