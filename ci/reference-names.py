"""Prints the names in the state dictionaries of the reference implementation's networks with two heads, as JSON.
   python ci/reference-names.py CLONE-OF-BILATERAL-BRAIN > src/test/resources/pytorch/names.json
Needs PyTorch, and what the reference imports."""

import json
import logging
import sys

sys.path.insert(0, sys.argv[1])
logging.disable(logging.CRITICAL)
from models import macro, resnet  # noqa: E402

HEADS = [f"{head}_head.1.{kind}" for head in ("fine", "coarse") for kind in ("weight", "bias")]

names = {}
for backbone in ("resnet9", "vgg11", "sparse_resnet9"):
    sparsity = (0.3, 0.5) if backbone.startswith("sparse") else (None, None)
    network = macro.UnilateralNet("both", "pred", backbone, None, False, *sparsity, 0.0)
    names[backbone] = list(network.state_dict())
for backbone in ("resnet18", "resnet50"):  # which the reference has without heads of these names
    network = getattr(resnet, backbone)()
    names[backbone] = [f"hemisphere.{name}" for name in network.state_dict() if not name.startswith("fc.")] + HEADS
names["bilateral"] = list(macro.BilateralNet("pred", "resnet9", "resnet9").state_dict())
json.dump(names, sys.stdout, indent=0)
print()
