"""`publish`, from what a person types to what YouTube has."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from bundles import checked, write_bundle, write_checked
from channel import assert_complete, credentials
from fake_youtube import FakeYouTube
from tiny import HOUSE, Done, Project, run_jobs_here

from cnnviz.errors import UserError
from cnnviz.publish.bundle_reader import read_bundle
from cnnviz.publish.order import read_time
from cnnviz.publish.tokens import SCOPE, save, token_file
from cnnviz.review.finding import Finding

Run = Callable[..., Done]
Publish = Callable[..., Done]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, fake: FakeYouTube, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's own folders, and the way to a YouTube on this machine."""
    folder = tmp_path / "home"
    monkeypatch.setenv("CNNVIZ_TOKEN_FILE", str(folder / "token.json"))
    monkeypatch.setenv("CNNVIZ_YOUTUBE_URL", fake.root)
    monkeypatch.setattr("platformdirs.user_state_dir", lambda name: str(folder / name))
    return folder


@pytest.fixture
def signed_in(fake: FakeYouTube) -> None:
    stored = credentials(fake.root)
    stored.expiry = (datetime.now(UTC) + timedelta(hours=1)).replace(tzinfo=None)
    stored._scopes = [SCOPE]
    save(stored)


@pytest.fixture
def publish(tiny_project: Project, run: Run) -> Publish:
    """`publish tiny WORDS`, with a film that is ready and checked."""
    write_checked(tiny_project.bundle)
    return lambda *words: run(tiny_project, "publish", "tiny", *words)


OLD = Finding("stale-film", "error", "the film is old", "make it again")


# --- sending --------------------------------------------------------------------------------


def test_a_film_is_sent_with_all_that_belongs_to_it(
    publish: Publish, signed_in: None, fake: FakeYouTube, tiny_project: Project
) -> None:
    done = publish("--playlist", "গণিত")
    assert done.code == 0, done.err
    video = assert_complete(fake, read_bundle(tiny_project.bundle))
    assert done.out == f"https://youtu.be/{video}\n"
    assert fake.videos[video]["status"]["privacyStatus"] == "private"


def test_sending_it_again_makes_no_second_one(
    publish: Publish, signed_in: None, fake: FakeYouTube
) -> None:
    first = publish()
    assert publish().out == first.out
    assert len(fake.videos) == 1


def test_what_was_wished_is_what_is_sent(
    publish: Publish, signed_in: None, fake: FakeYouTube
) -> None:
    done = publish("--privacy", "unlisted", "--made-for-kids")
    assert done.code == 0, done.err
    [video] = fake.videos.values()
    assert video["status"]["privacyStatus"] == "unlisted"
    assert video["status"]["selfDeclaredMadeForKids"] is True
    assert "without an audit" in done.err


def test_a_schedule_is_sent(publish: Publish, signed_in: None, fake: FakeYouTube) -> None:
    then = datetime.now().astimezone().replace(microsecond=0) + timedelta(days=30)
    done = publish("--schedule", f"{then:%Y-%m-%d %H:%M:%S}")
    assert done.code == 0, done.err
    [video] = fake.videos.values()
    assert datetime.fromisoformat(video["status"]["publishAt"]) == then
    assert video["status"]["privacyStatus"] == "private"


def test_changed_words_are_replaced_with_update(
    publish: Publish, signed_in: None, fake: FakeYouTube, tiny_project: Project
) -> None:
    publish()
    write_checked(tiny_project.bundle, title="নতুন নাম")
    assert "--update" in publish().err
    assert publish("--update").code == 0
    [video] = fake.videos.values()
    assert video["snippet"]["title"] == "নতুন নাম"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("keyboard", "videos"), [(io.StringIO("y\n"), 1), (Terminal("\n"), 1), (Terminal("y\n"), 2)]
)
def test_a_second_video_needs_a_yes_from_somebody_who_is_there(
    publish: Publish,
    signed_in: None,
    fake: FakeYouTube,
    tiny_project: Project,
    monkeypatch: pytest.MonkeyPatch,
    keyboard: io.StringIO,
    videos: int,
) -> None:
    publish()
    write_checked(tiny_project.bundle, digest="0" * 64)
    monkeypatch.setattr(sys, "stdin", keyboard)
    done = publish()
    assert done.code == (0 if videos == 2 else 2)
    assert len(fake.videos) == videos


# --- not sending ----------------------------------------------------------------------------


def test_a_dry_run_prints_what_would_be_sent_and_sends_nothing(
    publish: Publish, fake: FakeYouTube
) -> None:
    done = publish("--dry-run", "--playlist", "গণিত")
    assert done.code == 0, done.err
    assert '"title": "ছোট ছবি"' in done.out
    assert '"privacyStatus": "private"' in done.out
    assert "captions.en.srt" in done.out
    assert "গণিত" in done.out
    assert "warning: you are not signed in" in done.err
    assert fake.log == []


def test_a_dry_run_of_a_film_that_is_not_right_fails(
    publish: Publish, fake: FakeYouTube, tiny_project: Project
) -> None:
    write_checked(tiny_project.bundle, title="x" * 101)
    done = publish("--dry-run")
    assert done.code == 1
    assert "the title has 101 characters" in done.err


@pytest.mark.parametrize("words", [(), ("--dry-run",)])
def test_everything_that_is_wrong_is_listed_at_once(
    publish: Publish, fake: FakeYouTube, tiny_project: Project, words: tuple[str, ...]
) -> None:
    write_checked(tiny_project.bundle, OLD, title="x" * 101)
    done = publish(*words)
    assert done.code == 1
    assert "[stale-film]" in done.err
    assert "[title]" in done.err
    assert "[sign-in]" in done.err
    assert f"{2 if words else 3} errors above" in done.err
    assert fake.log == []


def test_warnings_keep_nothing_back(
    publish: Publish, signed_in: None, fake: FakeYouTube, tiny_project: Project
) -> None:
    checked(tiny_project.bundle, Finding("speech-pace", "warning", "it is fast", "listen"))
    done = publish()
    assert done.code == 0
    assert "warning: it is fast — listen [speech-pace]" in done.err
    assert len(fake.videos) == 1


# --- only what was checked ------------------------------------------------------------------


@pytest.mark.parametrize("words", [(), ("--dry-run",), ("--bundle-only",)])
@pytest.mark.parametrize(
    "name", ["episode.mp4", "captions.en.srt", "thumbnail.png", "bundle.json", "findings.json"]
)
def test_a_film_that_changed_after_its_check_is_kept_back(
    publish: Publish,
    signed_in: None,
    fake: FakeYouTube,
    tiny_project: Project,
    name: str,
    words: tuple[str, ...],
) -> None:
    path = tiny_project.bundle / name
    path.write_bytes(b"{" if name == "findings.json" else path.read_bytes() + b"\n")
    done = publish(*words)
    assert done.code == 1
    [line] = [line for line in done.err.splitlines() if line.endswith("[checked]")]
    assert "error: not checked since it was made" in line
    assert "— run: render.py check tiny [" in line
    assert (name in line.partition(": error: ")[2]) == (name != "findings.json")
    assert '"title"' in done.out or "--dry-run" not in words
    assert not (tiny_project.bundle / "upload").exists()
    assert fake.log == []


def test_what_old_findings_say_is_not_told(publish: Publish, tiny_project: Project) -> None:
    checked(tiny_project.bundle, OLD)
    write_bundle(tiny_project.bundle, title="নতুন নাম")
    done = publish("--dry-run")
    assert "[checked]" in done.err
    assert "[stale-film]" not in done.err


def test_the_command_that_checks_is_told_in_full(
    run: Run, tiny_project: Project, tmp_path: Path
) -> None:
    folder = write_bundle(tmp_path / "my film", language="en")
    words = ("publish", "tiny", "--language", "en", "--out", str(folder), "--bundle-only")
    done = run(tiny_project, *words)
    assert f"run: render.py check tiny --language en --out '{folder}' [checked]" in done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--privacy", "publik"), "did you mean 'public'?"),
        (("--schedule", "tomorrow"), '"2026-12-01 18:00"'),
        (("--schedule", "2026-12-01"), '"2026-12-01 18:00"'),
        (("--schedule", "2030-12-01 18:00", "--privacy", "public"), "contradict"),
        (("--language", "en"), "no finished film here"),
        (("--to", "there"), "--bundle-only"),
        (("--dry-run", "--bundle-only"), "choose one"),
        (("--client", "file"), "publish login"),
    ],
)
def test_what_was_typed_wrong_is_the_persons_mistake(
    publish: Publish, signed_in: None, fake: FakeYouTube, words: tuple[str, ...], said: str
) -> None:
    done = publish(*words)
    assert done.code == 2
    assert said in done.error
    assert fake.log == []


def test_a_schedule_that_is_over_stops(
    publish: Publish, signed_in: None, fake: FakeYouTube
) -> None:
    done = publish("--schedule", "2020-01-01 18:00")
    assert done.code == 1
    assert "[schedule]" in done.err
    assert fake.log == []


def test_a_film_of_another_language_is_not_mistaken(
    publish: Publish, signed_in: None, tiny_project: Project
) -> None:
    done = publish("--language", "en", "--out", str(tiny_project.bundle))
    assert done.code == 2
    assert "--language bn" in done.error


@pytest.mark.parametrize("typed", ["tini", "oldd"])
def test_an_episode_that_is_none(
    publish: Publish, tiny_project: Project, run: Run, typed: str
) -> None:
    write_bundle(tiny_project.root / "build" / "old" / "bn")
    done = run(tiny_project, "publish", typed)
    assert done.code == 2
    assert f"no episode {typed!r}" in done.error
    assert f"did you mean {'tiny' if typed == 'tini' else 'old'!r}?" in done.error


@pytest.mark.parametrize("word", ["login", "logout"])
def test_no_episode_can_be_called_like_the_words(
    tiny_project: Project, run: Run, word: str
) -> None:
    for folder in ("scenes", "narration"):
        (tiny_project.root / folder / "tiny").rename(tiny_project.root / folder / word)
    done = run(tiny_project, "publish", word)
    assert done.code == 2
    assert "rename" in done.error
    assert f"narration/{word}" in done.error


def test_without_the_libraries_a_command_says_how_to_get_them(
    publish: Publish, monkeypatch: pytest.MonkeyPatch, tiny_project: Project
) -> None:
    monkeypatch.setattr("cnnviz.publish.order.find_spec", lambda name: None)
    done = publish()
    assert done.code == 2
    assert "'.[publish]'" in done.error
    assert publish("--bundle-only").code == 0


def test_an_address_in_the_clear_gets_no_token(
    publish: Publish, signed_in: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNVIZ_YOUTUBE_URL", "http://example.com")
    done = publish()
    assert done.code == 2
    assert "CNNVIZ_YOUTUBE_URL" in done.error


# --- by hand --------------------------------------------------------------------------------


def test_everything_for_an_upload_by_hand_without_a_sign_in(
    publish: Publish, fake: FakeYouTube, tiny_project: Project, tmp_path: Path
) -> None:
    done = publish("--bundle-only")
    assert done.code == 0, done.err
    assert (tiny_project.bundle / "upload" / "1-episode.mp4").exists()
    assert "0-README.txt" in done.err
    assert publish("--bundle-only", "--to", str(tmp_path / "mine")).code == 0
    assert (tmp_path / "mine" / "2-title.txt").exists()
    assert not token_file().exists()
    assert fake.log == []


def test_a_film_that_is_not_right_is_not_laid_out_either(
    publish: Publish, tiny_project: Project
) -> None:
    write_checked(tiny_project.bundle, tags=["<"])
    assert publish("--bundle-only").code == 1
    assert not (tiny_project.bundle / "upload").exists()


# --- with a real film and the real check -----------------------------------------------------


def test_what_check_found_keeps_a_film_back(
    built: Project,
    run: Run,
    fake: FakeYouTube,
    signed_in: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cnnviz.review.passes.run_jobs", run_jobs_here)
    film = built.bundle / "episode.mp4"
    film.write_bytes(film.read_bytes() + b"\0\0\0\x08free")
    assert "[checked]" in run(built, "publish", "tiny").err
    told = run(built, "check", "tiny").out
    done = run(built, "publish", "tiny")
    assert done.code == 1
    assert "[checked]" not in done.err
    for rule in ("[stale-bundle]", "[chapter-count]"):  # the first is its digest
        assert rule in told
        assert rule in done.err
    assert fake.log == []


# --- a bundle and nothing else --------------------------------------------------------------

ALONE = """\
import sys
from pathlib import Path
from cnnviz.commands.command_line import main

code = main(sys.argv[2:], root=Path(sys.argv[1]))
strange = ("scenes", "manim", "torch", "cnnviz.voices", "cnnviz.studio.production")
strange += ("cnnviz.review.check", "cnnviz.stage.lesson", "cnnviz.visuals")
print(sorted(set(strange) & sys.modules.keys()), file=sys.stderr)
sys.exit(code)
"""


def test_a_bundle_alone_is_enough(tmp_path: Path) -> None:
    folder = write_checked(tmp_path / "film")
    (tmp_path / "empty").mkdir()
    words = ["publish", "whatever", "--out", str(folder), "--dry-run"]
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(tmp_path / "empty"), *words],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(HOUSE), "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert '"title": "ছোট ছবি"' in done.stdout
    assert done.stderr.splitlines()[-1] == "[]"


def test_a_film_without_its_episode_is_published_from_where_it_was_made(
    run: Run, tiny_project: Project, signed_in: None, fake: FakeYouTube
) -> None:
    write_checked(tiny_project.root / "build" / "old" / "bn")
    done = run(tiny_project, "publish", "old")
    assert done.code == 0, done.err
    assert len(fake.videos) == 1


# --- times ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-12-01T12:00Z", datetime(2026, 12, 1, 12, tzinfo=UTC)),
        ("2026-12-01 18:00+06:00", datetime(2026, 12, 1, 12, tzinfo=UTC)),
        (" 2026-12-01 18:00 ", datetime(2026, 12, 1, 18).astimezone()),
    ],
)
def test_times_are_read(text: str, moment: datetime) -> None:
    assert read_time(text) == moment
    assert read_time(text).tzinfo is not None


@pytest.mark.parametrize("text", ["2027-03-28 02:30", "2027-03-28T02:00"])
def test_a_time_that_summer_time_leaves_out_is_refused(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with in_zone("Europe/Berlin", monkeypatch):
        with pytest.raises(UserError, match=r"summer time.*did you mean 2027-03-28 03:"):
            read_time(text)
        assert read_time("2027-03-28 03:30").astimezone(UTC).hour == 1
        assert read_time(f"{text}+01:00").astimezone(UTC).hour == 1, "a zone leaves out nothing"
        assert read_time("2027-10-31 02:30"), "an hour that comes twice is its first"


@contextmanager
def in_zone(name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", name)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    "text", ["", "now", "18:00", "2026-12-01", "2026-13-01 18:00", "০১-১২-২০২৬"]
)
def test_what_is_no_time_is_said(text: str) -> None:
    with pytest.raises(UserError, match="2026-12-01 18:00"):
        read_time(text)
