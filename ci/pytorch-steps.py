"""Writes what PyTorch's own schedulers and optimisers do, step by step, for the tests to compare our engines with.

  python ci/pytorch-steps.py src/test/resources/pytorch/steps

Needs nothing but PyTorch; the files in the repository are from 2.13 on a CPU. Everything is computed in double
precision, and everything is given by formulas, so that the same script writes the same files: weights, images and
labels by `uniform` below, which StepsOfPyTorch.java repeats.

schedules.json  learning rate and momentum of every step, for each scheduler and each of its options
<case>.json     a few steps of a small ResNet-9 or of heads alone: the settings, the rates and the loss of each step, a
                projection of all values after each step, and all values after the last (float32, little-endian, base64)
"""

import base64
import json
import math
import os
import struct
import sys

import torch
from torch import nn
from torch.nn import functional
from torch.optim import lr_scheduler, swa_utils

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

IMAGE, BATCH, STEPS = 16, 8, 7
CLASSES = {"fine": 5, "coarse": 3}
FEATURES = 12


# What everything starts from

def uniform(stream, i):
    """A number in [0, 1), the same on every machine: integers of 32 bits, mixed."""
    x = (i * 0x9E3779B1 + stream * 0x85EBCA77) & 0xFFFFFFFF
    x ^= x >> 15
    x = x * 0x2C1B3C6D & 0xFFFFFFFF
    x ^= x >> 12
    x = x * 0x297A2D39 & 0xFFFFFFFF
    x ^= x >> 15
    return x / 2 ** 32


def symmetric(stream, count, bound=1.0, centre=0.0):
    values = [centre + bound * (2 * uniform(stream, i) - 1) for i in range(count)]
    return torch.tensor(values, dtype=torch.float32).double()


def initial(name, shape, stream):
    count = math.prod(shape)
    if len(shape) > 1:
        return symmetric(stream, count, math.sqrt(6 / math.prod(shape[1:]))).reshape(shape)
    return symmetric(stream, count, 0.1, 1.0 if name.endswith((".running_var", "_bn.weight", "1.weight")) else 0.0)


def batch(step, architecture):
    if architecture == "heads":
        x = symmetric(1000 + step, BATCH * FEATURES, 1.7).reshape(BATCH, FEATURES)
    else:
        x = symmetric(1000 + step, BATCH * IMAGE * IMAGE * 3, 1.7).reshape(BATCH, IMAGE, IMAGE, 3).permute(0, 3, 1, 2)
    labels = {head: torch.tensor([int(uniform(stream + step, i) * CLASSES[head]) for i in range(BATCH)])
              for head, stream in (("fine", 2000), ("coarse", 3000))}
    return x, labels


# The networks, with the names that their state dicts have in our files

def block(inputs, outputs, pools, momentum):
    layers = [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs, momentum=momentum), nn.ReLU()]
    return nn.Sequential(*layers, *([nn.MaxPool2d(2)] if pools else []))


class Residual(nn.Module):
    def __init__(self, channels, momentum):
        super().__init__()
        self.conv_res1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.conv_res1_bn = nn.BatchNorm2d(channels, momentum=momentum)
        self.conv_res2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.conv_res2_bn = nn.BatchNorm2d(channels, momentum=momentum)

    def forward(self, x):
        y = self.conv_res1_bn(self.conv_res1(x)).relu()
        return self.conv_res2_bn(self.conv_res2(y)).relu() + x


class ResNet9(nn.Module):
    def __init__(self, width, momentum):
        super().__init__()
        self.conv1 = block(3, width, False, momentum)
        self.conv2 = block(width, 2 * width, True, momentum)
        self.res1 = Residual(2 * width, momentum)
        self.conv3 = block(2 * width, 4 * width, True, momentum)
        self.conv4 = block(4 * width, 8 * width, True, momentum)
        self.res2 = nn.Sequential(Residual(8 * width, momentum))

    def forward(self, x):
        return self.res2(self.conv4(self.conv3(self.res1(self.conv2(self.conv1(x)))))).mean((2, 3))


class Network(nn.Module):
    def __init__(self, case):
        super().__init__()
        if case["architecture"] == "resnet9":
            self.hemisphere = ResNet9(1, case["norm_momentum"])
        features = FEATURES if case["architecture"] == "heads" else 8
        for head in case["heads"]:
            self.add_module(head + "_head", nn.Sequential(nn.Identity(), nn.Linear(features, CLASSES[head])))
        with torch.no_grad():
            for stream, (name, tensor) in enumerate(values(self)):
                tensor.copy_(initial(name, tensor.shape, stream))

    def forward(self, x):
        features = self.hemisphere(x) if hasattr(self, "hemisphere") else x
        return {name: module(features) for name, module in self.named_children() if name.endswith("_head")}


def values(network):
    return [(name, tensor) for name, tensor in network.state_dict().items() if not name.endswith("num_batches_tracked")]


# One training

def optimiser(network, case):
    settings = case["optimiser"]
    with_decay, without = [], []
    for name, parameter in network.named_parameters():
        spared = parameter.dim() == 1 and not case["decays_norm_and_bias"]
        (without if spared else with_decay).append(parameter)
    groups = [{"params": with_decay, "weight_decay": case["weight_decay"]}, {"params": without, "weight_decay": 0.0}]
    if settings["name"] == "sgd":
        return torch.optim.SGD(groups, lr=case["lr"], momentum=settings["momentum"], nesterov=settings["nesterov"])
    kind = torch.optim.AdamW if settings["name"] == "adamw" else torch.optim.Adam
    return kind(groups, lr=case["lr"], betas=(settings["beta1"], settings["beta2"]), eps=settings["eps"])


def rates(steps):
    group = steps.param_groups[0]
    return [group["lr"], group["betas"][0] if "betas" in group else group["momentum"]]


def run(case):
    network = Network(case)
    steps = optimiser(network, case)
    schedule = lr_scheduler.OneCycleLR(steps, total_steps=STEPS, **case["one_cycle"]) if case.get("one_cycle") else None
    decay = case["average_decay"]
    average = swa_utils.AveragedModel(network, multi_avg_fn=swa_utils.get_ema_multi_avg_fn(decay)) if decay else None
    result = {"rates": [], "losses": [], "norms": [], "projections": []}
    network.train()
    for step in range(STEPS):
        x, labels = batch(step, case["architecture"])
        steps.zero_grad()
        loss = sum(functional.cross_entropy(logits, labels[head.removesuffix("_head")],
                                            label_smoothing=case["label_smoothing"])
                   for head, logits in network(x).items())
        loss.backward()
        limit = case["clip_norm"] or math.inf
        result["norms"].append(nn.utils.clip_grad_norm_(network.parameters(), limit).item())
        result["rates"].append(rates(steps))
        result["losses"].append(loss.item())
        steps.step()
        if schedule and step + 1 < STEPS:
            schedule.step()
        if average:
            average.update_parameters(network)
        result["projections"].append(projection(network))
    result["values"] = encoded(network)
    if average:
        swa_utils.update_bn([batch(step, case["architecture"])[0] for step in range(STEPS, STEPS + 3)], average)
        result["averaged_values"] = encoded(average.module)
    result["names"] = [name for name, _ in values(network)]
    return result


def projection(network):
    """Of all values, on fixed directions: one number that every one of them changes."""
    return sum((tensor.flatten() * symmetric(4000 + stream, tensor.numel())).sum().item()
               for stream, (_, tensor) in enumerate(values(network)))


def encoded(network):
    every = [value for _, tensor in values(network) for value in tensor.flatten().tolist()]
    return base64.b64encode(struct.pack(f"<{len(every)}f", *every)).decode()


def adam(name="adam", beta1=0.9, beta2=0.999, eps=1e-8):
    return {"name": name, "beta1": beta1, "beta2": beta2, "eps": eps}


def sgd(momentum=0.0, nesterov=False):
    return {"name": "sgd", "momentum": momentum, "nesterov": nesterov}


def case(optimiser, lr, **changes):
    return {"architecture": "resnet9", "heads": ["fine", "coarse"], "norm_momentum": 0.9, "optimiser": optimiser,
            "lr": lr, "weight_decay": 0.0, "decays_norm_and_bias": True, "clip_norm": None, "label_smoothing": 0.0,
            "average_decay": 0.0, **changes}


ONE_CYCLE = {"max_lr": 0.05, "pct_start": 0.4, "div_factor": 10, "final_div_factor": 100}

CASES = {
    "adam": case(adam(), 0.01),
    "adam-decay": case(adam(), 0.01, weight_decay=0.05),
    "adam-decay-weights": case(adam(beta1=0.8, beta2=0.99, eps=1e-5), 0.01, weight_decay=0.05,
                               decays_norm_and_bias=False),
    "adamw-decay": case(adam("adamw"), 0.01, weight_decay=0.5),
    "adamw-decay-weights": case(adam("adamw"), 0.01, weight_decay=0.5, decays_norm_and_bias=False),
    "sgd": case(sgd(), 0.05),
    "sgd-decay": case(sgd(), 0.05, weight_decay=0.05),
    "momentum-decay": case(sgd(0.9), 0.02, weight_decay=0.05),
    "momentum-decay-weights": case(sgd(0.9), 0.02, weight_decay=0.05, decays_norm_and_bias=False),
    "nesterov": case(sgd(0.9, True), 0.02),
    "nesterov-decay-weights": case(sgd(0.9, True), 0.02, weight_decay=0.05, decays_norm_and_bias=False),
    "clipped-momentum-decay": case(sgd(0.9), 0.05, weight_decay=0.05, clip_norm=1.5),
    "clipped-adam-decay": case(adam(eps=0.01), 0.01, weight_decay=0.05, clip_norm=1.5),
    "one-cycle-nesterov": case(sgd(0.9, True), 0.05, one_cycle=ONE_CYCLE),
    "one-cycle-adam": case(adam(), 0.05, one_cycle=ONE_CYCLE),
    "smoothing-one-head": case(sgd(0.9), 0.02, heads=["fine"], label_smoothing=0.1),
    "smoothing-two-heads": case(sgd(0.9), 0.02, label_smoothing=0.2),
    "average-momentum": case(sgd(0.9), 0.02, average_decay=0.8),
    "average-adamw-norm-momentum": case(adam("adamw"), 0.01, weight_decay=0.5, average_decay=0.4, norm_momentum=0.1),
    "heads-adam": case(adam(), 0.05, architecture="heads"),
    "heads-all": case(sgd(0.9, True), 0.05, architecture="heads", weight_decay=0.05, decays_norm_and_bias=False,
                      clip_norm=0.8, label_smoothing=0.1, average_decay=0.7, one_cycle=ONE_CYCLE),
}


# Schedules

EPOCHS, STEPS_PER_EPOCH, BASE = 12, 4, 0.2
ALL_STEPS = EPOCHS * STEPS_PER_EPOCH


def course(make, momentum=None, each_epoch=False):
    parameter = nn.Parameter(torch.zeros(1))
    steps = (torch.optim.Adam([parameter], lr=BASE, betas=(0.9, 0.99)) if momentum is None
             else torch.optim.SGD([parameter], lr=BASE, momentum=momentum))
    schedule = make(steps)
    course = []
    for step in range(ALL_STEPS):
        course.append(rates(steps))
        steps.step()
        if step + 1 < ALL_STEPS and (not each_epoch or (step + 1) % STEPS_PER_EPOCH == 0):
            schedule.step()
    return course


def warmed(epochs, start, then):
    """LinearLR chained with another scheduler, whose lengths are in steps."""
    rises = round(epochs * STEPS_PER_EPOCH)
    return lambda steps: lr_scheduler.ChainedScheduler(
        [lr_scheduler.LinearLR(steps, start_factor=start, total_iters=rises), *([then(steps)] if then else [])])


def warmed_cosine(epochs, start, t_max, eta_min):
    """The usual recipe: LinearLR, then CosineAnnealingLR."""
    rises = round(epochs * STEPS_PER_EPOCH)
    length = round(t_max * STEPS_PER_EPOCH) if t_max else ALL_STEPS - rises
    return lambda steps: lr_scheduler.SequentialLR(
        steps,
        [lr_scheduler.LinearLR(steps, start_factor=start, total_iters=rises),
         lr_scheduler.CosineAnnealingLR(steps, T_max=length, eta_min=eta_min)],
        milestones=[rises])


def schedules():
    cases = []

    def add(settings, course):
        cases.append({"schedule": settings, "rates": course})

    for size, gamma in ((1, 0.7), (5, 0.1), (12, 0.1)):
        add({"name": "step", "step_size": size, "gamma": gamma},
            course(lambda steps: lr_scheduler.StepLR(steps, size, gamma), each_epoch=True))
    for milestones, gamma in (([3, 7, 8], 0.2), ([6], 0.1), ([], 0.1)):
        add({"name": "multistep", "milestones": milestones, "gamma": gamma},
            course(lambda steps: lr_scheduler.MultiStepLR(steps, milestones, gamma), momentum=0.9, each_epoch=True))
    for t_max, eta_min in ((0, 0.0), (0, 0.001), (8, 0.01), (2.5, 0.0)):
        length = round(t_max * STEPS_PER_EPOCH) or ALL_STEPS
        add({"name": "cosine", "start": 0, "t_max": t_max, "eta_min": eta_min},
            course(lambda steps: lr_scheduler.CosineAnnealingLR(steps, T_max=length, eta_min=eta_min)))
    for warmup, start, t_max, eta_min in ((2, 0.1, 0, 0.0), (1.5, 1 / 3, 0, 0.002), (3, 0.01, 6, 0.01)):
        add({"name": "cosine", "start": warmup, "t_max": t_max, "eta_min": eta_min, "warmup": warmup,
             "warmup_start": start}, course(warmed_cosine(warmup, start, t_max, eta_min), momentum=0.9))
    add({"name": "constant", "warmup": 2.25, "warmup_start": 0.2}, course(warmed(2.25, 0.2, None)))
    add({"name": "step", "step_size": 4, "gamma": 0.5, "warmup": 5, "warmup_start": 0.1},
        course(warmed(5, 0.1, lambda steps: lr_scheduler.StepLR(steps, 4 * STEPS_PER_EPOCH, 0.5))))
    add({"name": "multistep", "milestones": [2, 9], "gamma": 0.1, "warmup": 3, "warmup_start": 1 / 3},
        course(warmed(3, 1 / 3, lambda steps: lr_scheduler.MultiStepLR(
            steps, [2 * STEPS_PER_EPOCH, 9 * STEPS_PER_EPOCH], 0.1))))
    for changes in (
            {}, {"anneal_strategy": "linear"}, {"three_phase": True}, {"three_phase": True, "anneal_strategy": "linear"},
            {"pct_start": 0.41}, {"pct_start": 0.5, "three_phase": True}, {"pct_start": 0.07},
            {"div_factor": 4.0, "final_div_factor": 10.0}, {"cycle_momentum": False},
            {"base_momentum": 0.7, "max_momentum": 0.99, "anneal_strategy": "linear"}):
        settings = {"pct_start": 0.3, "anneal_strategy": "cos", "div_factor": 25.0, "final_div_factor": 1e4,
                    "three_phase": False, "cycle_momentum": True, "base_momentum": 0.85, "max_momentum": 0.95, **changes}
        for momentum in ((None,) if changes and settings["cycle_momentum"] else (None, 0.9)):
            add({"name": "onecycle", **settings}, course(
                lambda steps: lr_scheduler.OneCycleLR(steps, max_lr=BASE, total_steps=ALL_STEPS, **settings), momentum))
    return {"epochs": EPOCHS, "steps_per_epoch": STEPS_PER_EPOCH, "lr": BASE, "momentum": 0.9, "cases": cases}


def write(name, content):
    with open(os.path.join(sys.argv[1], name + ".json"), "w", encoding="utf-8", newline="\n") as file:
        json.dump(content, file)
        file.write("\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    os.makedirs(sys.argv[1], exist_ok=True)
    write("schedules", schedules())
    for name, settings in CASES.items():
        write(name, {"torch": torch.__version__, "settings": settings, **run(settings)})
