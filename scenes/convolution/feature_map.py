"""What the feature map says: where the pattern is strong, and which way round."""

from __future__ import annotations

from scenes.shared import feature_map


class FeatureMap(feature_map.FeatureMap):
    """Of the worked example."""
