#!/usr/bin/env bash
# Compiles the tests and runs a main class among them.
#   ci/test-class.sh CLASS ARGUMENT…
# BILATERAL_PROFILE names the Maven profile, as for submit/local.sh.
set -euo pipefail

cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
# shellcheck source=submit/common.bash
source submit/common.bash
while read -r variable; do
  export "${variable?}"
done < <(libtorch_environment 0)
classpath=$(mktemp)
trap 'rm -f "$classpath"' EXIT
mvn -q -B -Dstyle.color=never ${BILATERAL_PROFILE:+-P"$BILATERAL_PROFILE"} test-compile dependency:build-classpath -DincludeScope=test -Dmdep.outputFile="$classpath" >&2
java -Xmx2g -Duser.language=en -Duser.country=US @submit/java17.flags \
  -Dorg.bytedeco.javacpp.maxbytes=0 -Dorg.bytedeco.javacpp.maxphysicalbytes=0 -cp "target/test-classes:target/classes:$(cat "$classpath")" "$@"
