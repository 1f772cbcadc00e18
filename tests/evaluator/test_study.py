"""`scenewright study`: which trainings, who runs them, and what the tables say."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest
import torch

from evaluator.study.cell import main as run_cell
from evaluator.study.cells import CELL, SPEC, Cell, cells
from evaluator.study.run import done, environments, order, part
from evaluator.study.settings import StudyJob
from evaluator.study.tables import Point, amount_rows, amounts, cross_rows, photos_worth
from evaluator.train.curves import LINES
from evaluator.train.loop import Interrupted, TrainingError
from generator.cli import main
from generator.commands.compose import compose_points
from generator.commands.validate import validated
from generator.errors import ConfigError, DatasetInputError, DeviceError
from generator.exit_codes import INTERRUPTED, REFUSED, STORAGE
from generator.storage.atomic import disk_errors
from render_farm.task_run import TaskResult
from tests.evaluator.made import shapes
from tests.evaluator.test_train import TINY, weights
from tests.farm.runs import ENVIRONMENT, ROOT

SMALL = ("fractions=[0,0.5,1]", "counts=[0,4,8]", "seeds=[0,1]", "split.synthetic_test=0.3", "recipe.steps=2")


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("sets")
    return f"real={shapes(folder / 'photos', 30, 1)}", f"synthetic={shapes(folder / 'drawings', 20, 2, bright=170)}"


def study(out: Path, *words: str) -> StudyJob:
    (point,) = compose_points("study", [*TINY, *SMALL, f"out={out}", *words], multirun=False)
    return validated(StudyJob, point.config)


def test_every_pair_of_fraction_and_count_is_trained_for_every_seed(sets: tuple[str, str], tmp_path: Path) -> None:
    found = cells(study(tmp_path, *sets, "mixes=[mixed,finetune]", f"+others.old={sets[1].split('=')[1]}"))
    kinds = Counter((cell.mix, cell.made) for cell in found)
    assert kinds == {
        ("real", "synthetic"): 4, ("synthetic", "synthetic"): 4, ("mixed", "synthetic"): 8, ("finetune", "synthetic"): 8,
        ("synthetic", "old"): 2,
    }  # fmt: skip
    assert len({cell.folder for cell in found}) == len(found)
    assert [cell.seed for cell in found] == sorted(cell.seed for cell in found)
    assert str(found[0]) == "mixed: 100% of the photos + 8 images of synthetic, seed 0"


def test_photos_can_be_mixed_with_some_of_the_counts_alone(sets: tuple[str, str], tmp_path: Path) -> None:
    whole = cells(study(tmp_path, *sets))
    found = cells(study(tmp_path, *sets, "mixed_counts=[8]"))
    assert [c.folder for c in found] == [c.folder for c in whole if not (c.fraction and c.count == 4)]
    with pytest.raises(ConfigError, match=r"mixed_counts=\[5\] must be among counts=\[0, 4, 8\]"):
        study(tmp_path, *sets, "mixed_counts=[5]")


def test_a_cell_is_known_by_all_that_decides_it(sets: tuple[str, str], tmp_path: Path) -> None:
    base = [cell.folder.name for cell in cells(study(tmp_path, *sets))]
    assert [c.folder.name for c in cells(study(tmp_path / "elsewhere", *sets, "threads=2", "workers=3"))] == base
    for change in ("recipe.steps=3", "split.test=0.4", "detector.head_convolutions=1", "filter.min_side_px=1"):
        assert not {c.folder.name for c in cells(study(tmp_path, *sets, change))} & set(base)
    more = [c.folder.name for c in cells(study(tmp_path, *sets, "seeds=[0,1,2]"))]
    assert set(base) < set(more)
    photos = Path(sets[0].split("=")[1]) / "annotations.json"
    kept = photos.read_bytes()
    content = orjson.loads(kept)
    content["annotations"][0]["bbox"][2] -= 1
    photos.write_bytes(orjson.dumps(content))
    changed = {c.folder.name for c in cells(study(tmp_path, *sets))}
    photos.write_bytes(kept)
    assert not changed & set(base)


def test_a_signal_lets_trainings_write_a_checkpoint_from_which_they_go_on_to_the_same_weights(
    sets: tuple[str, str], tmp_path: Path
) -> None:
    """Far from the next checkpoint that was due anyway."""
    alone = ("fractions=[1]", "counts=[8]", "seeds=[0]", "mixes=[mixed]", "recipe.steps=30", "recipe.checkpoint_every=1000")
    command = [sys.executable, "-m", "generator.cli", "study", *TINY, *SMALL, *sets, *alone, f"out={tmp_path / 'out'}"]
    with subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, start_new_session=True, stderr=subprocess.PIPE, text=True) as process:
        while not any(file.stat().st_size for file in tmp_path.glob("out/cells/*/seed_0/curves.jsonl")):
            assert process.poll() is None, process.communicate()[1]
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGINT)  # a terminal tells all of a command's processes
        told = process.communicate(timeout=60)[1]
    assert process.returncode == 75, told
    assert "interrupted; the same command again goes on with the trainings in" in told
    assert "Traceback" not in told
    (folder,) = tmp_path.glob("out/cells/*")
    stopped = torch.load(folder / "seed_0" / "last.pt", weights_only=True)["standing"]["step"]
    assert 0 < stopped < 30
    (cell,) = cells(study(tmp_path / "out", *sets, *alone))
    assert run_cell(cell.folder) == 0
    (other,) = cells(study(tmp_path / "other", *sets, *alone))
    other.folder.mkdir(parents=True)
    (other.folder / SPEC).write_text(order(other))
    assert run_cell(other.folder) == 0
    ours, theirs = (weights(c.folder) for c in (cell, other))
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_what_a_cell_exits_with(sets: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A verdict is not tried again, a disk that fails ends the study, a machine without the device leaves the cell to another."""
    cell = cells(study(tmp_path, *sets))[0]
    cell.folder.mkdir(parents=True)
    (cell.folder / SPEC).write_text(order(cell))
    for error, code in (
        (TrainingError("the loss is nan"), REFUSED),
        (DatasetInputError("it is no dataset"), REFUSED),
        (DeviceError("there is no GPU"), 1),
        (Interrupted("stopped"), INTERRUPTED),
    ):

        def run(job: object, stopping: object, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr("evaluator.study.cell.run", run)
        assert run_cell(cell.folder) == code

    def full(job: object, stopping: object) -> None:
        with disk_errors(cell.folder):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("evaluator.study.cell.run", full)
    assert run_cell(cell.folder) == STORAGE


def test_how_much_of_begun_trainings_is_done_is_read_off_their_curves(sets: tuple[str, str], tmp_path: Path) -> None:
    wanted = cells(study(tmp_path, *sets, "recipe.steps=40"))
    assert part(wanted) == 0
    for cell, lines in zip(wanted, (b'{"step": 10}\n{"step": 20}\n{"ste', b'{"step": 40}\n', b""), strict=False):
        (cell.folder / f"seed_{cell.seed}").mkdir(parents=True)
        (cell.folder / f"seed_{cell.seed}" / LINES).write_bytes(lines)
    assert part(wanted) == 0.5 + 1
    (wanted[1].folder / CELL).write_bytes(b"{}")
    assert part(wanted) == 0.5


def test_gpus_are_dealt_to_the_trainings(sets: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)

    def gpus(*words: str) -> list[str | None]:
        return [one.get("CUDA_VISIBLE_DEVICES") for one in environments(study(tmp_path, *sets, *words))]

    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert gpus("device=auto") == ["0", "1"]
    assert gpus("device=cuda", "workers=3") == ["0", "1", "0"]
    assert gpus("device=cpu", "workers=2") == [None, None]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "5,7")
    assert gpus("device=auto") == ["5", "7"], "those that this process may use"


def test_ctrl_c_before_a_training_has_begun_is_a_stop(
    sets: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(job: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("evaluator.study.cells.cells", interrupted)
    assert main(["study", *sets, f"out={tmp_path / 'out'}"]) == 130
    assert "stopped" in capsys.readouterr().err


def test_photos_that_a_score_is_worth() -> None:
    curve = [(10, 0.2), (100, 0.4), (1000, 0.6)]
    assert photos_worth(curve, 0.4) == pytest.approx(100)
    assert photos_worth(curve, 0.3) == pytest.approx(10**1.5)  # half way in the logarithm
    assert photos_worth(curve, 0.2) == 10
    assert photos_worth(curve, 0.1) == 0
    assert photos_worth(curve, 0.61) == float("inf")
    assert photos_worth([(10, 0.2), (20, 0.1), (40, 0.3)], 0.2) == 10  # a curve that dips is taken to stay


def points_of(scores: dict[tuple[str, float, int], list[float]]) -> list[Point]:
    return [
        Point(mix, "synthetic", fraction, count, round(100 * fraction), count, {"real": dict(enumerate(values)), "synthetic": {0: 0.9}})
        for (mix, fraction, count), values in scores.items()
    ]


def test_the_table_of_amounts() -> None:
    """Gains are paired by seed: a constant gain has no interval although the scores scatter."""
    found = points_of(
        {
            ("real", 0.1, 0): [0.10, 0.30],
            ("real", 1.0, 0): [0.55, 0.65],
            ("mixed", 0.1, 50): [0.30, 0.50],
            ("mixed", 1.0, 50): [0.70, 0.70],
            ("synthetic", 0.0, 50): [0.10, 0.12],
        }
    )
    by_mix = {(a.point.mix, a.point.fraction): a for a in amounts(found)}
    few = by_mix["mixed", 0.1]
    assert few.gain is not None
    assert few.gain.value == pytest.approx(0.2)
    assert few.gain.half_width == pytest.approx(0, abs=1e-9)
    assert few.score.half_width == pytest.approx(12.706 * 0.1, rel=1e-3)  # Student's t with one degree of freedom
    assert few.worth is not None
    assert few.worth[0] == pytest.approx(10**1.5)  # 0.4 is half way from 0.2 at 10 photos to 0.6 at 100
    rows = {row[:3]: row for row in amount_rows(amounts(found), "ap50")}
    assert rows["10", "50", "mixed"][4:] == ("+0.200 +- 0.000", "32 (fewer than tried to more than tried)", "22")
    assert rows["100", "50", "mixed"][5].startswith("more than tried")
    assert rows["0", "50", "synthetic"][4:] == ("-", "fewer than tried (fewer than tried to 12)", "fewer than tried")
    assert rows["100", "0", "real"][4:] == ("-", "-", "-")


def test_the_cross_table_holds_whole_sets(sets: tuple[str, str], tmp_path: Path) -> None:
    found = points_of({("real", 1.0, 0): [0.6], ("real", 0.5, 0): [0.5], ("synthetic", 0, 8): [0.3], ("mixed", 1.0, 8): [0.7]})
    assert cross_rows(study(tmp_path, *sets), found) == [
        ("trained on", "tested on real", "tested on synthetic"),
        ("100 photos", "0.600", "0.900"),
        ("8 of synthetic", "0.300", "0.900"),
        ("100 photos + 8 (mixed)", "0.700", "0.900"),
    ]


def in_this_process(job: StudyJob, wanted: Sequence[Cell]) -> TaskResult:
    for cell in wanted:
        if not done(cell):
            cell.folder.mkdir(parents=True, exist_ok=True)
            (cell.folder / SPEC).write_text(order(cell))
            assert run_cell(cell.folder) == 0
    return TaskResult({}, interrupted=False)


def test_a_study_from_words_to_page(sets: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr("generator.commands.study.run_cells", in_this_process)
    words = [*TINY, *SMALL, *sets, "fractions=[0,1]", "counts=[0,8]", f"+tests.more={sets[0].split('=')[1]}", f"out={tmp_path}"]
    assert main(["study", *words, "--plan"]) == 0
    assert "6 trainings, 0 done, 0 begun" in capsys.readouterr().out
    assert main(["study", *words]) == 0
    text = capsys.readouterr().out
    assert "gain over photos alone" in text
    assert "of two seeds, intervals are so wide that they say little" in text
    assert "tested on more" in text
    report = orjson.loads((tmp_path / "study.json").read_bytes())
    assert (report["not_done"], report["failed"], len(report["points"])) == (0, {}, 3)
    for point in report["points"]:
        assert {test: set(seeds) for test, seeds in point["scores"].items()} == {t: {"0", "1"} for t in ("real", "synthetic", "more")}
    held = {orjson.loads(p.read_bytes())["scores"]["synthetic"]["bbox"]["images"] for p in tmp_path.glob("cells/*/cell.json")}
    trained = {orjson.loads(p.read_bytes())["counts"][-2][1] for p in tmp_path.glob("cells/*/cell.json")}
    assert len(held) == 1
    assert 0 < held.pop() < 13  # 20 synthetic images, of which 8 are for training
    assert "8" in trained
    assert (tmp_path / "study.html").read_text().count("data:image/png") == 2
    before = {p: p.stat().st_mtime_ns for p in tmp_path.glob("cells/*/cell.json")}
    assert main(["study", *words]) == 0
    assert {p: p.stat().st_mtime_ns for p in tmp_path.glob("cells/*/cell.json")} == before


def test_fine_tuning_can_begin_with_the_detectors_of_synthetic_images_alone(
    sets: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """One pretraining for all fractions; its cell is the one of the study without fine-tuning."""
    monkeypatch.setattr("generator.commands.study.run_cells", in_this_process)
    small = ("counts=[0,8]", "seeds=[1]", "mixes=[finetune]", "finetune_steps=1")
    words = [*TINY, *SMALL, *sets, *small, f"out={tmp_path}"]
    found = cells(study(tmp_path, *sets, *small))
    assert {c.folder for c in cells(study(tmp_path, *sets, *small[:2], "mixes=[]"))} < {c.folder for c in found}
    tuned = [c for c in found if c.mix == "finetune"]
    (alone,) = [c for c in found if c.mix == "synthetic"]
    assert [c.start for c in tuned] == [alone.folder / "seed_1" / "final.pt"] * 2
    there = [c.folder.name for c in cells(study(tmp_path / "elsewhere", *sets, *small))]
    assert there == [c.folder.name for c in found]  # whatever folder it is in

    assert main(["study", *words]) == 0
    assert "finetune" in capsys.readouterr().out
    content = orjson.loads((tuned[0].folder / "cell.json").read_bytes())
    assert content["steps"] == 1
    assert ["synthetic, training", "8"] in [row[:2] for row in content["counts"]]
    assert "begins with the detector of the same synthetic images alone; 1 steps" in (tmp_path / "study.html").read_text()


def test_fine_tuning_tells_what_it_lacks(sets: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pretraining that failed: the others run, and the report says why."""

    def failing(job: StudyJob, wanted: Sequence[Cell]) -> TaskResult:
        good = [c for c in wanted if c.mix != "synthetic"]
        in_this_process(job, good)
        return TaskResult({n: "broken" for n, c in enumerate(wanted) if c not in good}, interrupted=False)

    monkeypatch.setattr("generator.commands.study.run_cells", failing)
    small = ("counts=[0,8]", "fractions=[0,1]", "seeds=[1]", "mixes=[finetune]", "finetune_steps=1")
    assert main(["study", *TINY, *SMALL, *sets, *small, f"out={tmp_path}"]) == 1
    report = orjson.loads((tmp_path / "study.json").read_bytes())
    assert sorted(why.split(":")[0] for why in report["failed"].values()) == ["broken", "what it begins with is not there"]
    assert len(report["points"]) == 1


def test_a_report_is_of_what_is_done_and_trains_nothing(
    sets: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("generator.commands.study.run_cells", lambda *_: pytest.fail("trains"))
    words = [*TINY, *SMALL, *sets, "fractions=[0,1]", "counts=[0,8]", f"out={tmp_path}"]
    assert main(["study", *words, "--report"]) == 1
    assert f"no training in {tmp_path} is done" in capsys.readouterr().err
    job = study(tmp_path, *sets, "fractions=[0,1]", "counts=[0,8]")
    in_this_process(job, cells(job)[:2])
    assert main(["study", *words, "--report"]) == 0
    assert "4 of 6 trainings are not done" in capsys.readouterr().out
    report = orjson.loads((tmp_path / "study.json").read_bytes())
    assert (report["not_done"], len(report["points"])) == (4, 2)
    assert "4 trainings are not done" in (tmp_path / "study.html").read_text()


def test_cells_run_on_the_farm_and_one_that_fails_does_not_stop_the_others(
    sets: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [*TINY, *SMALL, *sets, "fractions=[1]", "counts=[8]", "seeds=[0,1]", "mixes=[mixed]", "recipe.steps=1", f"out={tmp_path}"]
    first, second = cells(study(tmp_path, *words[len(TINY) + len(SMALL) :]))
    (first.folder / "seed_0").mkdir(parents=True)
    (first.folder / "seed_0" / "job.json").write_text("{}")  # of another job
    assert main(["study", *words, "workers=2"]) == 1
    assert (done(first), done(second)) == (False, True)
    report = orjson.loads((tmp_path / "study.json").read_bytes())
    assert report["not_done"] == 1
    assert "belongs to another job" in report["failed"][str(first)]
    assert "2/2 trainings" in capsys.readouterr().err


def test_the_plan_shows_what_is_begun_and_broken_labels_can_be_dropped(sets: tuple[str, str], tmp_path: Path, capsys: Any) -> None:
    words = [*TINY, *SMALL, *sets, "fractions=[1]", "counts=[8]", "seeds=[0]", f"out={tmp_path / 'out'}"]
    (cell,) = cells(study(tmp_path / "out", *words[len(TINY) + len(SMALL) : -1]))
    (cell.folder / "seed_0").mkdir(parents=True)
    (cell.folder / "seed_0" / "last.pt").touch()
    assert main(["study", *words, "--plan"]) == 0
    assert "1 trainings, 0 done, 1 begun" in capsys.readouterr().out
    broken = Path(shapes(tmp_path / "broken", 30, 1))
    content = orjson.loads((broken / "annotations.json").read_bytes())
    content["annotations"][0]["bbox"] = [0, 0, -1, 5]
    (broken / "annotations.json").write_bytes(orjson.dumps(content))
    assert main(["study", *words, f"real={broken}", "--plan"]) == 2
    assert "leave out what is broken with --drop" in capsys.readouterr().err
    assert main(["study", *words, f"real={broken}", "--plan", "--drop"]) == 0


def test_wrong_studies_are_told(sets: tuple[str, str], tmp_path: Path) -> None:
    for words, text in (
        (("counts=[0,400]",), r"counts: found 400; .* has 20 images, of which \d+ are left"),
        (("fractions=[0]",), "each needs a value above 0"),
        (("fractions=[0,2]",), "must be from 0 to 1"),
        (("seeds=[1,1]",), "holds a value twice"),
        (("split.test=0",), "must be above 0"),
        (("+others.real=x",), "the names real are taken"),
        (("synthetic=null",), "synthetic: .*name a set"),
        (("finetune_steps=5",), r"finetune_steps=5 needs finetune among mixes=\['mixed'\]"),
        (("farm=ray", "device=auto"), "farm=ray: say device=cuda or device=cpu"),
        (("farm.address=x",), "address x is of a cluster"),
    ):
        with pytest.raises((ConfigError, DatasetInputError), match=text):
            cells(study(tmp_path, *sets, *words))
