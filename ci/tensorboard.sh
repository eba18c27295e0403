#!/usr/bin/env bash
# Reads every event file in a folder with TensorBoard's own reader, prints each run's tags, number of steps and last
# values, and compares them with history.csv, metrics.json and job.json if these are beside it.
#   ci/tensorboard.sh FOLDER                     a store, or the target folder of the command tensorboard
#   PYTHON=venv/bin/python ci/tensorboard.sh …   with a Python that has TensorBoard (pip install tensorboard)
# Exit codes: 0 all equal, 1 a difference or no event files, 2 wrong usage or no TensorBoard.
set -euo pipefail

if (($# != 1)) || [[ ! -d $1 ]]; then
  echo "usage: ci/tensorboard.sh FOLDER" >&2
  exit 2
fi
exec "${PYTHON:-python3}" "$(dirname "${BASH_SOURCE[0]}")/read_events.py" "$1"
