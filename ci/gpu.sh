#!/usr/bin/env bash
# Checks the engine torch on a machine with NVIDIA GPUs, from the build to a cluster, and prints its speed:
#   - the golden vectors, equality with the CPU, bit-identity and memory on the first GPU
#   - images per second in each precision, with one task and with four
#   - the quickstart on a standalone cluster whose workers assign GPUs
# Needs a driver for CUDA 13; cuDNN 9 and NCCL 2 come with the build.
#   BILATERAL_CIFAR100=… BILATERAL_GOLDEN=… ci/gpu.sh        (without them, no golden vectors)
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

nvidia-smi --query-gpu=index,name,compute_cap,memory.total,driver_version --format=csv
export BILATERAL_GPU=0
export CUBLAS_WORKSPACE_CONFIG=:4096:8 CUDA_DEVICE_ORDER=PCI_BUS_ID
build=(mvn -q -B -Dstyle.color=never -Ptorch-cuda -Dcuda.redist)

"${build[@]}" test -Dtest='org.bilateralbrain.nn.torch.*Test'
ci/count-tests.sh target/surefire-reports

BILATERAL_PROFILE=torch-cuda,cuda-redist ci/bench.sh --engine torch --gpu 0 --precision float32,tf32,bf16
nvidia-smi --query-gpu=memory.used --format=csv

"${build[@]}" -DskipTests pre-integration-test
ci/cluster.sh standalone --gpus 1 torch
