"""An experiment as a script in plain PyTorch: what the playground trains, to be read, run and carried elsewhere.

The script has its own initial weights and its own held-out images, so it gives the same network and the same
course, not the same bits.
"""

from __future__ import annotations

from textwrap import dedent, indent

from playground.data.images import MEAN, STD
from playground.experiment.experiment import HELD_OUT, DataChoice, Experiment
from playground.experiment.training import Training
from playground.export.script_network import network
from playground.export.script_training import augmentation, optimizer, schedule
from playground.export.source import Source
from playground.text.quoting import in_docstring

_NEEDED = "torch torchvision"
_IMPORTS: tuple[tuple[str, str | None], ...] = (
    ("math", None),
    ("sys", None),
    ("collections", "OrderedDict"),
    ("torch", None),
    ("torch", "nn"),
    ("torch.nn", "functional as F"),
    ("torchvision.datasets", "FashionMNIST"),
)
_SCALES = {
    "unit": "images[:, None].float() / 255",
    "raw": "images[:, None].float()",
    "standard": "(images[:, None].float() / 255 - {mean}) / {deviation}",
}
_SPLIT = '''

def split(images, labels):
    """{what} of the images of each class guides; the others are trained on."""
    held_out = torch.zeros(len(labels), dtype=torch.bool)
    for label in range(10):
        own = (labels == label).nonzero()[:, 0]
        order = torch.randperm(len(own), generator=torch.Generator().manual_seed(0))
        held_out[own[order[{part}]]] = True
    return (images[~held_out], labels[~held_out]), (images[held_out], labels[held_out])
'''


def _held_out(data: DataChoice) -> str:
    if data.fold == 1:
        what = "A twelfth" if data.folds == HELD_OUT else f"The first of {data.folds} parts"
        part = f": len(own) // {data.folds}"
    else:
        what = f"Part {data.fold} of {data.folds}"
        part = f"len(own) * {data.fold - 1} // {data.folds} : len(own) * {data.fold} // {data.folds}"
    return _SPLIT.format(what=what, part=part)


def _views(data: DataChoice) -> str:
    if not (data.test_time_mirror or data.test_time_shift):
        return "scores = model(scale(images))"
    asked = "(model(scale(x)) + model(scale(x.flip(2)))) / 2" if data.test_time_mirror else "model(scale(x))"
    lines = [f"ask = lambda x: {asked}"]
    if data.test_time_shift:
        lines += [
            "around = F.pad(images, (1, 1, 1, 1))",
            "scores = ask(images) / 2 + (ask(around[:, 2:, 2:]) + ask(around[:, :-2, :-2])) / 4",
        ]
    else:
        lines.append("scores = ask(images)")
    return "\n".join(lines)


def script(experiment: Experiment, name: str = "this network") -> str:
    """A complete script, `train.py`, that trains an experiment with torch and torchvision alone.

    And with NumPy and Pillow, which torchvision brings along, where garments are drawn.

    Raises:
        ArchitectureError: Its layers do not fit.
    """
    training, data = experiment.training, experiment.data
    scale = _SCALES[data.scaling].format(mean=MEAN, deviation=STD)
    source = Source()
    own = [
        network(experiment.architecture, source),
        optimizer(training, source),
        schedule(training, source),
        augmentation(training.augmentation, source),
    ]
    parts = [
        _HEAD.format(
            name=in_docstring(name),
            needed=_NEEDED,
            imports=source.imports(_IMPORTS),
            training=training,
            fraction=data.fraction,
        ),
        _LOAD.format(scale=scale),
        _held_out(data) if data.validation == "held-out" else "",
        *own,
        _EVALUATE.replace("VIEWS", indent(_views(data), " " * 8).strip()),
        f"{_USED}{source.text}",
        _train(training, data),
    ]
    return "".join(parts).strip() + "\n"


_HEAD = '''
"""Trains {name} on Fashion-MNIST with plain PyTorch.

    pip install {needed}
    python train.py

It writes weights.pt. The weights of an export have the same names, and fit as well (pip install safetensors):

    model = network()
    model.load_state_dict(safetensors.torch.load_file("weights.safetensors"))
"""

{imports}

FOLDER = sys.argv[1] if len(sys.argv) > 1 else "data"  # torchvision puts the images there
EPOCHS = {training.epochs}
BATCH = {training.batch_size}
SEED = {training.seed}
FRACTION = {fraction}  # of the training images
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
'''
_LOAD = '''

def load(train):
    """All images, uint8 [n, 28, 28], and labels, in two tensors: nothing is decoded while training."""
    found = FashionMNIST(FOLDER, train=train, download=True)
    return found.data, found.targets


def scale(images):
    """uint8 [n, 28, 28] -> float32 [n, 1, 28, 28]."""
    return {scale}
'''
_USED = """

# From here to main stands what these functions use.
"""
_EVALUATE = """

@torch.no_grad()
def count_right(model, images, labels):
    model.eval()
    right = 0
    for images, labels in zip(images.split(500), labels.split(500)):
        images, labels = images.to(device), labels.to(device)
        VIEWS
        right += (scores.argmax(1) == labels).sum().item()
    return right
"""


def _train(training: Training, data: DataChoice) -> str:
    smoothing = f", label_smoothing={training.label_smoothing}" if training.label_smoothing else ""
    half = training.precision == "bfloat16"
    lines = [
        "def main():",
        "    torch.manual_seed(SEED)",
        "    images, labels = load(train=True)",
        "    test_images, test_labels = load(train=False)",
    ]
    if data.validation == "held-out":
        lines.append("    (images, labels), (validation_images, validation_labels) = split(images, labels)")
    lines += [
        "    if FRACTION < 1:",
        "        some = torch.randperm(len(labels))[: math.ceil(FRACTION * len(labels))]",
        "        images, labels = images[some], labels[some]",
        "    images, labels = images.to(device), labels.to(device)",
        "    model = network().to(device)",
        "    rule = optimizer(model)",
        "    full_rate = rule.param_groups[0]['lr']",
        "    for epoch in range(EPOCHS):",
    ]
    if restarts := training.schedule.restarts:
        lines += [f"        if epoch in {list(restarts)}:", "            rule = optimizer(model)"]
    order = "torch.randperm(len(labels))" if training.shuffle else "torch.arange(len(labels))"
    augmented = "augment(images[batch], labels[batch])" if training.augmentation.changes() else "images[batch]"
    loss = f"F.cross_entropy(model(scale({augmented})), labels[batch]{smoothing})"
    lines += [
        "        model.train()",
        f"        batches = {order}.split(BATCH)",
        "        if BATCH > 1 and len(batches) > 1 and len(batches[-1]) == 1:  # batch norm needs two images",
        "            batches = [*batches[:-2], torch.cat(batches[-2:])]",
        "        for number, batch in enumerate(batches):",
        "            batch = batch.to(device)",
        "            for group in rule.param_groups:",
        "                group['lr'] = full_rate * share_of_rate(epoch + number / len(batches))",
        *(
            [
                "            with torch.autocast(device.type, torch.bfloat16):",
                f"                scores = model(scale({augmented}))",
                f"            loss = F.cross_entropy(scores.float(), labels[batch]{smoothing})",
            ]
            if half
            else [f"            loss = {loss}"]
        ),
        "            model.zero_grad()",
        "            loss.backward()",
        "            rule.step()",
        "        print(f'epoch {epoch + 1}/{EPOCHS}: loss {loss.item():.4f}', flush=True)",
    ]
    if data.validation == "held-out":
        lines += [
            "        right = count_right(model, validation_images, validation_labels)",
            "        print(f'  validation accuracy {right / len(validation_labels):.2%}', flush=True)",
        ]
    if data.validation == "test":
        lines += [
            "        right = count_right(model, test_images, test_labels)  # they guide it, as in its article",
            "        print(f'  test accuracy {right / len(test_labels):.2%}', flush=True)",
        ]
    lines += [
        "    right = count_right(model, test_images, test_labels)",
        "    print(f'test accuracy {right / len(test_labels):.2%}')",
        "    torch.save(model.state_dict(), 'weights.pt')",
        "",
        "",
        'if __name__ == "__main__":',
        "    main()",
    ]
    return "\n\n" + dedent("\n".join(lines)) + "\n"
