"""Cards: pips, symmetry, indices, colours, courts; how a card lies; what the grammar labels."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage

from generator.grammar import load_grammar, read_grammar_file, sample
from generator.spec import SceneSpec
from scenes.cards.card import LENGTH_M, THICKNESS_M, WIDTH_M, PlayingCard
from scenes.cards.faces import DECKS, CardFace, DeckName
from scenes.cards.pips import CARD_MM, COURTS, RANKS, SUITS, Rank, Suit, is_red, pip_places

SCENE = Path(__file__).resolve().parents[2] / "configs" / "scene" / "cards.yaml"
NUMBERS: dict[Rank, int] = {rank: k + 2 for k, rank in enumerate(RANKS[1:10])}
LABELLED = {"nine", "ten", "jack", "queen", "king", "ace"}
TWO_WAY: tuple[Rank, ...] = ("two", "four", "ten", *COURTS)  # no pip stands in the middle, where it can not be upright both ways


@cache
def face(rank: Rank, suit: Suit, deck: DeckName = "rider") -> np.ndarray:
    return CardFace(rank=rank, suit=suit, deck=deck).paint()


def reds(image: np.ndarray) -> np.ndarray:
    r, g, b = (image[..., k].astype(int) for k in range(3))
    return (r > 140) & (g < 110) & (b < 110)


def blacks(image: np.ndarray) -> np.ndarray:
    return image.max(axis=2) < 90


def yellows(image: np.ndarray) -> np.ndarray:
    r, g, b = (image[..., k].astype(int) for k in range(3))
    return (r > 190) & (g > 140) & (b < 120)


def window(image: np.ndarray, x_mm: tuple[float, float], y_mm: tuple[float, float]) -> np.ndarray:
    """The part of a face between two x and two y, millimetres from its middle, y upwards."""
    scale = image.shape[1] / CARD_MM[0]
    columns = slice(*(round((x + CARD_MM[0] / 2) * scale) for x in x_mm))
    rows = slice(*(round((CARD_MM[1] / 2 - y) * scale) for y in reversed(y_mm)))
    return image[rows, columns]


def index_of(image: np.ndarray) -> np.ndarray:
    return window(image, (-31, -22.4), (22, 44))


@pytest.mark.parametrize("rank", NUMBERS)
@pytest.mark.parametrize("suit", SUITS)
def test_number_cards_show_as_many_pips(rank: Rank, suit: Suit) -> None:
    middle = window(face(rank, suit), (-22, 22), (-44, 44))
    inked = reds(middle) if is_red(suit) else blacks(middle)
    labels, count = ndimage.label(inked)
    areas = ndimage.sum_labels(inked, labels, range(1, count + 1))
    assert len(areas) == NUMBERS[rank]
    assert areas.min() > 0.9 * areas.max(), "pips of one card are of one size"


@pytest.mark.parametrize("rank", NUMBERS)
def test_pips_stand_mirrored_left_and_right_and_apart(rank: Rank) -> None:
    places = pip_places(rank)
    assert len(places) == NUMBERS[rank]
    assert {(-x, y) for x, y in places} == set(places)
    assert all(np.hypot(ax - bx, ay - by) > 10 for (ax, ay), (bx, by) in combinations(places, 2))
    if rank not in ("seven",):
        assert {(x, -y) for x, y in places} == {(x, y) for x, y in places}


@pytest.mark.parametrize("deck", DECKS)
@pytest.mark.parametrize("suit", SUITS)
@pytest.mark.parametrize("rank", TWO_WAY)
def test_cards_look_the_same_upside_down(rank: Rank, suit: Suit, deck: DeckName) -> None:
    image = face(rank, suit, deck).astype(int)
    assert np.abs(image - image[::-1, ::-1]).mean() < 1.0  # grey levels; edges are rounded to a sixteenth of a pixel


@pytest.mark.parametrize("suit", SUITS)
def test_both_corners_carry_the_index(suit: Suit) -> None:
    for rank in RANKS:
        image = face(rank, suit)
        assert np.abs(index_of(image).astype(int) - index_of(image[::-1, ::-1]).astype(int)).mean() < 1.0, rank
        inked = reds(index_of(image)) if is_red(suit) else blacks(index_of(image))
        assert 0.1 < inked.mean() < 0.6, rank


def test_indices_tell_the_ranks_apart() -> None:
    corners = {rank: blacks(window(face(rank, "spades"), (-31, -22.4), (31, 41.5))) for rank in RANKS}
    for a, b in combinations(RANKS, 2):
        assert (corners[a] ^ corners[b]).sum() > 0.25 * min(corners[a].sum(), corners[b].sum()), (a, b)


def test_indices_tell_the_suits_apart() -> None:
    corners = {suit: reds(index_of(face("nine", suit))) | blacks(index_of(face("nine", suit))) for suit in SUITS}
    for a, b in combinations(SUITS, 2):
        assert (corners[a] ^ corners[b]).sum() > 200, (a, b)  # pixels; the letter is the same


@pytest.mark.parametrize("deck", DECKS)
def test_suits_have_their_colour(deck: DeckName) -> None:
    for suit in SUITS:
        for rank in (*NUMBERS, "ace"):
            red, black = reds(face(rank, suit, deck)).mean(), blacks(face(rank, suit, deck)).mean()
            assert (red > 0.01) == is_red(suit), (rank, suit)
            assert (black > 0.01) == (not is_red(suit)), (rank, suit)


@pytest.mark.parametrize("suit", SUITS)
def test_courts_wear_what_they_are_known_by(suit: Suit) -> None:
    """A king's crown is yellow above his head, a jack's cap is red; both are in all four colours and differ over most of the frame."""
    crowns = {rank: window(face(rank, suit), (-3, 8), (31, 35.4)) for rank in COURTS}
    assert yellows(crowns["king"]).mean() > 0.5
    assert reds(crowns["jack"]).mean() > 0.4
    assert yellows(crowns["queen"]).mean() < 0.2
    assert reds(crowns["queen"]).mean() < 0.2
    for rank in COURTS:
        figure = window(face(rank, suit), (-20, 20), (-34, 34))
        assert min(reds(figure).mean(), yellows(figure).mean(), blacks(figure).mean()) > 0.02
    for a, b in combinations(COURTS, 2):
        different = np.abs(face(a, suit).astype(int) - face(b, suit).astype(int)).max(axis=2) > 60
        assert window(different, (-21, 21), (-35, 35)).mean() > 0.3, (a, b)


def test_the_ace_of_spades_is_larger_than_the_others() -> None:
    middle = {suit: window(face("ace", suit), (-20, 20), (-18, 18)) for suit in SUITS}
    assert (middle["spades"].min(axis=2) < 120).any(axis=0).sum() > 1.4 * (middle["clubs"].min(axis=2) < 120).any(axis=0).sum()


def test_wear_soils_the_paper_and_keeps_the_print() -> None:
    new, old = CardFace(rank="nine", suit="hearts").paint(), CardFace(rank="nine", suit="hearts", wear=1.0).paint()
    assert old.mean() < new.mean() - 5
    assert (reds(old) & reds(new)).sum() > 0.7 * reds(new).sum()


@pytest.mark.parametrize("bend_per_m", [-4.0, 0.0, 3.0])
def test_a_bent_card_is_an_arc_of_that_height(bend_per_m: float) -> None:
    card = PlayingCard(bend_per_m=bend_per_m)
    assert card.size_m() == pytest.approx((LENGTH_M, WIDTH_M, 0.5 * abs(bend_per_m) * (LENGTH_M / 2) ** 2 + THICKNESS_M))
    low, high = card.build().bounds_m()
    assert low[2] == pytest.approx(0.0, abs=1e-7)
    assert high[2] == pytest.approx(card.size_m()[2], abs=1e-6)


@pytest.mark.parametrize("face_down", [False, True])
def test_the_face_is_read_from_its_own_side(face_down: bool) -> None:
    """Seen from the face's side with the upper edge up, the picture's left is on the left."""
    mesh = PlayingCard(face_down=face_down).build()
    assert mesh.uv is not None
    slot = next(k for k, m in enumerate(mesh.materials) if "card_face" in m.picture)
    corners, uv = mesh.vertices[mesh.faces[mesh.slots == slot]], mesh.uv[mesh.slots == slot]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert (np.sign(normals[:, 2]) == (-1 if face_down else 1)).all()
    side = -1 if face_down else 1
    assert uv[..., 0] == pytest.approx(0.5 - side * corners[..., 1] / WIDTH_M, abs=1e-5)
    assert uv[..., 1] == pytest.approx(0.5 + corners[..., 0] / LENGTH_M, abs=1e-5)


@cache
def scenes(width: str) -> tuple[SceneSpec, ...]:
    grammar = load_grammar(read_grammar_file(SCENE) | {"width": width}, source="cards.yaml")
    return tuple(sample(grammar, seed=3, index=k) for k in range(100))


@pytest.mark.parametrize("width", ["narrow", "wide", "full"])
def test_nines_to_aces_face_up_are_labelled_and_nothing_else(width: str) -> None:
    seen: Counter[str] = Counter()
    for spec in scenes(width):
        for thing in spec.objects:
            is_target = thing.actor["kind"] == "playing_card" and thing.actor["rank"] in LABELLED and not thing.actor["face_down"]
            assert thing.category == (thing.actor["rank"] if is_target else None), thing.name
            seen[thing.category or ""] += 1
    assert set(seen) - {""} == LABELLED
    counts = [seen[rank] for rank in LABELLED]
    assert max(counts) < 2 * min(counts)


def test_narrow_scenes_show_what_the_photographs_show() -> None:
    """One to five cards, most of them alone, no other ranks but where a corner case brings them."""
    plain = [spec for spec in scenes("narrow") if "look_alikes" not in spec.corner_cases and spec.factors["layout"] != "stack"]
    counts = Counter(sum(t.actor["kind"] == "playing_card" for t in spec.objects) for spec in plain)
    assert max(counts) <= 7
    assert 0.45 < counts[1] / len(plain) < 0.8
    assert all(t.category for spec in plain for t in spec.objects if t.actor["kind"] == "playing_card")


def test_corner_cases_have_their_quotas() -> None:
    cases = Counter(case for spec in scenes("wide") for case in spec.corner_cases)
    assert cases == {"heavy_occlusion": 4, "harsh_reflection": 4, "low_light": 4, "out_of_focus": 3, "truncation": 4, "look_alikes": 4}
