#!/usr/bin/env bash
# Prints this machine's speed, one line of JSON per figure. A benchmark, not a test: nothing depends on its outcome.
#   ci/bench.sh                                  this program alone, about four minutes
#   ci/bench.sh --torch python3 --stock          also PyTorch and DL4J's own layers, in the same run
#   ci/bench.sh --help
set -euo pipefail

"$(dirname "${BASH_SOURCE[0]}")/test-class.sh" org.bilateralbrain.bench.Benchmark "$@"
