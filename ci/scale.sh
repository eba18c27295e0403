#!/usr/bin/env bash
# Prints how far a sweep scales: a simulation that uses durations measured on this machine. Takes a minute or two.
#   ci/scale.sh
set -euo pipefail

"$(dirname "${BASH_SOURCE[0]}")/test-class.sh" org.bilateralbrain.sweep.ScaleTable
