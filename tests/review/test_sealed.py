"""What was found stands beside the film, and holds for exactly the files that were looked at."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tiny import BUILD, Done, Project, replace_in, run_jobs_here

from cnnviz.errors import StudioError
from cnnviz.files import file_digest
from cnnviz.review.finding import Finding
from cnnviz.review.made import is_of_film
from cnnviz.review.sealed import NAME, read_findings, seal, write_findings
from cnnviz.studio.make import Order

Run = Callable[..., Done]

JUDGED = {
    "bundle.json",
    "captions.bn.srt",
    "captions.en.srt",
    "numbers.json",
    "recordings/demo.json",
    "thumbnail.png",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A bundle's files, with nothing sensible in them."""
    bundle = tmp_path / "project" / "build"
    (bundle / "recordings").mkdir(parents=True)
    for name in (*JUDGED, "episode.mp4", "storyboard.html"):
        (bundle / name).write_text(name)
    return bundle


def finding(file: Path | None) -> Finding:
    return Finding("speech-pace", "warning", "it is fast", "listen", "first", "shown", file, 3)


def test_what_is_written_is_what_is_read(folder: Path) -> None:
    script = folder.parent / "narration" / "bn.yaml"
    found = (finding(script), finding(folder / "episode.mp4"), finding(None))
    write_findings(folder, seal(folder), found)
    read = read_findings(folder)
    assert read is not None
    assert read.findings == found
    assert read.changed(folder) == []


def test_it_says_what_it_was_found_in_and_when(folder: Path) -> None:
    write_findings(folder, seal(folder), [finding(folder / "episode.mp4")])
    told = json.loads((folder / NAME).read_bytes())
    assert told["digest"] == file_digest(folder / "episode.mp4")
    assert told["bundle"] == {name: file_digest(folder / name) for name in JUDGED}
    assert told["findings"] == [finding(None).as_json() | {"file": "episode.mp4"}]
    assert datetime.fromisoformat(told["made"]) <= datetime.now(UTC)


def test_files_are_found_from_wherever_one_stands_and_wherever_the_project_went(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    script = Path("narration") / "bn.yaml"
    write_findings(Path("build"), seal(Path("build")), [finding(script)])
    (tmp_path / "project").rename(tmp_path / "moved")
    monkeypatch.chdir(tmp_path)
    read = read_findings(tmp_path / "moved" / "build")
    assert read is not None
    assert [one.file for one in read.findings] == [tmp_path / "moved" / script]
    assert read.changed(tmp_path / "moved" / "build") == []


@pytest.mark.parametrize("name", ["episode.mp4", *sorted(JUDGED)])
@pytest.mark.parametrize("change", ["changed", "gone"])
def test_every_file_that_was_judged_is_sealed(folder: Path, name: str, change: str) -> None:
    write_findings(folder, seal(folder), [])
    if change == "gone":
        (folder / name).unlink()
    else:
        (folder / name).write_text("another")
    read = read_findings(folder)
    assert read is not None
    assert read.changed(folder) == [name]


def test_captions_that_came_later_were_not_checked(folder: Path) -> None:
    write_findings(folder, seal(folder), [])
    (folder / "captions.hi.srt").write_text("new")
    (folder / "storyboard.html").write_text("this goes nowhere and is no matter")
    read = read_findings(folder)
    assert read is not None
    assert read.changed(folder) == ["captions.hi.srt"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: [],
        lambda data: {},
        lambda data: data | {"findings": None},
        lambda data: data | {"bundle": []},
        lambda data: data | {"findings": [{"rule": "speech-pace"}]},
        lambda data: data | {"findings": [data["findings"][0] | {"severity": "fine"}]},
        lambda data: data | {"findings": [data["findings"][0] | {"more": 1}]},
    ],
)
def test_damaged_findings_are_none(folder: Path, spoil: Callable[[Any], Any]) -> None:
    write_findings(folder, seal(folder), [finding(None)])
    path = folder / NAME
    path.write_text(json.dumps(spoil(json.loads(path.read_bytes()))))
    assert read_findings(folder) is None


def test_half_a_file_is_none_and_neither_is_no_file(folder: Path) -> None:
    assert read_findings(folder) is None
    write_findings(folder, seal(folder), [finding(None)])
    (folder / NAME).write_bytes((folder / NAME).read_bytes()[:-9])
    assert read_findings(folder) is None


# --- who writes it ----------------------------------------------------------------------------


@pytest.fixture
def film(built: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A finished film, of which what takes long is not asked."""
    monkeypatch.setattr("cnnviz.review.passes.run_jobs", run_jobs_here)
    for name in ("film", "sound"):
        monkeypatch.setattr(f"cnnviz.review.check.{name}_findings", lambda bundle: [])
    return built


def written(project: Project) -> list[dict[str, Any]] | None:
    """The findings in the bundle, as they stand in there; None if there are none that hold."""
    read = read_findings(project.bundle)
    if read is None or read.changed(project.bundle):
        return None
    found: list[dict[str, Any]] = json.loads((project.bundle / NAME).read_bytes())["findings"]
    return found


def without_files(findings: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    assert findings is not None
    return [{key: value for key, value in one.items() if key != "file"} for one in findings]


def test_check_writes_down_what_it_prints(film: Project, run: Run) -> None:
    done = run(film, "check", "tiny", "--json")
    told = json.loads(done.out)["findings"]
    assert told
    assert without_files(written(film)) == without_files(told)
    (film.bundle / NAME).unlink()
    assert run(film, "check", "tiny").code == 1
    assert without_files(written(film)) == without_files(told)


def test_storyboard_writes_down_the_same(film: Project, run: Run) -> None:
    run(film, "check", "tiny")
    told = written(film)
    for _ in range(2):  # the second one knows all findings from the first
        (film.bundle / NAME).unlink()
        assert run(film, "storyboard", "tiny", "--workers", "1").code == 0
        assert written(film) == told


def test_a_film_that_is_made_anew_and_is_the_same_stays_checked(film: Project, run: Run) -> None:
    run(film, "check", "tiny")
    assert run(film, *BUILD).code == 0
    assert written(film) is not None


def test_findings_of_an_older_film_do_not_hold(film: Project, run: Run) -> None:
    run(film, "check", "tiny")
    replace_in(film.script, "একটা চৌকো আঁকি।", "আঁকি একটা চৌকো।")
    assert run(film, *BUILD).code == 0
    assert written(film) is None
    run(film, "check", "tiny")
    assert written(film) is not None


def test_scripts_that_do_not_fit_are_written_down_too(film: Project, run: Run) -> None:
    run(film, "check", "tiny")
    replace_in(film.script, "      moved: ", "      mooved: ")
    assert run(film, "check", "tiny").code == 1
    assert {one["rule"] for one in written(film) or []} == {"mismatch"}


def test_what_is_found_of_another_quality_is_not_written(film: Project, run: Run) -> None:
    run(film, "check", "tiny", "--quality", "preview")
    assert not (film.bundle / NAME).exists()
    run(film, "check", "tiny", "--quality", "draft", "--voice", "auto")  # which is what it is
    assert written(film) is not None


@pytest.mark.parametrize(
    ("said", "voice", "is_it"),
    [
        ({}, "recorded", True),
        ({"quality": "draft", "voice": "auto"}, "recorded", True),
        ({"quality": "preview"}, "recorded", False),
        ({"voice": "auto"}, "gtts", False),
        ({"voice": "gtts"}, "gtts", False),
        ({"language": "en", "out": "bundle"}, "recorded", False),
        ({"out": "elsewhere"}, "recorded", False),
    ],
)
def test_findings_are_about_the_film_where_nothing_else_was_asked_for(
    built: Project, said: dict[str, Any], voice: str, is_it: bool
) -> None:
    places = {"bundle": built.bundle, "elsewhere": built.root}
    out = places.get(said.get("out", ""))
    order = Order(built.root, "tiny", **{"quality": "", "voice": ""} | said | {"out": out})
    assert is_of_film(order, voice) == is_it


def test_a_film_whose_bundle_is_damaged_has_that_written_down(film: Project, run: Run) -> None:
    (film.bundle / "bundle.json").write_text("{")
    assert run(film, "check", "tiny").code == 1
    assert written(film) is not None


def test_a_film_that_is_exchanged_during_the_check_was_not_checked(
    film: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exchange(bundle: Path) -> list[Finding]:
        (bundle / "episode.mp4").write_bytes(b"another film")
        return []

    monkeypatch.setattr("cnnviz.review.check.sound_findings", exchange)
    run(film, "check", "tiny")
    assert written(film) is None
    assert (film.bundle / NAME).exists()


def test_findings_that_cannot_be_written_are_printed_all_the_same(
    film: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StudioError("no space left on the disk", file=film.bundle / NAME)

    monkeypatch.setattr("cnnviz.review.check_episode.write_findings", full)
    done = run(film, "check", "tiny", "--json")
    assert json.loads(done.out)["findings"]
    assert done.error == f"{film.bundle / NAME}: no space left on the disk"
