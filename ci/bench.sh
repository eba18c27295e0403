#!/usr/bin/env bash
# Prints this machine's figures, one JSON line each. A benchmark, not a test: nothing depends on its outcome.
#   ci/bench.sh                                  our own speed, about four minutes
#   ci/bench.sh --torch python3 --stock          beside PyTorch and DL4J's own layers, in the same run
#   ci/bench.sh --help
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
classpath=$(mktemp)
trap 'rm -f "$classpath"' EXIT
mvn -q -B -Dstyle.color=never test-compile dependency:build-classpath -DincludeScope=test -Dmdep.outputFile="$classpath" >&2
java -Xmx2g -Dorg.bytedeco.javacpp.maxbytes=0 -Dorg.bytedeco.javacpp.maxphysicalbytes=0 \
  -cp "target/test-classes:target/classes:$(cat "$classpath")" org.bilateralbrain.bench.Benchmark "$@"
