"""PointRend's geometry against closed forms: linear maps, straight outlines, discs."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from evaluator.detectors.points import in_pixels, of_masks, sampled, sampled_from_pictures, subdivided, to_train_on


def grid(side: int) -> Tensor:
    """(side * side, 2) centres of cells, row by row."""
    centres = (torch.arange(side) + 0.5) / side
    return torch.stack([centres.repeat(side), centres.repeat_interleave(side)], dim=1)


def outside_disc(points: Tensor) -> Tensor:
    """Signed distance from a circle of radius 0.37 about (0.48, 0.55), positive inside; times 40."""
    return 40 * (0.37 - (points - torch.tensor([0.48, 0.55])).norm(dim=-1))


def test_points_of_boxes_are_where_they_are_in_the_picture() -> None:
    boxes = torch.tensor([[10.0, 20.0, 30.0, 60.0]])
    points = torch.tensor([[[0.0, 0.0], [1.0, 1.0], [0.5, 0.25]]])
    assert in_pixels(points, boxes).tolist() == [[[10, 20], [30, 60], [20, 30]]]


def test_maps_of_pictures_are_read_at_pixels() -> None:
    """A map that holds the x and y of its cells' centres in pixels gives back the pixel, for each picture its own."""
    stride, height, width = 4, 6, 8
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    first = stride * (torch.stack([columns, rows]) + 0.5)
    maps = torch.stack([first, first + 1000])
    points = [torch.tensor([[[5.0, 7.0], [20.5, 13.0]]]), torch.tensor([[[9.0, 3.0], [2.0, 21.0]], [[30.0, 2.0], [16.0, 11.0]]])]
    found = sampled_from_pictures(maps, stride, points)
    expected = torch.cat([points[0], points[1] + 1000]).transpose(1, 2)
    torch.testing.assert_close(found, expected)


def test_a_mask_is_read_at_the_pixel_that_holds_the_point() -> None:
    masks = torch.zeros((2, 4, 6), dtype=torch.uint8)
    masks[1, 2, 3:5] = 1
    points = torch.tensor([[[3.0, 2.0], [4.99, 2.99], [5.0, 2.5], [2.99, 2.5], [3.5, 1.99]]])
    assert of_masks(masks, torch.tensor([1]), points).tolist() == [[1, 1, 0, 0, 0]]
    assert of_masks(masks, torch.tensor([0]), points).sum() == 0


def test_training_points_crowd_at_the_outline_and_some_lie_anywhere() -> None:
    torch.manual_seed(0)
    coarse = outside_disc(grid(14)).view(1, 1, 14, 14).expand(3, 1, 14, 14)
    near = to_train_on(coarse, 200, 3.0, 1.0)
    anywhere = to_train_on(coarse, 200, 3.0, 0.0)
    assert near.shape == anywhere.shape == (3, 200, 2)
    off = [outside_disc(p).abs().mean() / 40 for p in (near, anywhere)]
    assert off[0] < 0.5 * off[1]
    half = to_train_on(coarse, 200, 3.0, 0.5)
    assert outside_disc(half[:, :100]).abs().max() < outside_disc(half[:, 100:]).abs().max() / 2


def test_coarse_logits_are_read_between_cells() -> None:
    slope = grid(4)[:, 0].view(1, 1, 4, 4)
    found = sampled(slope, torch.tensor([[[0.125, 0.3], [0.5, 0.9], [0.0, 0.5], [0.6, 0.1]]]))
    torch.testing.assert_close(found, torch.tensor([[[0.125, 0.5, 0.125, 0.6]]]))  # constant beyond the outer centres


@pytest.mark.parametrize("steps", [1, 4])
def test_subdivision_with_a_perfect_point_head_gives_the_true_mask(steps: int) -> None:
    """From a 14 x 14 mask that is off by a cell to the disc itself, while only cells near the outline are asked for."""
    truth = outside_disc(grid(14 * 2**steps)).view(14 * 2**steps, -1) > 0
    coarse = outside_disc(grid(14) + 0.03).view(1, 1, 14, 14)
    asked = []

    def at(points: Tensor) -> Tensor:
        asked.append(points.shape[1])
        return outside_disc(points)

    refined = subdivided(coarse, at, steps, 784)[0, 0] > 0
    blurred = torch.nn.functional.interpolate(coarse, scale_factor=2**steps, mode="bilinear")[0, 0] > 0
    assert (refined != truth).sum() < 0.02 * (blurred != truth).sum()
    assert asked == [784] * steps
    assert refined.shape == truth.shape


def test_no_boxes_are_no_trouble() -> None:
    none = torch.zeros((0, 1, 14, 14))
    assert to_train_on(none, 10, 3.0, 0.75).shape == (0, 10, 2)
    assert subdivided(none, lambda points: points[..., 0], 2, 20).shape == (0, 1, 56, 56)
