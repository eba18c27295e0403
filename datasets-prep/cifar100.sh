#!/usr/bin/env bash
# Downloads CIFAR-100 (binary version, 161 MB), checks it and prepares it for sweeps.
#   datasets-prep/cifar100.sh TARGET            a folder or any Hadoop URI
#   datasets-prep/cifar100.sh TARGET ARCHIVE    takes an archive that is there already
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@" # called as sh SCRIPT
set -euo pipefail +o posix

url=${BILATERAL_CIFAR100_URL:-https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz}
md5=03b5dce01913d631647c71ecec9e9cb8

if (($# < 1 || $# > 2)); then
  sed -n '2,4s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
target=$1
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")

if (($# == 2)); then
  archive=$2
else
  archive=$(mktemp -d)/cifar-100-binary.tar.gz
  trap 'rm -rf "$(dirname "$archive")"' EXIT
  echo "Downloading $url" >&2
  curl --fail --location --retry 3 --progress-bar --output "$archive" "$url"
fi

if command -v md5sum >/dev/null; then found=$(md5sum <"$archive" | cut -d' ' -f1); else found=$(md5 -q "$archive"); fi
if [[ $found != "$md5" ]]; then
  echo "$archive has MD5 $found, the published archive has $md5: it is damaged or another file; download it again." >&2
  exit 2
fi

"$here/../submit/local.sh" prepare --source "$archive" --target "$target" --expect-train 50000 --expect-test 10000
echo "Use it with --set bilateral.data.source=cifar100 --set bilateral.data.path=$target" >&2
