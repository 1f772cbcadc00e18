"""What a dataset notes down of its job is enough to go on with it, whatever changed the scene before it was resolved."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

import tests.actors  # noqa: F401  (registers the test actors)
from generator.cli import main
from generator.commands.compose import compose_points
from generator.commands.request import requested
from generator.commands.runs import Order, orders
from generator.dataset import open_store
from generator.errors import DatasetError, DatasetInputError
from generator.grammar import sample
from generator.job import identity
from render_farm.request import REQUEST, read_request, write_request
from tests.farm.runs import ROOT, TINY, card, run

COUNTERFACTUAL = ["scene.factors.weather={choice:{rain:3,mist:1}}", "counterfactual=weather"]


def readme_scene(folder: Path) -> Path:
    """The scene file that README shows."""
    lines = (ROOT / "README.md").read_text().split("    # my_streets.yaml", 1)[1].split("\n\n", 1)[0].splitlines()[1:]
    file = folder / "my_streets.yaml"
    file.write_text("\n".join(line.removeprefix("    ") for line in lines))
    return file


def noted(out: Path, words: list[str]) -> Order:
    """The job of `words`, claimed and noted down in `out` as a run begins with."""
    (order,) = orders(compose_points("generate", [*words, f"out={out}"], multirun=False))
    with open_store(str(out), identity(order.job, order.grammar)) as store:
        write_request(store.folder, order.job, order.grammar)
    return order


@pytest.mark.parametrize(
    "words",
    [
        ["scene=README"],
        ["scene=README", "scene.factors.weather={choice:[mist]}"],
        COUNTERFACTUAL,
        ["scene.factors.time_of_day_h={uniform:[8,10]}"],
        ["scene.factors.weather=rain", "scene.width=narrow"],
        ["scene=cards"],
    ],
    ids=lambda words: " ".join(words),
)
def test_a_job_is_the_same_read_back_from_its_dataset(tmp_path: Path, words: list[str]) -> None:
    words = [f"scene={readme_scene(tmp_path)}" if word == "scene=README" else word for word in words]
    begun = noted(tmp_path / "out", words)
    (tmp_path / "tables").mkdir()
    job, grammar = requested(str(tmp_path / "out"), (), tmp_path / "tables")
    assert identity(job, grammar) == identity(begun.job, begun.grammar)
    assert (grammar.allowed, grammar.changes) == (begun.grammar.allowed, begun.grammar.changes)
    assert [sample(grammar, 5, i) for i in range(2)] == [sample(begun.grammar, 5, i) for i in range(2)]


def test_shares_of_a_changed_scene_are_merged_and_resumed(tmp_path: Path) -> None:
    scene, out = tmp_path / "bright.yaml", tmp_path / "out"
    scene.write_text((ROOT / "tests/data/balls.yaml").read_text() + "corner_cases: {dusk: {quota: 0.5, set: {factors.brightness: 0.4}}}\n")
    job = (f"scene={scene}", "scene.factors.brightness={uniform:[0.8,0.9]}", "seed=3", "count=2", f"out={out}", *TINY)
    assert run("farm", "shard", "0/1", *job).returncode == 0
    merged = run("farm", "merge", out)
    assert merged.returncode == 0, merged.stderr
    assert card(out)["counts"]["images"] == 2
    more = run("farm", "resume", out, "count=3")
    assert more.returncode == 0, more.stderr
    assert card(out)["counts"]["images"] == 3


def test_what_an_earlier_version_left_out_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    noted(out, COUNTERFACTUAL)
    request = orjson.loads((out / REQUEST).read_bytes())
    del request["allowed"]
    (out / REQUEST).write_bytes(orjson.dumps(request))
    with pytest.raises(DatasetInputError, match="give the command that began it once more") as error:
        requested(str(out), (), tmp_path)
    assert f"{out}/job.json" in str(error.value), "no temporary file is named"
    assert main(["farm", "merge", str(out)]) == 2
    assert "give the command that began it once more" in capsys.readouterr().err


@pytest.mark.parametrize(
    "damaged", [{}, {"job": {}}, {"job": [], "tables": {}}, {"job": {}, "tables": 5}, {"job": {}, "tables": {}, "allowed": 5}]
)
def test_a_damaged_request_is_told(tmp_path: Path, damaged: dict[str, object]) -> None:
    noted(tmp_path / "out", ["scene=cards"])
    (tmp_path / "out" / REQUEST).write_bytes(orjson.dumps(damaged))
    with pytest.raises(DatasetError, match=r"run/request\.json is damaged"):
        read_request(tmp_path / "out")
