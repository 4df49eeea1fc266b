"""What an operation of the ledger is, and which ones there are.

A module of this package registers its operations by having them: every `Operation` at the top of a
module is found. How each is computed again stands apart, in `cnnviz.review.recompute`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

__all__ = ["Args", "Operation", "operations"]

Args: TypeAlias = Mapping[str, Any]
"""The arguments of a ledger entry, plain JSON."""


@dataclass(frozen=True)
class Operation:
    """One operation of the ledger.

    Parameters
    ----------
    name
        The `op` of its numbers.
    words
        Language → what it does, in a few words.
    written
        Gives, for a number's arguments, its value and a language, the computation with its
        numbers filled in, line by line; no lines where there is nothing to compute.
    """

    name: str
    words: Mapping[str, str]
    written: Callable[[Args, float, str], tuple[str, ...]]


@cache
def operations() -> Mapping[str, Operation]:
    """All operations by name; not to be asked while this package is being imported.

    Raises
    ------
    ValueError
        Two operations have one name.
    """
    found: dict[str, Operation] = {}
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        for each in vars(importlib.import_module(f"{__package__}.{module.name}")).values():
            if isinstance(each, Operation) and found.setdefault(each.name, each) is not each:
                raise ValueError(f"two operations are called {each.name!r}")
    return MappingProxyType(dict(sorted(found.items())))
