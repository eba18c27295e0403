"""Writes files as Python programs write them, for the tests to read.

  python ci/python-files.py src/test/resources/python

Needs NumPy and PyTorch; the files in the repository are from NumPy 2.4 and PyTorch 2.13.

pickles/<how>/      a data set in the layout of CIFAR-100's python version, as Python 3 pickles it: 4 training images and
                    2 test images of one colour each, in 2 fine and 2 coarse classes
checkpoints/        a state dictionary of two tensors, saved beside other things, under other keys and in other types
"""

import argparse
import collections
import os
import pathlib
import pickle
import sys

import numpy
import torch

FINE = ["oak", "größe"]
COARSE = ["tree", "thing"]


def pickles(target):
    for protocol in (2, 3, 4, 5):
        write_set(f"{target}/protocol-{protocol}", protocol)
    write_set(f"{target}/bytes-for-text", 4, text=lambda s: s.encode())
    write_set(f"{target}/labels-in-arrays", 5, labels=lambda x: numpy.array(x))
    write_set(f"{target}/labels-of-numpy", 4, labels=lambda x: [numpy.int64(i) for i in x])
    write_set(f"{target}/columns-first", 5, images=numpy.asfortranarray)


def write_set(folder, protocol, text=str, labels=list, images=lambda x: x):
    os.makedirs(folder, exist_ok=True)
    for part, count in (("train", 4), ("test", 2)):
        rows = numpy.repeat(numpy.arange(3 * count, dtype=numpy.uint8).reshape(count, 3) * 20, 1024, axis=1)
        dump(f"{folder}/{part}", protocol, {
            text("data"): images(rows),
            text("fine_labels"): labels([i % 2 for i in range(count)]),
            text("coarse_labels"): labels([i % 2 for i in range(count)]),
            text("filenames"): [text("%d.png" % i) for i in range(count)],
            text("batch_label"): text(part)})
    dump(f"{folder}/meta", protocol, {
        text("fine_label_names"): [text(name) for name in FINE],
        text("coarse_label_names"): [text(name) for name in COARSE]})


def dump(file, protocol, value):
    with open(file, "wb") as out:
        pickle.dump(value, out, protocol)


def state_dictionary(dtype=torch.float32):
    """Values that each of the types holds exactly."""
    return collections.OrderedDict([
        ("conv.weight", (torch.arange(6, dtype=torch.float32).reshape(2, 3) / 4 - 0.5).to(dtype)),
        ("norm.num_batches_tracked", torch.tensor(3))])


class Settings(dict):
    """A dictionary of a class that isn't there where the file is read, such as Lightning's AttributeDict."""

    __module__ = "lightning_fabric.utilities.data"
    __qualname__ = "Settings"


for package in ("lightning_fabric", "lightning_fabric.utilities", Settings.__module__):
    sys.modules[package] = sys.modules[__name__]


def lightning(**more):
    return {"epoch": 3, "global_step": 400, "state_dict": state_dictionary(), "loops": {}, "callbacks": {}, **more}


def scheduler(make):
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1, momentum=0.9)
    return make(optimiser).state_dict()


def checkpoints(target):
    os.makedirs(target, exist_ok=True)
    dictionary = state_dictionary()
    schedulers = torch.optim.lr_scheduler
    adam = torch.optim.Adam([torch.nn.Parameter(torch.zeros(2))])
    adam.param_groups[0]["params"][0].sum().backward()
    adam.step()
    files = {
        "alone.pt": dictionary,
        "lightning.ckpt": lightning(),
        "attribute-dictionary.ckpt": lightning(hyper_parameters=Settings(lr=0.1, nested=Settings(a=1))),
        "namespace.ckpt": lightning(hyper_parameters={"args": argparse.Namespace(lr=0.1)}),
        "numpy-number.pt": {"state_dict": dictionary, "best_acc": numpy.float64(0.71), "names": numpy.array(["a", "b"])},
        "path.ckpt": lightning(hyper_parameters={"data": pathlib.PosixPath("/data")}),
        "optimizer.ckpt": lightning(optimizer_states=[adam.state_dict()]),
        "counter.ckpt": lightning(lr_schedulers=[scheduler(lambda o: schedulers.MultiStepLR(o, [30, 60]))]),
        "one-cycle.ckpt": lightning(lr_schedulers=[scheduler(lambda o: schedulers.OneCycleLR(o, 0.1, total_steps=10))]),
        "torch-values.ckpt": lightning(hyper_parameters={
            "shape": torch.Size([3, 32, 32]), "device": torch.device("cpu"), "dtype": torch.bfloat16}),
        "sets.ckpt": lightning(hyper_parameters={"tags": {"a", "b"}, "fixed": frozenset(["c"]), (1, 2): "pair"}),
        "default-dictionary.ckpt": lightning(optimizer_states=[{"state": collections.defaultdict(dict)}]),
        "half.pt": state_dictionary(torch.float16),
        "bfloat16.pt": state_dictionary(torch.bfloat16),
        "double.pt": state_dictionary(torch.float64),
        "model_state_dict.pt": {"epoch": 3, "model_state_dict": dictionary, "optimizer_state_dict": {}, "loss": 0.5},
        "model.pt": {"model": dictionary},
        "net.pth": {"net": dictionary, "acc": 70.1},
        "best.pth.tar": {"state_dict": dictionary, "arch": "resnet9"},
        "numpy-arrays.pt": {name: tensor.numpy() for name, tensor in dictionary.items()},
        "parameters.pt": {
            name: torch.nn.Parameter(t) if t.is_floating_point() else t for name, t in dictionary.items()},
        "transposed.pt": {**dictionary, "conv.weight": dictionary["conv.weight"].T.contiguous().T},
    }
    for name, content in files.items():
        torch.save(content, f"{target}/{name}")
    for protocol in (3, 4, 5):
        torch.save(lightning(hyper_parameters={"tags": {"a", "b"}}), f"{target}/protocol-{protocol}.pt",
                   pickle_protocol=protocol)
    torch.save(dictionary, f"{target}/legacy.pt", _use_new_zipfile_serialization=False)
    torch.save({"model": torch.nn.Linear(2, 2)}, f"{target}/whole-module.pt")
    torch.save({"weights": dictionary}, f"{target}/unknown-key.pt")


if __name__ == "__main__":
    pickles(sys.argv[1] + "/pickles")
    checkpoints(sys.argv[1] + "/checkpoints")
