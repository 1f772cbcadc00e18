"""Points inside boxes, as PointRend needs them (Kirillov et al. 2020): where a mask is uncertain, and what lies there.

Shapes: N boxes, P points of each, K classes, C channels, S cells of a mask's side. Points are (x, y) inside their box, 0..1, cell
centres at (i + 0.5) / S. A logit of 0 is the outline.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional


def in_pixels(points: Tensor, boxes: Tensor) -> Tensor:
    """(N, P, 2) inside boxes (N, 4) -> (N, P, 2) pixels of the picture."""
    return boxes[:, None, :2] + points * (boxes[:, None, 2:] - boxes[:, None, :2])


def sampled(maps: Tensor, points: Tensor) -> Tensor:
    """(N, C, S, S) at (N, P, 2) -> (N, C, P), bilinear."""
    return functional.grid_sample(maps, 2 * points[:, :, None] - 1, align_corners=False, padding_mode="border")[..., 0]


def sampled_from_pictures(maps: Tensor, stride: int, points_px: list[Tensor]) -> Tensor:
    """Maps (B, C, H, W) of B pictures at (N_b, P, 2) pixels in each -> (sum of N_b, C, P)."""
    size = maps.new_tensor([maps.shape[3] * stride, maps.shape[2] * stride])
    found = [
        functional.grid_sample(m[None], (2 * p / size - 1)[None].to(m.dtype), align_corners=False, padding_mode="border")[0].transpose(0, 1)
        for m, p in zip(maps, points_px, strict=True)
    ]
    return torch.cat(found)


def of_masks(masks: Tensor, which: Tensor, points_px: Tensor) -> Tensor:
    """Values 0 and 1 (N, P) of the masks (M, H, W) numbered `which` (N,) at (N, P, 2): of the pixel that holds the point."""
    columns = points_px[..., 0].long().clamp(0, masks.shape[2] - 1)
    rows = points_px[..., 1].long().clamp(0, masks.shape[1] - 1)
    return masks[which[:, None], rows, columns].float()


@torch.no_grad()
def to_train_on(coarse: Tensor, count: int, oversampling: float, uncertain_share: float) -> Tensor:
    """(N, count, 2): of many random points those where the logits (N, 1, S, S) are nearest to 0, and some that are just random."""
    boxes = len(coarse)
    drawn = torch.rand((boxes, round(count * oversampling), 2), device=coarse.device)
    wanted = round(count * uncertain_share)
    nearest = sampled(coarse, drawn)[:, 0].abs().topk(wanted, dim=1, largest=False).indices
    chosen = drawn.gather(1, nearest[..., None].expand(-1, -1, 2))
    return torch.cat([chosen, torch.rand((boxes, count - wanted, 2), device=coarse.device)], dim=1)


def subdivided(coarse: Tensor, at: Callable[[Tensor], Tensor], steps: int, count: int) -> Tensor:
    """Logits (N, 1, S, S) -> (N, 1, S * 2^steps, S * 2^steps): each step doubles the mask and asks `at` for the logits of the `count`
    cells nearest to the outline; at: (N, P, 2) -> (N, P)."""
    for _ in range(steps):
        coarse = functional.interpolate(coarse, scale_factor=2, mode="bilinear", align_corners=False)
        side = coarse.shape[-1]
        flat = coarse.flatten(1)
        cells = flat.abs().topk(min(count, side * side), dim=1, largest=False).indices
        points = torch.stack([cells % side, cells // side], dim=-1).to(flat.dtype).add(0.5).div(side)
        coarse = flat.scatter(1, cells, at(points).to(flat.dtype)).view(-1, 1, side, side)
    return coarse
