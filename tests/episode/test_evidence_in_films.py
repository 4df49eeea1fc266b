"""Which evidence a film shows, what depends on it, and what is said where it will not do."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from captures import write_recording
from tiny import BUILD, OPTIONS, Project, replace_in, run_command, run_jobs_here

from cnnviz import evidence_files
from cnnviz.episode import evidence_kinds
from cnnviz.episode.episode import check_scenes, find_episode
from cnnviz.episode.evidence import read_evidence
from cnnviz.episode.evidence_kinds import KINDS, SHORTEST
from cnnviz.errors import StudioError, UserError
from cnnviz.media.quality import quality
from cnnviz.progress import Reporter
from cnnviz.review.made import as_made, is_of_film
from cnnviz.stage.lesson import Lesson
from cnnviz.studio.facts import load_scene
from cnnviz.studio.make import Order
from cnnviz.studio.production import Production, prepare
from cnnviz.studio.thumbnail import thumbnail_job

HEAD = """\
from cnnviz.capture.evidence import confidence_percent
from cnnviz.capture.sidecar import read_capture
from manim import RIGHT, UP, Create, Rotate, Square
"""
NUMBERS = """\
    titled = False
    recording = "demo"

    @classmethod
    def numbers(cls):
        return {"sure": confidence_percent(read_capture(cls.recorded()), 0)}
"""
SHOWING = {"second.drawn", "second.turned"}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with recordings, made once: `demo`, `other`, and `short`."""
    folder = tmp_path_factory.mktemp("recorded")
    write_recording(folder, "demo", seconds=6)
    write_recording(folder, "other", seconds=6, moments=[(30, "joker")])
    write_recording(folder, "short", seconds=SHORTEST - 0.5)
    write_recording(folder, "strange", seconds=6, weights="f" * 64)
    return folder


def lie_at(weights: Path, patch: pytest.MonkeyPatch) -> None:
    """Let the recognizer's weights be described at `weights`."""
    for module in (evidence_kinds, evidence_files):
        patch.setattr(module, "CARD_WEIGHTS", weights)
    patch.setitem(KINDS, "capture", replace(KINDS["capture"], leans_on=(weights,)))


@pytest.fixture
def project(
    built: Project, recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Project:
    """The tiny project, its second scene with a recording, and weights that go with it."""
    weights = tmp_path / "weights.json"
    weights.write_text(json.dumps({"sha256": "0" * 64}))
    lie_at(weights, monkeypatch)
    shutil.copytree(recorded, tmp_path / "elsewhere")
    (built.root / "recordings").mkdir()
    for suffix in (".mp4", ".json"):
        shutil.copy(recorded / f"demo{suffix}", built.root / "recordings")
    scene = built.scene("second")
    replace_in(scene, "from manim import RIGHT, UP, Create, Rotate, Square\n", HEAD)
    replace_in(scene, "    titled = False\n", NUMBERS)
    replace_in(built.script, "একটা চৌকো আঁকি।", "একটা চৌকো আঁকি, {sure} ভাগ নিশ্চিত।")
    replace_in(built.english, "Let us draw a square.", "Let us draw a square, {sure} sure.")
    return built


def planned(project: Project, recording: Path | None = None) -> Production:
    report = Reporter(io.StringIO())
    episode = find_episode(project.root, "tiny")
    return prepare(
        episode, "bn", quality("draft"), "recorded", report, workers=1, recording=recording
    )


def keys(production: Production) -> dict[str, str]:
    return {f"{slot.scene}.{slot.beat}": production.key(slot) for slot in production.slots}


def changed(before: Production, after: Production) -> set[str]:
    old, new = keys(before), keys(after)
    return {beat for beat in new if new[beat] != old[beat]}


def sure(production: Production) -> Any:
    number = production.facts["second"].numbers["sure"]
    assert not isinstance(number, tuple)
    return number


def touch(recording: Path) -> None:
    """Change nothing but a byte that does not matter."""
    recording.write_text(recording.read_text(encoding="utf-8") + "\n", encoding="utf-8")


# --- which one ------------------------------------------------------------------------------


def test_a_scene_shows_the_projects_own_recording(project: Project) -> None:
    production = planned(project)
    own = project.root / "recordings" / "demo.json"
    assert {scene: shown[0].file for scene, shown in production.evidence.items()} == {"second": own}
    assert (production.cast.recording("first"), production.cast.recording("second")) == (None, own)
    assert production.plan("second", []).recording == own
    assert production.plan("first", []).recording is None
    assert sure(production).args["evidence"] == "recordings/demo.json"


@pytest.mark.parametrize("name", ["other.mp4", "other.json"])
def test_another_one_is_shown_where_it_is_asked_for(
    project: Project, tmp_path: Path, name: str
) -> None:
    production = planned(project, tmp_path / "elsewhere" / name)
    assert production.plan("second", []).recording == tmp_path / "elsewhere" / "other.json"
    assert sure(production).args["evidence"] == "recordings/other.json"


def test_what_record_writes_under_a_large_ending_can_be_shown(
    project: Project, tmp_path: Path
) -> None:
    folder = tmp_path / "elsewhere"
    large = (folder / "other.mp4").rename(folder / "other.MP4")
    assert planned(project, large).plan("second", []).recording == folder / "other.json"


def test_a_recording_is_found_from_where_one_stands(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    production = planned(project, Path("elsewhere") / "other.mp4")
    assert production.cast.recording("second") == tmp_path / "elsewhere" / "other.json"


def test_a_lesson_with_another_recording_is_the_same_lesson(project: Project) -> None:
    class Own(Lesson):
        recording = "demo"

        @classmethod
        def numbers(cls) -> Any:
            return {"where": cls.recorded()}

    other = Own.showing(Path("/elsewhere/other.json"))
    assert issubclass(other, Own)
    assert (other.__name__, other.__module__) == (Own.__name__, Own.__module__)
    assert other.numbers() == {"where": Path("/elsewhere/other.json")}


def test_a_lesson_without_a_recording_says_so() -> None:
    class Plain(Lesson):
        pass

    with pytest.raises(Exception, match="Plain shows no recording — give it a `recording`"):
        Plain.recorded()


def test_a_loaded_scene_knows_its_own_recording(project: Project) -> None:
    scene = run_jobs_here(
        lambda job: load_scene(project.root, project.scene("second"), "Second").recorded(),
        [None],
        1,
    )
    assert scene == [project.root / "recordings" / "demo.json"]


def test_the_name_of_a_recording_is_written_out(project: Project) -> None:
    place = replace_in(project.scene("second"), 'recording = "demo"', 'recording = "de" + "mo"')
    episode = find_episode(project.root, "tiny")
    with pytest.raises(UserError, match="the name of a recording must be written out") as told:
        check_scenes(episode, episode.script("bn"))
    assert str(told.value).startswith(str(place).rstrip(": "))


# --- what depends on it ---------------------------------------------------------------------


@pytest.mark.parametrize("recording", ["own", "asked for"])
def test_another_recording_is_another_picture_of_that_scene_alone(
    project: Project, tmp_path: Path, recording: str
) -> None:
    path = (project.root / "recordings" if recording == "own" else tmp_path / "elsewhere") / "demo"
    wanted = None if recording == "own" else path.with_suffix(".mp4")
    before = planned(project, wanted)
    touch(path.with_suffix(".json"))
    assert changed(before, planned(project, wanted)) == SHOWING


def test_a_recording_is_read_once(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []
    real = KINDS["capture"]
    counted = replace(real, check=lambda path: (read.append(path), real.check(path))[1])
    monkeypatch.setitem(KINDS, "capture", counted)
    planned(project)
    planned(project)
    assert len(read) == 1
    touch(project.root / "recordings" / "demo.json")
    planned(project)
    assert len(read) == 2


def test_other_weights_are_noticed_though_the_recording_is_known(
    project: Project, tmp_path: Path
) -> None:
    planned(project)
    (tmp_path / "weights.json").write_text(json.dumps({"sha256": "1" * 64}))
    with pytest.raises(UserError, match="recorded with other weights"):
        planned(project)


def test_where_a_recording_lies_does_not_matter(project: Project, tmp_path: Path) -> None:
    assert changed(planned(project), planned(project, tmp_path / "elsewhere" / "demo.mp4")) == set()


def test_only_that_scene_is_asked_again(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned(project)
    asked: list[str] = []

    def counted(function: Any, jobs: Any, *rest: Any, **options: Any) -> list[Any]:
        asked.extend(job.class_name for job in jobs)
        return run_jobs_here(function, jobs, *rest, **options)

    monkeypatch.setattr("cnnviz.studio.gathering.run_jobs", counted)
    first = planned(project)
    other = planned(project, tmp_path / "elsewhere" / "other.mp4")
    assert asked == ["Second"]
    assert sure(first).args["evidence"] != sure(other).args["evidence"]


# --- the bundle -----------------------------------------------------------------------------


def measured(project: Project) -> list[dict[str, Any]]:
    entries = json.loads((project.bundle / "numbers.json").read_bytes())
    return [entry for entry in entries if entry["op"] == "measured"]


@pytest.mark.parametrize("name", [None, "other"])
def test_a_bundle_has_the_evidence_of_its_numbers(
    project: Project, tmp_path: Path, name: str | None
) -> None:
    wanted = ["--recording", str(tmp_path / "elsewhere" / f"{name}.mp4")] if name else []
    done = run_command(project.root, *BUILD, *wanted)
    assert done.code == 0, done.err
    (entry,) = measured(project)
    args = entry["args"]
    assert args["evidence"] == f"recordings/{name or 'demo'}.json"
    evidence = project.bundle / args["evidence"]
    source = tmp_path / "elsewhere" / f"{name or 'demo'}.json"
    assert evidence.read_bytes() == source.read_bytes()
    moment = json.loads(evidence.read_bytes())["moments"][0]
    assert args["pointer"] == "/moments/0/confidence"
    assert entry["value"] == round(args["scale"] * moment["confidence"], args["decimals"])


# --- the film that was made, looked at again ------------------------------------------------


def made_with(project: Project, recording: Path) -> None:
    done = run_command(project.root, *BUILD, "--recording", str(recording))
    assert done.code == 0, done.err


def stale(project: Project) -> set[str]:
    """What `check`, told nothing of a recording, finds to be another film."""
    found = json.loads(run_command(project.root, "check", "tiny", "--json").out)["findings"]
    return {one["rule"] for one in found if one["rule"].startswith("stale-")}


@pytest.fixture
def looked_at(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The project, looked at in the test's own process, and its film not decoded."""
    monkeypatch.setattr("cnnviz.review.passes.run_jobs", run_jobs_here)
    for name in ("film", "sound"):
        monkeypatch.setattr(f"cnnviz.review.check.{name}_findings", lambda bundle: [])
    return project


def test_a_bundle_names_the_recording_that_was_asked_for(project: Project, tmp_path: Path) -> None:
    assert run_command(project.root, *BUILD).code == 0
    assert project.facts["recording"] is None
    made_with(project, tmp_path / "elsewhere" / "other.mp4")
    assert project.facts["recording"] == str(tmp_path / "elsewhere" / "other.mp4")
    inside = shutil.copytree(tmp_path / "elsewhere", project.root / "mine")
    made_with(project, inside / "other.json")
    assert project.facts["recording"] == "mine/other.json"


def test_who_looks_at_a_film_looks_at_the_recording_in_it(
    looked_at: Project, tmp_path: Path
) -> None:
    made_with(looked_at, tmp_path / "elsewhere" / "other.mp4")
    assert stale(looked_at) == set()
    page = looked_at.bundle / "storyboard.html"
    made = page.read_bytes()
    assert run_command(looked_at.root, "storyboard", "tiny", "--workers", "1").code == 0
    shown = page.read_text("utf-8")
    assert page.read_bytes() != made  # it has findings
    assert "other.json" in shown
    assert "demo.json" not in shown
    # The same film, had it not said so.
    facts = looked_at.bundle / "bundle.json"
    facts.write_text(json.dumps(looked_at.facts | {"recording": None}), encoding="utf-8")
    assert stale(looked_at) != set()


def test_the_recording_of_a_film_goes_with_the_project(looked_at: Project, tmp_path: Path) -> None:
    inside = shutil.copytree(tmp_path / "elsewhere", looked_at.root / "mine")
    made_with(looked_at, inside / "other.mp4")
    moved = Project(looked_at.root.rename(tmp_path / "moved"))
    assert as_made(order(moved)).recording == moved.root / "mine" / "other.mp4"


def test_what_is_asked_for_goes_before_what_was_made(looked_at: Project, tmp_path: Path) -> None:
    made_with(looked_at, tmp_path / "elsewhere" / "other.mp4")
    asked = Path("recordings/demo.mp4")
    assert as_made(order(looked_at, recording=asked)).recording == asked


@pytest.mark.parametrize("verb", ["check", "storyboard"])
@pytest.mark.parametrize("suffix", [".mp4", ".json"])
def test_a_recording_that_is_gone_is_named(
    looked_at: Project, tmp_path: Path, verb: str, suffix: str
) -> None:
    video = tmp_path / "elsewhere" / "other.mp4"
    made_with(looked_at, video)
    video.with_suffix(suffix).unlink()
    done = run_command(looked_at.root, verb, "tiny")
    assert done.code == 2
    assert done.error == (
        f"{video}: the film in the bundle was made with this recording, which is gone"
        " — put it back, or make the film again: render.py episode tiny"
    )


def test_a_recording_that_no_scene_shows_any_longer_is_not_asked_for(
    looked_at: Project, tmp_path: Path
) -> None:
    video = tmp_path / "elsewhere" / "other.mp4"
    made_with(looked_at, video)
    video.unlink()
    replace_in(looked_at.scene("second"), '    recording = "demo"\n', "")
    assert as_made(order(looked_at)).recording is None


def test_findings_are_the_films_only_if_made_with_its_recording(
    looked_at: Project, tmp_path: Path
) -> None:
    video = tmp_path / "elsewhere" / "other.mp4"
    made_with(looked_at, video)
    assert is_of_film(order(looked_at), "recorded")
    assert is_of_film(order(looked_at, recording=video), "recorded")
    assert not is_of_film(order(looked_at, recording=video.with_name("demo.mp4")), "recorded")


def order(project: Project, **said: Any) -> Order:
    """What `check tiny` asks for, and what else is said."""
    return Order(**{"root": project.root, "name": "tiny", "quality": "", "voice": ""} | said)


# --- what will not do -----------------------------------------------------------------------


def refused(project: Project, recording: Path) -> str:
    """The one line that a build with this recording ends with; nothing was spoken for it."""
    shutil.rmtree(project.root.parent / "cache" / "speech", ignore_errors=True)
    done = run_command(project.root, *BUILD, "--recording", str(recording))
    assert done.code == 2
    assert not (project.root.parent / "cache" / "speech").exists()
    return done.error


def test_a_missing_recording_is_told(project: Project, tmp_path: Path) -> None:
    error = refused(project, tmp_path / "none.mp4")
    assert "none.mp4: no such recording" in error
    assert "render.py record" in error


def test_the_projects_missing_recording_is_told(project: Project) -> None:
    (project.root / "recordings" / "demo.mp4").unlink()
    done = run_command(project.root, *BUILD)
    assert done.code == 2
    assert "recordings/demo.mp4: no such recording" in done.error


def test_a_recording_that_is_too_short_is_told(project: Project, tmp_path: Path) -> None:
    error = refused(project, tmp_path / "elsewhere" / "short.mp4")
    assert "short.mp4: only 4.5 s long — record at least 5 s" in error


def test_a_recording_without_a_recognized_card_is_told(project: Project, tmp_path: Path) -> None:
    write_recording(tmp_path, "empty", seconds=6, moments=[])
    assert "empty.mp4: no card is recognized" in refused(project, tmp_path / "empty.mp4")


def test_a_recording_of_another_network_is_told(project: Project, tmp_path: Path) -> None:
    error = refused(project, tmp_path / "elsewhere" / "strange.mp4")
    assert "strange.mp4: recorded with other weights" in error
    assert error.endswith("record it again")


def test_a_damaged_recording_is_told(project: Project, tmp_path: Path) -> None:
    video = tmp_path / "elsewhere" / "other.mp4"
    video.write_bytes(video.read_bytes()[:-1000])
    assert "other.mp4: the video is not the one" in refused(project, video)


def test_something_else_than_a_recording_is_told(project: Project) -> None:
    assert "bn.yaml: not a recording" in refused(project, project.script)


def test_missing_weights_are_told(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lie_at(tmp_path / "none.json", monkeypatch)
    error = refused(project, tmp_path / "elsewhere" / "other.mp4")
    assert "none.json: no digest of the recognizer's weights in here" in error


def test_a_recording_that_no_scene_shows_is_refused(built: Project, recorded: Path) -> None:
    done = run_command(
        built.root, "scene", "tiny/first", *OPTIONS, "--recording", str(recorded / "demo.mp4")
    )
    assert done.code == 2
    assert done.error == "no scene of 'tiny' shows a recording — leave out --recording"


def test_the_weights_are_looked_for_where_the_recognizer_has_them() -> None:
    from cnnviz.recognizer.weights import WEIGHTS

    assert (
        WEIGHTS.with_suffix(".json") == evidence_kinds.CARD_WEIGHTS == evidence_files.CARD_WEIGHTS
    )


# --- weights and trainings ------------------------------------------------------------------


@pytest.fixture
def shown(built: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The tiny project, whose second scene shows the recognizer's weights and a training."""
    network = tmp_path / "network" / "card_network.json"
    network.parent.mkdir()
    train(network, b"weights")
    lie_at(network, monkeypatch)
    folder = built.root / "recordings"
    folder.mkdir()
    (folder / "losses.csv").write_bytes(b"3, 2, 1")
    write_training(built)
    replace_in(
        built.scene("second"),
        "    titled = False\n",
        '    titled = False\n    evidence = ("card_network", "run")\n',
    )
    return built


def train(network: Path, tensors: bytes) -> None:
    """Weights as training leaves them."""
    network.with_suffix(".safetensors").write_bytes(tensors)
    network.write_text(json.dumps({"sha256": hashlib.sha256(tensors).hexdigest()}))


def write_training(project: Project, **changes: Any) -> Path:
    path = project.root / "recordings" / "run.json"
    facts = {
        "kind": "training",
        "command": "render.py train --epochs 3",
        "files": {"losses.csv": hashlib.sha256(b"3, 2, 1").hexdigest()},
    }
    path.write_text(json.dumps(facts | changes), encoding="utf-8")
    return path


def test_every_kind_says_what_it_is_and_what_makes_another(shown: Project, recorded: Path) -> None:
    weights, run = planned(shown).evidence["second"]
    assert (weights.name, weights.kind) == ("card_network", "weights")
    assert weights.command == "render.py train --data DIR"
    assert (run.name, run.kind) == ("run", "training")
    assert run.command == "render.py train --epochs 3"
    lie = json.loads((recorded / "demo.json").read_bytes())["weights_sha256"]
    evidence_kinds.CARD_WEIGHTS.write_text(json.dumps({"sha256": lie}))
    capture = read_evidence(recorded / "demo.mp4")
    assert (capture.name, capture.kind) == ("demo", "capture")
    assert capture.file == recorded / "demo.json"
    assert capture.command == "render.py record --camera simulated --seconds 6"


def test_a_scene_is_drawn_again_with_new_weights_though_it_shows_no_recording(
    shown: Project,
) -> None:
    before = planned(shown)
    assert before.cast.recording("second") is None
    train(evidence_kinds.CARD_WEIGHTS, b"other weights")
    assert changed(before, planned(shown)) == SHOWING


def test_a_scene_is_drawn_again_with_another_training(shown: Project) -> None:
    before = planned(shown)
    (shown.root / "recordings" / "losses.csv").write_bytes(b"3, 2, 0")
    write_training(shown, files={"losses.csv": hashlib.sha256(b"3, 2, 0").hexdigest()})
    middle = planned(shown)
    assert changed(before, middle) == SHOWING
    write_training(shown, command="render.py train --epochs 4", files={})
    assert changed(middle, planned(shown)) == SHOWING


def test_evidence_stands_in_the_bundle(shown: Project) -> None:
    assert run_command(shown.root, *BUILD).code == 0
    weights, run = planned(shown).evidence["second"]
    assert shown.facts["evidence"] == [
        {
            "name": one.name,
            "kind": one.kind,
            "digest": one.digest,
            "command": one.command,
            "scenes": ["second"],
        }
        for one in (weights, run)
    ]
    # The JSON of what numbers name goes along; weights are too many, and lie in the repository.
    copies = [path.name for path in (shown.bundle / "recordings").iterdir()]
    assert copies == ["run.json"]


def test_evidence_that_two_scenes_show_is_checked_and_told_once(
    shown: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_in(
        shown.scene("first"),
        "class First(Lesson):\n",
        'class First(Lesson):\n    evidence = ("run",)\n\n',
    )
    assert run_command(shown.root, *BUILD).code == 0
    said = {one["name"]: one["scenes"] for one in shown.facts["evidence"]}
    assert said == {"run": ["first", "second"], "card_network": ["second"]}


def told(project: Project) -> str:
    """The one line with which a build ends."""
    done = run_command(project.root, *BUILD)
    assert done.code == 2, done.err
    return done.error


def training_is(text: str) -> Callable[[Project], object]:
    return lambda project: (project.root / "recordings" / "run.json").write_text(text)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            lambda project: (project.root / "recordings" / "run.json").unlink(),
            "recordings/run.json: no such evidence — make it with the command that",
        ),
        (training_is("{"), "recordings/run.json:1: damaged JSON — make it again"),
        (training_is("\0"), "recordings/run.json:1: damaged JSON"),
        (training_is("[]"), "recordings/run.json: no evidence"),
        (training_is("{}"), "recordings/run.json: says of no known kind of evidence"),
        (training_is('{"kind": "rumour"}'), 'write "kind" into it: one of capture, weights, train'),
        (training_is('{"kind": ["training"]}'), "run.json: says of no known kind of evidence"),
        (training_is('{"kind": "training"}'), 'run.json: does not say which "command" made it'),
        (lambda project: write_training(project, command=" "), 'does not say which "command"'),
        (lambda project: write_training(project, files=["losses.csv"]), '"files" must list names'),
        (lambda project: write_training(project, files={"../a": "0"}), '"files" must list names'),
        (
            lambda project: (project.root / "recordings" / "losses.csv").write_bytes(b"0"),
            "losses.csv: missing, or not the one that run.json was written for"
            " — make it again: render.py train --epochs 3",
        ),
        (
            lambda project: (project.root / "recordings" / "losses.csv").unlink(),
            "losses.csv: missing, or not the one that run.json was written for",
        ),
        (
            lambda project: evidence_kinds.CARD_WEIGHTS.with_suffix(".safetensors").unlink(),
            "card_network.safetensors: no weights — restore it",
        ),
        (
            lambda project: evidence_kinds.CARD_WEIGHTS.with_suffix(".safetensors").write_bytes(
                b"Weights"
            ),
            "card_network.safetensors: damaged, or exchanged: its digest is not the one in",
        ),
        (
            lambda project: evidence_kinds.CARD_WEIGHTS.write_text("{}"),
            "card_network.json: no digest of the recognizer's weights in here",
        ),
    ],
)
def test_evidence_that_will_not_do_is_told_in_one_line(
    shown: Project, spoil: Callable[[Project], object], said: str
) -> None:
    spoil(shown)
    assert said in told(shown)


def test_what_was_checked_once_is_refused_once_it_is_damaged(shown: Project) -> None:
    planned(shown)
    (shown.root / "recordings" / "losses.csv").write_bytes(b"3, 2, 2")
    with pytest.raises(UserError, match="missing, or not the one"):
        planned(shown)


@pytest.mark.parametrize("content", ["", "[]", "{}"])
def test_a_damaged_note_on_evidence_lets_it_be_checked_again(
    shown: Project, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    before = planned(shown)
    notes = list((shown.root.parent / "cache" / "evidence").rglob("*.json"))
    assert len(notes) == 2
    for note in notes:
        note.write_text(content)
    assert planned(shown).evidence == before.evidence


def test_names_of_evidence_are_written_out(shown: Project) -> None:
    place = replace_in(shown.scene("second"), '("card_network", "run")', 'tuple(["run"])')
    error = told(shown)
    assert error.startswith(str(place))
    assert "names under evidence must be written out" in error


def test_evidence_that_a_lesson_does_not_list_is_not_given_to_it(shown: Project) -> None:
    def ask(name: str) -> Path:
        [path] = run_jobs_here(
            lambda job: load_scene(shown.root, shown.scene("second"), "Second").evidence_file(name),
            [None],
            1,
        )
        return Path(path)

    assert ask("run") == shown.root / "recordings" / "run.json"
    assert ask("card_network") == evidence_kinds.CARD_WEIGHTS
    with pytest.raises(StudioError, match="Second does not list the evidence 'demo'") as told:
        ask("demo")
    assert "write evidence = ('demo',) into it" in str(told.value)


def test_an_undeclared_piece_ends_a_build_in_one_line(shown: Project) -> None:
    edit = replace_in(
        shown.scene("second"),
        "        self.square = Square(2)\n",
        '        self.square = Square(2)\n        self.evidence_file("demo")\n',
    )
    done = run_command(shown.root, *BUILD)
    assert done.code == 1
    assert done.error.startswith(f"{edit.path}:{edit.line + 1}: Second does not list")


def test_the_thumbnail_is_drawn_again_with_other_evidence(shown: Project) -> None:
    replace_in(
        shown.scene("first"),
        "class First(Lesson):\n",
        'class First(Lesson):\n    evidence = ("run",)\n\n',
    )
    before = thumbnail_job(planned(shown)).key
    write_training(shown, command="render.py train --epochs 4")
    assert thumbnail_job(planned(shown)).key != before


def test_the_thumbnail_of_another_recording_is_another_one(
    project: Project, tmp_path: Path
) -> None:
    # The thumbnail goes with the film's first scene.
    for script in (project.script, project.english):
        before, first, second = re.split(r"(?=  - id: )", script.read_text("utf-8"))
        script.write_text(before + second + first, encoding="utf-8")
    own = thumbnail_job(planned(project))
    other = thumbnail_job(planned(project, tmp_path / "elsewhere" / "other.mp4"))
    assert own.plan.scene == "second"
    assert own.key != other.key
    touch(project.root / "recordings" / "demo.json")
    assert thumbnail_job(planned(project)).key != own.key
