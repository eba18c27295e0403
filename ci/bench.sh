#!/usr/bin/env bash
# Prints this machine's figures, one JSON line each. A benchmark, not a test: nothing depends on its outcome.
#   ci/bench.sh                                  our own speed, about four minutes
#   ci/bench.sh --torch python3 --stock          beside PyTorch and DL4J's own layers, in the same run
#   ci/bench.sh --help
set -euo pipefail

"$(dirname "${BASH_SOURCE[0]}")/test-class.sh" org.bilateralbrain.bench.Benchmark "$@"
