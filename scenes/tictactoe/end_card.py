"""Twelve seconds with two free frames for YouTube's end screen."""

from __future__ import annotations

from scenes.shared import end_card


class EndCard(end_card.EndCard):
    """As in every film."""
