"""Reads event files with TensorBoard's own reader, prints what they hold and compares it with the files beside them.

Started by ci/tensorboard.sh, which says how.
"""

import csv
import json
import os
import struct
import sys

try:
    from tensorboard import version
    from tensorboard.backend.event_processing import event_accumulator
    from tensorboard.util import tensor_util
except ImportError as missing:
    print(f"TensorBoard can't be imported ({missing}): pip install tensorboard, and name that Python by PYTHON=...",
          file=sys.stderr)
    sys.exit(2)

SETTINGS = "hyper-parameters"
ALL = 0  # how the reader is told not to leave points out


def runs(folder):
    for path, folders, files in os.walk(folder):
        folders.sort()
        if any("tfevents" in name for name in files):
            yield path


def read(run):
    """The points (step, value) of each scalar tag, and the first line of text of each text tag."""
    events = event_accumulator.EventAccumulator(
        run, size_guidance={event_accumulator.SCALARS: ALL, event_accumulator.TENSORS: ALL})
    events.Reload()
    tags = events.Tags()
    scalars = {tag: [(event.step, event.value) for event in events.Scalars(tag)] for tag in tags["scalars"]}
    texts = {}
    for tag in tags["tensors"]:
        plugin = events.SummaryMetadata(tag).plugin_data.plugin_name
        array = tensor_util.make_ndarray(events.Tensors(tag)[0].tensor_proto)
        if plugin != "text" or array.shape != (1,):
            raise ValueError(f"{run}: {tag} is of the plugin {plugin!r} and of shape {array.shape}, not a text")
        texts[tag] = array[0].decode("utf-8")
    return scalars, texts


def float32(text):
    return struct.unpack("f", struct.pack("f", float(text)))[0]


def expected_scalars(run):
    """What history.csv and metrics.json say, by tag."""
    expected = {}
    with open(os.path.join(run, "history.csv"), encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for column, text in row.items():
                part, _, name = column.partition("_")
                tag = "train/images_per_second" if column == "images_per_second" else f"{part}/{name}"
                if text and column not in ("epoch", "train_seconds"):
                    expected.setdefault(tag, []).append((int(row["epoch"]), float32(text)))
    with open(os.path.join(run, "metrics.json"), encoding="utf-8") as file:
        metrics = json.load(file)
    for head, accuracy in metrics["heads"].items():
        expected[f"test/{head}"] = [(metrics["best_epoch"], float32(accuracy["test"]))]
    return expected


def equal(tag, points, expected):
    # history.csv rounds images per second to one digit after the point
    tolerance = 0.051 if tag == "train/images_per_second" else 0
    return [step for step, _ in points] == [step for step, _ in expected] and all(
        abs(value - other) <= tolerance + tolerance * 1e-5 * abs(other)
        for (_, value), (_, other) in zip(points, expected))


def differences(run, scalars, texts):
    expected = expected_scalars(run)
    for tag in sorted(expected.keys() | scalars.keys()):
        if not equal(tag, scalars.get(tag, []), expected.get(tag, [])):
            yield f"{tag} is {scalars.get(tag)}, the files beside it say {expected.get(tag)}"
    with open(os.path.join(run, "job.json"), encoding="utf-8") as file:
        settings = json.load(file)
    rows = texts.get(SETTINGS, "").replace("\\", "").splitlines()[2:]
    if rows != [f"| {name} | {value} |" for name, value in settings.items()]:
        yield f"{SETTINGS} is {rows}, job.json says {settings}"


def main(folder):
    count = compared = different = 0
    for run in runs(folder):
        count += 1
        scalars, texts = read(run)
        print(os.path.relpath(run, folder))
        for tag, points in sorted(scalars.items()):
            print(f"  {tag:24} {len(points):4} steps, the last {points[-1][0]}: {points[-1][1]:.6g}")
        for tag, text in texts.items():
            print(f"  {tag:24} {len(text.splitlines()) - 2:4} rows")
        if not os.path.exists(os.path.join(run, "history.csv")):
            continue  # gathered by the command tensorboard: nothing beside it
        compared += 1
        found = list(differences(run, scalars, texts))
        different += bool(found)
        for difference in found:
            print(f"  DIFFERENT: {difference}")
    print(f"TensorBoard {version.VERSION}: {count} runs read, {compared} compared with the files beside them, "
          f"{different} different")
    return 1 if different or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
