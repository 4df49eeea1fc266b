"""The training that `tictactoe` shows: one small CNN, watched, and many networks, counted.

`render.py train-lesson tictactoe` writes it to `recordings/tictactoe.json`.
"""

from __future__ import annotations

import copy
import itertools

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from scenes.tictactoe._pictures import NAMES, OURS, PLACES

TOLERANCE = 1e-6  # what weights, losses and probabilities may be off on another machine

LEARNING_RATE = 0.1
STEPS = 3000
SEEDS = range(40)
HIDDEN = {"cnn": 3, "perceptron": 3, "large_perceptron": 8}

# The network that the film watches. It was chosen from those that begin with the film's X and
# learn their half: its filter can be read by eye. How usual it is, the forty others tell.
WATCHED = 820
EVERY_STEP, THEN_EACH = 200, 20  # which steps are kept

PLACES_FROM, ORDER_FROM = 1000, 5000  # so that weights, places and order are drawn independently


def train(report):
    """All that was measured, as plain JSON; `report(done, of)` is told how far it is."""
    of = len(SEEDS) * len(HIDDEN) + 2
    watched = watch(WATCHED)
    report(1, of)
    perceptron, _ = trained("perceptron", WATCHED, STEPS, first=PLACES.index(OURS))
    report(2, of)
    seeds = []
    for seed in SEEDS:
        seeds.append(counted(seed))
        report(2 + len(HIDDEN) * len(seeds), of)
    return {
        "pictures": [{**vars(place), "pixels": place.pixels().tolist()} for place in PLACES],
        "recipe": {
            "learning_rate": LEARNING_RATE,
            "steps": STEPS,
            "hidden": HIDDEN,
            "loss": "cross-entropy",
            "optimiser": "gradient descent, one picture a step, each once before any comes again",
            "weights": "uniform within the inverse root of the inputs, rounded to one decimal",
            "parameters": {kind: parameters(kind) for kind in HIDDEN},
        },
        "watched": watched,
        "perceptron": {
            "seed": WATCHED,
            "weights": written(perceptron),
            **answers(perceptron, WATCHED),
        },
        "seeds": seeds,
    }


def halves(seed):
    """Which pictures the networks of `seed` are trained on, and which they never see."""
    order = torch.randperm(len(PLACES), generator=generator(PLACES_FROM + seed)).tolist()
    middle = len(order) // 2
    return order[:middle], order[middle:]


def generator(seed):
    return torch.Generator().manual_seed(seed)


def network(kind, seed):
    """A network of `kind` with its first, random weights; 64 bits wide."""
    hidden, drawn = HIDDEN[kind], generator(seed)
    sees = [nn.Conv2d(1, 1, 3), nn.ReLU(), nn.MaxPool2d(2)] if kind == "cnn" else []
    inputs = 4 if kind == "cnn" else PLACES[0].pixels().size
    made = nn.Sequential(
        *sees, nn.Flatten(), nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, len(NAMES))
    ).double()
    with torch.no_grad():
        for layer in made:
            for values in layer.parameters():
                reach = 1 / np.sqrt(layer.weight[0].numel())
                random = torch.rand(values.shape, generator=drawn, dtype=torch.float64)
                values.copy_(torch.round((2 * random - 1) * reach, decimals=1))
    return made


def parameters(kind):
    return sum(values.numel() for values in network(kind, 0).parameters())


def trained(kind, seed, steps, first=None, watch=lambda step, made: None):
    """A network after `steps`, and its gradients in the first one.

    `first` is the picture that it is shown first; any where None. `watch` is told of each step
    before it is taken, and of the end.
    """
    torch.set_num_threads(1)
    made = network(kind, seed)
    pictures, labels = everything()
    seen, drawn = halves(seed)[0], generator(ORDER_FROM + seed)
    optimiser = torch.optim.SGD(made.parameters(), lr=LEARNING_RATE)
    gradients = None
    for step in range(steps):
        at = step % len(seen)
        if at == 0:
            order = [seen[one] for one in torch.randperm(len(seen), generator=drawn).tolist()]
            if step == 0 and first is not None:
                order.insert(0, order.pop(order.index(first)))
        watch(step, made)
        optimiser.zero_grad()
        shown = slice(order[at], order[at] + 1)
        functional.cross_entropy(made(pictures[shown]), labels[shown]).backward()
        if step == 0:
            gradients = [values.grad.clone() for values in made.parameters()]
        optimiser.step()
    watch(steps, made)
    return made, gradients


def everything():
    pictures = torch.tensor(np.array([place.pixels() for place in PLACES]), dtype=torch.float64)
    labels = torch.tensor([NAMES.index(place.sign) for place in PLACES])
    return pictures[:, None], labels


def watch(seed, steps=STEPS):
    """One CNN, with all its weights at every step that is kept, and the milestones of all steps.

    What stands at a step is how things are after so many steps.
    """
    kept = {"steps": [], "loss": [], "right": [], "certainty": [], "weights": {}}
    pictures, labels = everything()
    seen, _ = halves(seed)
    ours = PLACES.index(OURS)
    certain, all_right = [], []

    def look(step, made):
        with torch.no_grad():
            logits = made(pictures)
        right = int((logits.argmax(1) == labels)[seen].sum())
        certainty = short(torch.softmax(logits[ours], 0)[NAMES.index("X")])
        certain.append(certainty > 0.5)
        all_right.append(right == len(seen))
        if step > EVERY_STEP and step % THEN_EACH:
            return
        kept["steps"].append(step)
        kept["loss"].append(short(functional.cross_entropy(logits[seen], labels[seen])))
        kept["right"].append(right)
        kept["certainty"].append(certainty)
        for name, values in written(made).items():
            kept["weights"].setdefault(name, []).append(values)

    made, gradients = trained("cnn", seed, steps, first=ours, watch=look)
    return {
        "seed": seed,
        **kept,
        "first_right": certain.index(True) if True in certain else None,
        "lost_again": sum(one and not next_ for one, next_ in itertools.pairwise(certain)),
        "all_right_from": since(all_right),
        "first_gradients": dict(zip(named(made), map(short, gradients), strict=True)),
        **answers(made, seed),
    }


def since(holds):
    """The first step from which on something holds at every step; None if not at the last."""
    lasting = len(list(itertools.takewhile(bool, reversed(holds))))
    return len(holds) - lasting if lasting else None


def counted(seed):
    """What the networks of one seed answer to the pictures that they never saw."""
    found = {}
    for kind in HIDDEN:
        made, _ = trained(kind, seed, STEPS)
        told = answers(made, seed)
        labels = told["unseen"]["labels"]
        learned = told["seen"]["predicted"] == told["seen"]["labels"]
        found[kind] = {"learned_all": learned, "predicted": told["unseen"]["predicted"]}
    seen, unseen = halves(seed)
    return {"seed": seed, "seen": seen, "unseen": unseen, "labels": labels, **found}


def answers(made, seed):
    """Its answers to both halves of the pictures, with the right ones beside them."""
    pictures, labels = everything()
    with torch.no_grad():
        said = made(pictures).argmax(1)
    return {
        half: {
            "pictures": places,
            "labels": [NAMES[labels[place]] for place in places],
            "predicted": [NAMES[said[place]] for place in places],
        }
        for half, places in zip(("seen", "unseen"), halves(seed), strict=True)
    }


def named(made):
    """The names of a network's parameters, as `cnnviz.compute.gradient` calls them."""
    linear = ["hidden_weights", "hidden_bias", "output_weights", "output_bias"]
    convolution = ["kernels", "kernel_bias"] if isinstance(made[0], nn.Conv2d) else []
    return convolution + linear


def written(made):
    """All weights by name."""
    own = copy.deepcopy(made).parameters()
    return dict(zip(named(made), (short(values) for values in own), strict=True))


def short(values):
    """As lists, to ten places: a millionth matters, the rest is noise of the machine.

    A convolution's own axis of input channels, of which there is one, is left out.
    """
    array = np.round(values.detach().numpy(), 10) + 0.0
    return (array[:, 0] if array.ndim == 4 else array).tolist()
