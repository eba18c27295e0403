"""Writes files as the reference implementation leaves them, with what their networks answer: real modules, real torch.save.

    python reference_networks.py FOLDER

Each NAME.ckpt comes with NAME.json: the input (one normalised image, channels first) and each head's logits in evaluation
mode, in the order of the file's own rows. Networks are a 32nd as wide as the published ones.
"""
import json, pathlib, sys

import torch
from torch import nn

WIDTH = 2
torch.manual_seed(1)


class BasicBlock(nn.Module):
    """Modules named as in pytorch-cifar100."""

    expansion = 1

    def __init__(self, channels_in, channels, stride):
        super().__init__()
        self.residual_function = nn.Sequential(
            nn.Conv2d(channels_in, channels, 3, stride, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU(),
            nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels))
        self.shortcut = shortcut(channels_in, channels, stride)

    def forward(self, x):
        return torch.relu(self.residual_function(x) + self.shortcut(x))


class Bottleneck(nn.Module):
    expansion = 4

    def __init__(self, channels_in, channels, stride):
        super().__init__()
        self.residual_function = nn.Sequential(
            nn.Conv2d(channels_in, channels, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU(),
            nn.Conv2d(channels, channels, 3, stride, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU(),
            nn.Conv2d(channels, 4 * channels, 1, bias=False), nn.BatchNorm2d(4 * channels))
        self.shortcut = shortcut(channels_in, 4 * channels, stride)

    def forward(self, x):
        return torch.relu(self.residual_function(x) + self.shortcut(x))


def shortcut(channels_in, channels_out, stride):
    if stride == 1 and channels_in == channels_out:
        return nn.Sequential()
    return nn.Sequential(nn.Conv2d(channels_in, channels_out, 1, stride, bias=False), nn.BatchNorm2d(channels_out))


class DeepResNet(nn.Module):
    def __init__(self, block, counts):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(3, WIDTH, 3, 1, 1, bias=False), nn.BatchNorm2d(WIDTH), nn.ReLU())
        self.features = WIDTH
        for stage, count in enumerate(counts):
            setattr(self, f"conv{stage + 2}_x", self.stage(block, WIDTH << stage, count, 1 if stage == 0 else 2))

    def stage(self, block, channels, count, stride):
        blocks = []
        for number in range(count):
            blocks.append(block(self.features, channels, stride if number == 0 else 1))
            self.features = channels * block.expansion
        return nn.Sequential(*blocks)

    def forward(self, x):
        x = self.conv5_x(self.conv4_x(self.conv3_x(self.conv2_x(self.conv1(x)))))
        return x.mean((2, 3))


class Vgg11(nn.Module):
    """Modules named as in torchvision, inside one named vgg."""

    def __init__(self, with_linear):
        super().__init__()
        layers, channels_in = [], 3
        for channels in (1, 0, 2, 0, 4, 4, 0, 8, 8, 0, 8, 8, 0):
            if channels == 0:
                layers.append(nn.MaxPool2d(2))
            else:
                layers += [nn.Conv2d(channels_in, channels * WIDTH, 3, 1, 1), nn.ReLU()]
                channels_in = channels * WIDTH
        self.vgg = nn.Module()
        self.vgg.features = nn.Sequential(*layers)
        self.vgg.avgpool = nn.AdaptiveAvgPool2d(7)
        self.vgg.classifier = nn.Sequential()
        self.features = 49 * channels_in
        if with_linear:
            width = 64 * WIDTH
            self.vgg.classifier = nn.Sequential(
                nn.Linear(self.features, width), nn.ReLU(), nn.Dropout(), nn.Linear(width, width), nn.ReLU(), nn.Dropout())
            self.features = width

    def forward(self, x):
        return self.vgg.classifier(self.vgg.avgpool(self.vgg.features(x)).flatten(1))


def head(features, classes):
    return nn.Sequential(nn.Dropout(0.6), nn.Linear(features, classes))


class Unilateral(nn.Module):
    def __init__(self, hemisphere, **classes):
        super().__init__()
        self.hemisphere = hemisphere
        self.heads = list(classes)
        for label, count in classes.items():
            self.add_module(label + "_head", head(hemisphere.features, count))

    def forward(self, x):
        features = self.hemisphere(x)
        return {label: getattr(self, label + "_head")(features) for label in self.heads}


class Bilateral(nn.Module):
    def __init__(self, fine_hemi, coarse_hemi):
        super().__init__()
        self.fine_hemi, self.coarse_hemi = fine_hemi, coarse_hemi
        features = fine_hemi.features + coarse_hemi.features
        self.fine_head, self.coarse_head = head(features, 100), head(features, 20)

    def forward(self, x):
        features = torch.cat([self.fine_hemi(x), self.coarse_hemi(x)], 1)
        return {"fine": self.fine_head(features), "coarse": self.coarse_head(features)}


def resnet18():
    return DeepResNet(BasicBlock, (2, 2, 2, 2))


networks = {
    "resnet18-fine": Unilateral(resnet18(), fine=100),
    "resnet18-both": Unilateral(resnet18(), fine=100, coarse=20),
    "resnet50-coarse": Unilateral(DeepResNet(Bottleneck, (3, 4, 6, 3)), coarse=20),
    "vgg11-fine": Unilateral(Vgg11(True), fine=100),
    "vgg11_features-fine": Unilateral(Vgg11(False), fine=100),
    "resnet18-resnet18": Bilateral(resnet18(), resnet18()),
}
folder = pathlib.Path(sys.argv[1])
image = torch.randn(1, 3, 32, 32)
for name, network in networks.items():
    network(torch.randn(8, 3, 32, 32))  # moves batch norm's statistics away from where they start
    with torch.no_grad():
        logits = {label: values[0].tolist() for label, values in network.eval()(image).items()}
    state = {"model." + key: value for key, value in network.state_dict().items()}
    torch.save({"epoch": 3, "state_dict": state, "callbacks": {}}, folder / f"{name}.ckpt")
    (folder / f"{name}.json").write_text(json.dumps({"image": image.flatten().tolist(), "logits": logits}))
