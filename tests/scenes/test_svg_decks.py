"""Faces from an SVG deck that the user has installed, on a drawing made here: every cell has a colour that tells rank and suit."""

from __future__ import annotations

import gzip
import hashlib
import sys
from pathlib import Path

import numpy as np
import pytest

from assets.decks import FOLDER_VARIABLE, deck_file
from generator.commands.compose import compose_points
from generator.commands.facts import facts_of
from generator.commands.validate import loaded
from generator.errors import AssetError, ConfigError, MissingPackageError
from generator.grammar import sample
from generator.job import Job
from generator.picture import painted
from scenes.cards.card import PlayingCard
from scenes.cards.faces import CardFace
from scenes.cards.pips import RANKS, Rank, Suit
from scenes.cards.svg_deck import SUIT_ROWS, svg_face

CELL = (40.0, 60.0)  # narrower than our cards, which are 5 : 7


def color(column: int, row: int) -> tuple[int, int, int]:
    return (18 * column, 60 * row, 128)


def drawing(head: str = 'viewBox="-7 11 520 300"') -> str:
    """Each card: black outline, white paper, a coloured disc in the middle and a small square towards its upper left corner."""
    parts = []
    for row in range(5):
        for column in range(13):
            x, y = -7 + CELL[0] * column, 11 + CELL[1] * row
            parts.append(
                f'<rect x="{x + 0.2}" y="{y + 0.2}" width="39.6" height="59.6" rx="1.7" fill="white" stroke="black" stroke-width="0.4"/>'
            )
            fill = "rgb({},{},{})".format(*color(column, row))
            parts.append(f'<circle cx="{x + 20}" cy="{y + 30}" r="8" fill="{fill}"/><use xlink:href="#square" x="{x + 4}" y="{y + 5}"/>')
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'<svg {names} {head}><defs><rect id="square" width="4" height="4" fill="rgb(0,0,200)"/></defs>{"".join(parts)}</svg>'


@pytest.fixture
def decks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "test.svg").write_text(drawing())
    (tmp_path / "packed.svgz").write_bytes(gzip.compress(drawing().encode()))
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("deck", ["svg:test", "svg:packed"])
@pytest.mark.parametrize(("rank", "suit"), [("ace", "clubs"), ("ten", "hearts"), ("king", "spades"), ("queen", "diamonds")])
def test_a_face_is_the_cell_of_its_rank_and_suit(rank: Rank, suit: Suit, deck: str, decks: Path) -> None:
    image = painted(CardFace(rank=rank, suit=suit, deck=deck, width_px=200).key())
    assert image.shape == (280, 200, 3)
    assert tuple(image[140, 100]) == color(RANKS.index(rank), SUIT_ROWS.index(suit))
    assert (image[[0, 0, -1, -1, 140], [0, -1, 0, -1, 0]] == 255).all()  # paper out to the edge: the outline is gone
    assert image.min(axis=2).min() == 0
    dark = (image.max(axis=2) < 100) & (image.sum(axis=2) < 200)
    assert not dark.any() or color(RANKS.index(rank), SUIT_ROWS.index(suit)) == (0, 0, 128)
    rows, columns = np.nonzero((image == (0, 0, 200)).all(axis=2))  # the square: upper left, neither stretched nor turned
    scale, margin = 280 / 60, (200 - 280 / 60 * 40) / 2
    assert abs(np.ptp(rows) + 1 - 4 * scale) <= 1.5
    assert abs(np.ptp(columns) + 1 - 4 * scale) <= 1.5
    assert abs(rows.min() - 5 * scale) <= 1.5
    assert abs(columns.min() - (margin + 4 * scale)) <= 1.5


def test_a_drawing_may_say_its_size_in_plain_numbers(decks: Path) -> None:
    (decks / "plain.svg").write_text(drawing('width="520" height="300"').replace('x="-7', 'x="0'))
    assert svg_face(deck_file("svg:plain"), "two", "clubs", 100).shape == (140, 100, 3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("<svg", "is no SVG drawing"), ('<svg xmlns="http://www.w3.org/2000/svg" width="10cm" height="3"/>', "in plain numbers"),
     ('<html viewBox="0 0 1 1"/>', "found html")],
)  # fmt: skip
def test_a_file_that_is_no_deck_is_told(text: str, expected: str, decks: Path) -> None:
    (decks / "bad.svg").write_text(text)
    with pytest.raises(AssetError, match=expected):
        svg_face(deck_file("svg:bad"), "ace", "spades", 100)


def test_a_deck_that_is_not_installed_is_told_when_a_card_is_made(decks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AssetError) as caught:
        PlayingCard(deck="svg:tset")
    told = str(caught.value)
    assert "no tset.svgz or tset.svg in" in told
    assert 'Did you mean "test"? It has packed, test.' in told
    assert "apt install gnome-cards-data" in told
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    monkeypatch.setattr("assets.decks.find_spec", lambda _: None)
    with pytest.raises(MissingPackageError, match=r"deck svg:test needs resvg-py, not installed here: pip install 'scenewright\[decks\]'"):
        PlayingCard(deck="svg:test")


def test_a_scene_takes_such_decks_and_its_card_lists_them(decks: Path) -> None:
    (decks / "test.svg").rename(decks / "anglo.svg")
    words = ["scene=cards", "scene.factors.deck={choice: ['svg:anglo', rider]}", "count=1"]
    ((job, grammar),) = loaded(Job, compose_points("generate", words, multirun=False))
    used = {o.actor["deck"] for i in range(6) for o in sample(grammar, 1, i).objects if o.actor["kind"] == "playing_card"}
    assert used == {"svg:anglo", "rider"}
    (entry,) = [e for e in facts_of(job, grammar).licences if e["name"].startswith("decks/")]
    assert (entry["name"], "GPL-3+" in entry["licence"]) == ("decks/anglo.svg", True)
    assert entry["sha256"] == hashlib.sha256((decks / "anglo.svg").read_bytes()).hexdigest()
    wrong = ["scene=cards", "scene.rules.labelled_card.params.deck=svg:nowhere"]
    with pytest.raises((AssetError, ConfigError), match="there is no deck svg:nowhere"):
        loaded(Job, compose_points("generate", wrong, multirun=False))
