from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from cnnviz.errors import StudioError, UserError
from cnnviz.files import file_digest, write_json
from cnnviz.recognizer import weights
from cnnviz.recognizer.network import CardNetwork
from cnnviz.recognizer.weights import WEIGHTS, load_network, save_weights, weights_digest

HINT = "run `python render.py train --data DIR`, or restore the file from the repository"


@pytest.fixture(scope="module")
def network() -> CardNetwork:
    """A network whose every number is drawn by chance, batch normalisation's included."""
    torch.manual_seed(1)
    network = CardNetwork().eval()
    with torch.no_grad():
        for block in network.blocks:
            block.norm.running_mean.normal_()
            block.norm.running_var.uniform_(0.5, 2)
            block.norm.weight.uniform_(0.5, 2)
            block.norm.bias.normal_()
    return network


@pytest.fixture(scope="module")
def saved(network: CardNetwork, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "new folder" / "card_network.safetensors"
    digest = save_weights(network.state_dict(), path, {"made": "by chance"})
    assert digest == file_digest(path)
    return path


@pytest.fixture
def copied(saved: Path, tmp_path: Path) -> Path:
    shutil.copy(saved.with_suffix(".json"), tmp_path)
    return Path(shutil.copy(saved, tmp_path))


def line_of(error: pytest.ExceptionInfo[UserError]) -> str:
    text = str(error.value)
    assert "\n" not in text
    assert text.endswith(HINT)
    return text


# --- there and back -------------------------------------------------------------------------


def test_the_file_has_at_most_30_million_bytes(saved: Path) -> None:
    assert 25e6 < saved.stat().st_size <= 30e6


def test_the_json_beside_it_has_the_files_digest_and_what_is_known(saved: Path) -> None:
    facts = json.loads(saved.with_suffix(".json").read_text())
    assert facts == {"sha256": file_digest(saved), "about": {"made": "by chance"}}
    assert weights_digest(saved) == facts["sha256"]


def test_a_loaded_network_is_ready_to_recognize(saved: Path) -> None:
    loaded = load_network(saved)
    assert not loaded.training
    assert sum(each.numel() for each in loaded.parameters()) == 26_224_949
    assert all(tensor.dtype == torch.float32 for tensor in loaded.parameters())


def test_every_number_comes_back_as_exactly_as_promised(saved: Path, network: CardNetwork) -> None:
    loaded = load_network(saved).state_dict()
    assert loaded.keys() == network.state_dict().keys()
    for name, wanted in network.state_dict().items():
        error = (loaded[name].double() - wanted.double()).abs()
        if name == "hidden.weight":
            steps = wanted.abs().amax(dim=1, keepdim=True) / 127
            assert (error <= steps * 0.5001).all()
        elif wanted.ndim > 1:
            assert torch.equal(loaded[name], wanted.half().float())
        else:
            assert torch.equal(loaded[name], wanted), name


def test_the_rounded_network_says_the_same(saved: Path, network: CardNetwork) -> None:
    torch.manual_seed(2)
    pictures = torch.randn(2, 3, 224, 224)
    with torch.inference_mode():
        wanted, found = network(pictures), load_network(saved)(pictures)
    assert (wanted - found).abs().max() < 0.05 * wanted.std()


def test_a_row_of_zeros_comes_back_as_zeros(network: CardNetwork, tmp_path: Path) -> None:
    state = dict(network.state_dict())
    state["hidden.weight"] = state["hidden.weight"].clone()
    state["hidden.weight"][3] = 0
    save_weights(state, tmp_path / "a.safetensors", {})
    assert not load_network(tmp_path / "a.safetensors").hidden.weight[3].any()


# --- what cannot be loaded ------------------------------------------------------------------


def test_missing_weights_say_what_to_do(tmp_path: Path) -> None:
    for ask in (load_network, weights_digest):
        with pytest.raises(UserError) as error:
            ask(tmp_path / "none.safetensors")
        assert "none.safetensors: no weights for the recognizer" in line_of(error)


def test_a_missing_json_is_said(copied: Path) -> None:
    copied.with_suffix(".json").unlink()
    with pytest.raises(UserError) as error:
        load_network(copied)
    assert "card_network.json: missing" in line_of(error)


@pytest.mark.parametrize("facts", ["", "[]", "{}", '{"sha256": 7}', '{"sha256": "abc"}', "\x00"])
def test_a_json_without_a_digest_is_said(copied: Path, facts: str) -> None:
    copied.with_suffix(".json").write_text(facts)
    with pytest.raises(UserError) as error:
        load_network(copied)
    assert "card_network.json: no digest of the weights in here" in line_of(error)


@pytest.mark.parametrize("kind", ["one bit", "cut short", "empty", "another file"])
def test_damaged_weights_are_noticed_by_their_digest(copied: Path, kind: str) -> None:
    data = bytearray(copied.read_bytes())
    if kind == "one bit":
        data[len(data) // 2] ^= 1
    elif kind == "cut short":
        del data[-1000:]
    else:
        data = bytearray(b"" if kind == "empty" else b"something else")
    copied.write_bytes(data)
    with pytest.raises(UserError) as error:
        load_network(copied)
    assert "damaged, or exchanged: its digest is not the one in card_network.json" in line_of(error)


def test_nothing_is_interpreted_before_the_digest_was_checked(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "load", lambda data: pytest.fail("interpreted"))
    copied.write_bytes(b"x" + copied.read_bytes()[1:])
    with pytest.raises(UserError, match="digest"):
        load_network(copied)


def agree(path: Path) -> None:
    """Make the JSON describe the file as it is."""
    write_json(path.with_suffix(".json"), {"sha256": file_digest(path), "about": {}})


@pytest.mark.parametrize("data", [b"", b"something else", b"\xff" * 100])
def test_a_file_of_another_kind_is_said_even_if_its_digest_is_right(
    tmp_path: Path, data: bytes
) -> None:
    path = tmp_path / "a.safetensors"
    path.write_bytes(data)
    agree(path)
    with pytest.raises(UserError) as error:
        load_network(path)
    assert "a.safetensors: no file of weights" in line_of(error)


@pytest.mark.parametrize(
    ("name", "tensor", "message"),
    [
        ("logits.bias", torch.zeros(52), "“logits.bias” is 52 in place of 53"),
        ("logits.bias", None, "“logits.bias” is nothing in place of 53"),
        ("third.bias", torch.zeros(4), "“third.bias” is 4 in place of nothing"),
        ("hidden.weight.scale", None, "“hidden.weight.scale” is nothing in place of 512×1"),
        (
            "hidden.weight",
            torch.zeros(512, 4, dtype=torch.int8),
            "“hidden.weight” is 512×4 in place of 512×50176",
        ),
    ],
)
def test_weights_of_another_network_are_said(
    copied: Path, name: str, tensor: torch.Tensor | None, message: str
) -> None:
    packed = load_file(copied)
    packed.pop(name, None)
    if tensor is not None:
        packed[name] = tensor
    save_file(packed, copied)
    agree(copied)
    with pytest.raises(UserError) as error:
        load_network(copied)
    assert f"weights of another network: {message}" in line_of(error)


# --- saving ---------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_weights_that_went_astray_are_not_saved(
    network: CardNetwork, tmp_path: Path, bad: float
) -> None:
    state: dict[str, Any] = dict(network.state_dict())
    state["second.bias"] = torch.full((256,), bad)
    with pytest.raises(StudioError, match=r"“second\.bias” has numbers that are not finite"):
        save_weights(state, tmp_path / "a.safetensors", {})
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_the_old_weights_as_they_were(
    network: CardNetwork, copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> int:
        with path.open("wb") as file:
            file.write(data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "no space")

    before = file_digest(copied)
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(StudioError, match="no space left on the disk"):
        save_weights(network.state_dict(), copied, {})
    assert weights_digest(copied) == file_digest(copied) == before
    assert len(list(copied.parent.iterdir())) == 2


# --- the ones that came along ---------------------------------------------------------------


@pytest.mark.skipif(not WEIGHTS.exists(), reason="not trained yet")
def test_the_shipped_weights_are_small_whole_and_of_this_network() -> None:
    assert WEIGHTS.stat().st_size <= 30e6
    assert weights_digest() == file_digest(WEIGHTS)
    assert sum(each.numel() for each in load_network().parameters()) == 26_224_949
