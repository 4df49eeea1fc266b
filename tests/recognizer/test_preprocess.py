from __future__ import annotations

import numpy as np
import pytest
import torch

from cnnviz.recognizer.preprocess import as_batch, resize


@pytest.mark.parametrize("shape", [(960, 720, 3), (17, 31, 3), (224, 300, 3), (1, 1, 3)])
def test_any_picture_becomes_a_square_of_224_pixels(shape: tuple[int, int, int]) -> None:
    picture = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
    resized = resize(picture)
    assert resized.shape == (224, 224, 3)
    assert resized.dtype == np.uint8


def test_a_picture_of_the_right_size_is_left_as_it_is() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (224, 224, 3)).astype(np.uint8)
    assert np.array_equal(resize(picture), picture)


def test_shrinking_takes_the_mean_of_what_it_joins() -> None:
    stripes = np.zeros((448, 448, 3), np.uint8)
    stripes[:, ::2] = 200
    assert np.abs(resize(stripes).astype(int) - 100).max() <= 1


def test_a_batch_is_rgb_scaled_to_one_and_normalised_with_imagenets_figures() -> None:
    picture = np.zeros((224, 224, 3), np.uint8)
    picture[...] = (51, 102, 255)  # blue, green, red
    batch = as_batch([picture, picture])
    assert batch.shape == (2, 3, 224, 224)
    assert batch.dtype == torch.float32
    wanted = [(1.0 - 0.485) / 0.229, (0.4 - 0.456) / 0.224, (0.2 - 0.406) / 0.225]
    assert batch[1, :, 7, 11].tolist() == pytest.approx(wanted, abs=1e-5)


def test_rows_and_columns_keep_their_places() -> None:
    picture = np.zeros((224, 224, 3), np.uint8)
    picture[3, 200] = 255
    batch = as_batch([picture])
    assert batch[0, 0].argmax() == 3 * 224 + 200
