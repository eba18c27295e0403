#!/usr/bin/env bash
# Prints how far a sweep scales: on simulated clusters, and what a real driver costs. Takes about half an hour.
#   ci/scale.sh [JOBS]      100000 unless given
set -euo pipefail

"$(dirname "${BASH_SOURCE[0]}")/test-class.sh" org.bilateralbrain.sweep.ScaleTable "$@"
