#!/usr/bin/env bash
# Prints this machine's speed, one line of JSON per figure. A benchmark, not a test: nothing depends on its outcome.
#   ci/bench.sh                                          both engines in float32, about eight minutes
#   ci/bench.sh --precision float32,bf16 --torch PYTHON  also bf16, and PyTorch in the same run, each way of running it
#   ci/bench.sh --engine dl4j --stock                    one engine, and DL4J's own layers
#   ci/bench.sh --engine torch --gpu 0                   on a GPU
# PYTHON is best one whose allocator keeps its memory, as the scripts do for this program: see src/site/markdown/engines.md.
#   ci/bench.sh --help
set -euo pipefail

"$(dirname "${BASH_SOURCE[0]}")/test-class.sh" org.bilateralbrain.bench.Benchmark "$@"
