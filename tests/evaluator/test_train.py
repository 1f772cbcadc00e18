"""`scenewright train` on pictures that a detector learns in seconds."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
import torch

from evaluator.datasets import open_images
from evaluator.detection import detect, load_detector, score
from evaluator.train.curves import read_curves
from evaluator.train.loop import rate
from evaluator.train.mixes import Phase
from evaluator.train.selection import selected, split
from evaluator.train.settings import RecipeSettings, SplitSettings, TrainJob
from generator.cli import main
from generator.commands.compose import compose_points
from generator.commands.validate import validated
from generator.errors import ScenewrightError
from tests.evaluator.made import shapes
from tests.farm.runs import ENVIRONMENT, ROOT
from tests.writers.made import make_dataset

TINY = (
    "detector.size_px=64",
    "detector.pyramid.channels=32",
    "detector.pyramid.levels=3",
    "recipe.batch=4",
    "recipe.warmup_steps=5",
    "recipe.log_every=1",
    "device=cpu",
    "threads=1",
)


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shapes(tmp_path_factory.mktemp("sets") / "photos", 40, 1)


@pytest.fixture(scope="module")
def drawings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shapes(tmp_path_factory.mktemp("sets") / "drawings", 20, 2, bright=170)


def train(out: Path, *words: str) -> int:
    return main(["train", *TINY, f"out={out}", *words])


def weights(folder: Path) -> dict[str, torch.Tensor]:
    found: dict[str, torch.Tensor] = torch.load(folder / "seed_0" / "final.pt", weights_only=True)["weights"]
    return found


def equal(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def without_pace(folder: Path) -> list[dict[str, Any]]:
    return [{k: v for k, v in line.items() if k != "images_per_s"} for line in read_curves(folder / "seed_0")]


LEARNT = (
    "recipe.steps=50", "recipe.validate_every=25", "recipe.lr=0.003", "recipe.batch=8", "detector.pyramid.channels=64",
    "split.validation=0.2", "split.test=0.2",
)  # fmt: skip


@pytest.fixture(scope="module")
def learnt(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("learnt") / "out"
    assert train(out, f"real={photos}", *LEARNT) == 0
    return out


def test_it_learns_and_the_saved_detector_scores_what_the_report_says(learnt: Path, photos: Path) -> None:
    result = orjson.loads((learnt / "seed_0" / "result.json").read_bytes())
    assert result["validation"]["bbox"]["ap50"] > 0.5
    losses = [line["loss"] for line in read_curves(learnt / "seed_0") if "loss" in line]
    assert len(losses) == 50
    assert np.mean(losses[-5:]) < 0.7 * np.mean(losses[:5])
    held = split(open_images(photos), SplitSettings(validation=0.2, test=0.2))["test"]
    found = score(held, detect(load_detector(learnt / "seed_0" / "final.pt", "cpu"), held))
    assert found.ap == pytest.approx(result["test"]["bbox"]["ap"])
    assert found.classes == pytest.approx(result["test"]["bbox"]["classes"])


def test_curves_are_lines_events_and_a_page(learnt: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    folder = learnt / "seed_0"
    judged = [line for line in read_curves(folder) if "ap" in line]
    assert [line["step"] for line in judged] == [25, 50]
    events = EventAccumulator(str(folder / "events"))
    events.Reload()
    assert [e.step for e in events.Scalars("validation/ap")] == [25, 50]
    assert [e.value for e in events.Scalars("validation/ap")] == pytest.approx([line["ap"] for line in judged])
    assert {"train/loss", "train/lr", "train/bbox_regression"} <= set(events.Tags()["scalars"])
    page = (folder / "curves.html").read_text()
    assert page.count("data:image/png") == 3
    assert not (folder / "last.pt").exists()


def test_a_finished_training_is_read_and_a_folder_belongs_to_one_job(
    learnt: Path, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (learnt / "seed_0" / "final.pt").stat().st_mtime_ns
    assert train(learnt, f"real={photos}", *LEARNT) == 0
    assert (learnt / "seed_0" / "final.pt").stat().st_mtime_ns == before
    assert "real, training" in capsys.readouterr().out
    assert train(learnt, f"real={photos}", *LEARNT, "recipe.lr=0.1", "mix.real_fraction=0.5") == 2
    assert "belongs to another job, with other mix.real_fraction, recipe.lr" in capsys.readouterr().err


def test_ctrl_c_is_an_interruption_once_there_is_a_checkpoint(photos: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "generator.cli", "train", *TINY, f"out={tmp_path / 'out'}", f"real={photos}", "recipe.steps=100000"]
    hearing = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a shell that runs tests in the background ignores it
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, preexec_fn=hearing, **pipes) as process:
        while not (tmp_path / "out/seed_0/last.pt").exists():
            assert process.poll() is None, process.communicate()[1]
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        told = process.communicate(timeout=60)[1]
    assert process.returncode == 75, told
    assert "interrupted; the same command again goes on from the last checkpoint" in told
    assert "Traceback" not in told


def test_ctrl_c_before_anything_is_there_is_a_stop(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(job: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("evaluator.train.run.run", interrupted)
    assert train(tmp_path / "out", f"real={photos}") == 130
    assert "stopped" in capsys.readouterr().err


@pytest.mark.parametrize("word", ["classes=[cat]", "start=nothing.pt", "recipe.batch=3", "split.test=0.0001"])
def test_what_is_refused_leaves_nothing_behind(word: str, photos: Path, tmp_path: Path) -> None:
    words = ("recipe.accumulate=2", word) if word == "recipe.batch=3" else (word,)
    assert train(tmp_path / "out", f"real={photos}", *words) == 2
    assert not (tmp_path / "out").exists()


def test_a_dataset_of_ours_that_was_changed_is_noted(tmp_path: Path) -> None:
    made = make_dataset(tmp_path / "made")
    (made.root / "images/000/000001.png").write_bytes((made.root / "images/000/000000.png").read_bytes())
    words = ["mix=synthetic", f"synthetic={made.root}", "split.validation=0", "split.synthetic_test=0"]
    (point,) = compose_points("train", words, multirun=False)
    notes = selected(validated(TrainJob, point.config), 0).notes
    assert any(note.startswith("made: images/000/000001.png has changed since the dataset was made") for note in notes), notes


def test_killed_at_any_moment_it_ends_with_the_same_weights(photos: Path, drawings: Path, tmp_path: Path) -> None:
    """Two phases, checkpoints every two steps; killed in the second, the files are those of an undisturbed training."""
    words = (
        "mix=finetune", f"real={photos}", f"synthetic={drawings}", "recipe.steps=16", "recipe.checkpoint_every=2",
        "recipe.validate_every=3", "recipe.patience=9", "split.validation=0.1",
    )  # fmt: skip
    assert train(tmp_path / "whole", *words) == 0
    command = [sys.executable, "-m", "generator.cli", "train", *TINY, f"out={tmp_path / 'killed'}", *words]
    lines = tmp_path / "killed" / "seed_0" / "curves.jsonl"
    with subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None and (not lines.exists() or lines.read_bytes().count(b"\n") < 15):
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
    assert (lines.parent / "last.pt").exists()
    assert not (lines.parent / "final.pt").exists()
    assert train(tmp_path / "killed", *words) == 0
    assert equal(weights(tmp_path / "killed"), weights(tmp_path / "whole"))
    assert without_pace(tmp_path / "killed") == without_pace(tmp_path / "whole")


def test_seeds_differ_and_repeat(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = (f"real={photos}", "recipe.steps=2", "seeds=[0,1]")
    assert train(tmp_path / "a", *words) == 0
    text = capsys.readouterr().out
    assert [line.split()[0] for line in text.splitlines() if line.strip()][-4:-1] == ["0", "1", "mean"]
    assert "+-" in text
    assert train(tmp_path / "b", *words[:2]) == 0
    assert equal(weights(tmp_path / "a"), weights(tmp_path / "b"))
    other = torch.load(tmp_path / "a" / "seed_1" / "final.pt", weights_only=True)["weights"]
    assert not equal(weights(tmp_path / "a"), other)


def test_an_early_stop_keeps_the_best(photos: Path, tmp_path: Path) -> None:
    """At a rate of nothing no validation is better than the first, so it ends after two more, with the weights of the first."""
    words = ("recipe.steps=50", "recipe.validate_every=2", "recipe.patience=2", "recipe.lr=1e-12")
    assert train(tmp_path / "out", f"real={photos}", *words) == 0
    assert orjson.loads((tmp_path / "out" / "seed_0" / "result.json").read_bytes())["steps"] == 6
    best = torch.load(tmp_path / "out" / "seed_0" / "best.pt", weights_only=True)["weights"]
    assert equal(weights(tmp_path / "out"), best)


def test_a_training_begins_from_a_checkpoint(learnt: Path, photos: Path, drawings: Path, tmp_path: Path) -> None:
    start = learnt / "seed_0" / "final.pt"
    words = (f"real={photos}", f"start={start}", "detector.pyramid.channels=64", "recipe.steps=1", "recipe.lr=1e-12")
    assert train(tmp_path / "more", *words) == 0
    result = orjson.loads((tmp_path / "more" / "seed_0" / "result.json").read_bytes())
    assert result["validation"]["bbox"]["ap50"] > 0.5
    assert train(tmp_path / "other", *words, "classes=[car]") == 2


def test_a_loss_that_is_no_number_stops_it_with_the_batch_saved(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train(tmp_path / "out", f"real={photos}", "recipe.steps=9", "recipe.lr=1e30", "recipe.warmup_steps=0") == 1
    text = capsys.readouterr().err
    assert "is nan" in text or "is inf" in text
    assert "The batch, its losses and the weights are in" in text
    saved = torch.load(tmp_path / "out" / "seed_0" / "bad_batch.pt", weights_only=True)
    assert len(saved["pictures"]) == len(saved["targets"]) == len(saved["names"]) == 4
    assert all(name in text for name in saved["names"])
    assert not all(np.isfinite(list(saved["losses"].values())))


def test_two_processes_do_what_one_does_in_two_parts(photos: Path, tmp_path: Path) -> None:
    """Gradients averaged by DistributedDataParallel (gloo) are those accumulated over the same two halves of each batch."""
    words = (f"real={photos}", "recipe.steps=3", "recipe.validate_every=3")
    assert train(tmp_path / "one", *words, "recipe.accumulate=2") == 0
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "generator.cli"]
    done = subprocess.run(
        [*torchrun, "train", *TINY, *words, f"out={tmp_path / 'two'}"],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    one, two = weights(tmp_path / "one"), weights(tmp_path / "two")
    for name in one:
        torch.testing.assert_close(two[name], one[name], rtol=1e-3, atol=1e-4, msg=lambda text, name=name: f"{name}: {text}")
    results = [orjson.loads((tmp_path / n / "seed_0" / "result.json").read_bytes()) for n in ("one", "two")]
    assert results[0]["validation"]["bbox"]["images"] == results[1]["validation"]["bbox"]["images"] > 1
    assert results[0]["counts"] == results[1]["counts"]
    losses = [[line["lr"] for line in read_curves(tmp_path / n / "seed_0") if "lr" in line] for n in ("one", "two")]
    assert losses[0] == losses[1]


def test_learning_rates_rise_then_fall() -> None:
    recipe = RecipeSettings(steps=100, batch=1, lr=0.1, warmup_steps=10)
    phase = Phase("finetune", 1.0, 100, 0.5)
    rates = [rate(recipe, phase, step) for step in range(100)]
    assert rates[:10] == pytest.approx([0.005 * (i + 1) for i in range(10)])
    assert rates[10] == pytest.approx(0.05)
    assert rates[55] == pytest.approx(0.05 * 0.505)  # half of the cosine
    assert rates[99] == pytest.approx(0.05 * 0.01, rel=0.1)
    constant = RecipeSettings(steps=100, batch=1, lr=0.1, warmup_steps=0, schedule="constant")
    assert {rate(constant, Phase("train", 1.0, 100), step) for step in range(100)} == {0.1}


@pytest.mark.parametrize("kind", ["faster_rcnn", "mask_rcnn", "point_rend"])
def test_other_detectors_train_and_are_judged_by_what_they_find(
    kind: str, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = (
        "detector.regions.box_width=16",
        "detector.regions.regions_kept=20",
        "detector.regions.regions_trained=8",
        "detector.pyramid.levels=4",
    )
    assert train(tmp_path / "out", f"real={photos}", f"detector={kind}", *small, "recipe.steps=2") == 0
    result = orjson.loads((tmp_path / "out" / "seed_0" / "result.json").read_bytes())
    assert set(result["validation"]) == ({"bbox", "segm"} if kind != "faster_rcnn" else {"bbox"})
    assert ("validation mask AP" in capsys.readouterr().out) == (kind != "faster_rcnn")


def test_a_sweep_has_a_folder_for_each_point(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train(tmp_path / "out", "--multirun", f"real={photos}", "recipe.steps=1", "mix.real_fraction=0.5,1") == 0
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["mix.real_fraction=0.5", "mix.real_fraction=1"]
    assert capsys.readouterr().out.count("== ") == 2


def test_without_torch_the_command_says_what_to_install(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from evaluator import packages

    monkeypatch.setattr(packages, "_OF_TRAINING", ("torch", "not_there"))
    with pytest.raises(
        ScenewrightError, match=r"scenewright train needs not_there, not installed here: pip install 'scenewright\[train\]'"
    ):
        packages.need_training_packages("scenewright train")


def test_broken_labels_are_told_in_full_or_dropped(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(photos, tmp_path / "broken")
    file = tmp_path / "broken" / "annotations.json"
    content = orjson.loads(file.read_bytes())
    content["annotations"][0]["category_id"] = 99
    content["annotations"][1]["bbox"] = [0, 0, 500, 5]
    file.write_bytes(orjson.dumps(content))
    assert train(tmp_path / "out", f"real={tmp_path / 'broken'}", "recipe.steps=1") == 2
    text = capsys.readouterr().err
    assert "2 problems" in text
    assert "there is no category 99" in text
    assert train(tmp_path / "out", "--drop", f"real={tmp_path / 'broken'}", "recipe.steps=1") == 0
    assert "2 broken entries left out" in capsys.readouterr().out
