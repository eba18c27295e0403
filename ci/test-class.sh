#!/usr/bin/env bash
# Compiles the tests and runs a main class among them.
#   ci/test-class.sh CLASS ARGUMENT…
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
classpath=$(mktemp)
trap 'rm -f "$classpath"' EXIT
mvn -q -B -Dstyle.color=never test-compile dependency:build-classpath -DincludeScope=test -Dmdep.outputFile="$classpath" >&2
java -Xmx2g -Dorg.bytedeco.javacpp.maxbytes=0 -Dorg.bytedeco.javacpp.maxphysicalbytes=0 \
  -cp "target/test-classes:target/classes:$(cat "$classpath")" "$@"
