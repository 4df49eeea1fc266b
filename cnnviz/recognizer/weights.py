"""The network's weights as one small file that loads without running anybody's code."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from cnnviz import evidence_files
from cnnviz.errors import StudioError, UserError
from cnnviz.files import replacing, write_json
from cnnviz.recognizer.network import CardNetwork

__all__ = ["WEIGHTS", "load_network", "save_weights", "weights_digest"]

WEIGHTS = Path(__file__).with_name("weights") / "card_network.safetensors"

_RESTORE = "run `python render.py train --data DIR`, or restore the file from the repository"

# 98 % of all numbers: in 8 bits each, with a common scale for every output, the file has 26 MB
# in place of 105.
_COARSE = "hidden.weight"
_SCALE = "hidden.weight.scale"


def save_weights(state: Mapping[str, Tensor], path: Path, about: Mapping[str, Any]) -> str:
    """Write weights to `path`, their digest and what is known about them into the JSON beside it.

    `hidden.weight` is rounded to 8 bits with a scale per row, the other matrices and kernels to
    16 bits; vectors (biases, and all of batch normalisation) stay in 32 bits.

    Parameters
    ----------
    state
        The state of a `CardNetwork`.
    path
        The file to write, `*.safetensors`.
    about
        How these weights came to be, for people; anything that JSON can hold.

    Returns
    -------
    str
        SHA-256 of the file, in hexadecimal.

    Raises
    ------
    StudioError
        A number is infinite or none at all, as after a training that went astray; the disk is full.
    """
    for name, tensor in state.items():
        if not torch.isfinite(tensor).all():
            raise StudioError(f"“{name}” has numbers that are not finite", hint="train anew")
    data = save(_packed(state))
    with replacing(path) as temporary:
        temporary.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    write_json(_facts_of(path), {"sha256": digest, "about": dict(about)})
    return digest


def load_network(path: Path = WEIGHTS) -> CardNetwork:
    """The network with the weights at `path`, ready to recognize: evaluation mode, 32 bits.

    The digest is checked before a byte is interpreted.

    Raises
    ------
    UserError
        The file or its JSON is missing, damaged, not the other's, or of another network.
    """
    wanted = weights_digest(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _unreadable(error, path) from error
    if hashlib.sha256(data).hexdigest() != wanted:
        raise UserError(
            f"damaged, or exchanged: its digest is not the one in {_facts_of(path).name}",
            file=path,
            hint=_RESTORE,
        )
    try:
        packed = load(data)
    except (SafetensorError, ValueError, KeyError) as error:
        raise UserError("no file of weights", file=path, hint=_RESTORE) from error
    return _network(packed, path)


def weights_digest(path: Path = WEIGHTS) -> str:
    """SHA-256 of the weights at `path`, as the JSON beside them says it.

    Raises
    ------
    UserError
        The weights or the JSON are missing, or the JSON holds no digest.
    """
    facts = _facts_of(path)
    if not path.is_file():
        raise UserError("no weights for the recognizer", file=path, hint=_RESTORE)
    try:
        return evidence_files.weights_digest(facts)
    except OSError as error:
        raise _unreadable(error, facts) from error
    except ValueError as error:
        raise UserError("no digest of the weights in here", file=facts, hint=_RESTORE) from error


def _facts_of(path: Path) -> Path:
    return path.with_suffix(".json")


def _unreadable(error: OSError, path: Path) -> UserError:
    message = "missing" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
    return UserError(message, file=path, hint=_RESTORE)


def _packed(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    packed = {}
    for name, tensor in state.items():
        tensor = tensor.detach().cpu()
        if name == _COARSE:
            packed[name], packed[_SCALE] = _rounded(tensor.float())
        elif tensor.is_floating_point():
            packed[name] = tensor.to(torch.float16 if tensor.ndim > 1 else torch.float32)
        else:
            packed[name] = tensor  # how many batches the running means have seen
    return {name: tensor.contiguous() for name, tensor in packed.items()}


def _rounded(weight: Tensor) -> tuple[Tensor, Tensor]:
    """`weight`, (rows, columns), as int8 and the float32 scale, (rows, 1), that gives it back."""
    scale = weight.abs().amax(dim=1, keepdim=True).clamp(min=1e-12) / 127
    return torch.round(weight / scale).to(torch.int8), scale


def _network(packed: Mapping[str, Tensor], path: Path) -> CardNetwork:
    with torch.device("meta"):  # shapes alone: no numbers drawn that would be thrown away at once
        network = CardNetwork()
    wanted = {name: tensor.shape for name, tensor in network.state_dict().items()}
    wanted[_SCALE] = torch.Size([network.hidden.out_features, 1])
    found = {name: tensor.shape for name, tensor in packed.items()}
    for name in sorted(wanted.keys() | found.keys()):
        if found.get(name) != wanted.get(name):
            raise UserError(
                f"weights of another network: “{name}” is {_shown(found.get(name))} in place of "
                f"{_shown(wanted.get(name))}",
                file=path,
                hint=_RESTORE,
            )
    network.load_state_dict(_unpacked(packed), assign=True)
    return network.eval()


def _shown(shape: torch.Size | None) -> str:
    return "nothing" if shape is None else "×".join(map(str, shape)) or "a number"


def _unpacked(packed: Mapping[str, Tensor]) -> dict[str, Tensor]:
    state = {
        name: tensor.float() if tensor.is_floating_point() else tensor
        for name, tensor in packed.items()
    }
    scale = state.pop(_SCALE)
    state[_COARSE] = state[_COARSE] * scale
    return state
