"""What a person asks for, and what is on the channel then."""

from __future__ import annotations

import json
import shutil
import stat
from datetime import UTC, datetime

import pytest
from channel import FILM, PLAYLIST, Channel, assert_complete, write_film
from fake_youtube import DROP, Reply

from cnnviz.errors import StudioError, UserError
from cnnviz.publish.journal import journals, opened_journal
from cnnviz.publish.metadata import Wish
from cnnviz.publish.rehearsal import UNITS, dry_run


def kill_at(channel: Channel, name: str) -> None:
    """Let a run end at the first request called `name`."""
    channel.fake.fail(name, *[DROP] * 4)
    with pytest.raises(StudioError, match="connection broke"):
        channel.publish()


def test_a_film_and_all_that_belongs_to_it(channel: Channel) -> None:
    video = channel.publish()
    assert assert_complete(channel.fake, channel.bundle) == video
    assert channel.fake.videos[video]["status"]["privacyStatus"] == "private"
    (playlist,) = channel.fake.playlists.values()
    assert playlist["status"] == {"privacyStatus": "private"}
    assert f"https://youtu.be/{video}" in channel.said.getvalue()
    assert "আমার ক্লাস" in channel.said.getvalue()


def test_without_a_playlist(channel: Channel) -> None:
    channel.publish(Wish())
    assert_complete(channel.fake, channel.bundle, playlist=None)


def test_when_and_for_whom(channel: Channel) -> None:
    moment = datetime(2030, 1, 2, 3, 4, tzinfo=UTC)
    video = channel.publish(Wish(schedule=moment, made_for_kids=True))
    assert channel.fake.videos[video]["status"] == {
        "privacyStatus": "private",
        "publishAt": "2030-01-02T03:04:00Z",
        "selfDeclaredMadeForKids": True,
        "containsSyntheticMedia": False,
    }


def test_a_playlist_on_a_later_page_is_found(channel: Channel) -> None:
    for number, title in enumerate(["a", "b", "c", "d", PLAYLIST]):
        snippet = {"id": f"P{number}", "snippet": {"title": title}}
        channel.fake.playlists[f"P{number}"] = snippet
    video = channel.publish()
    assert channel.fake.listed() == [(PLAYLIST, video)]
    assert len(channel.fake.playlists) == 5


OWN = "পড়ার ক্লাস"


@pytest.mark.parametrize(
    "there",
    [
        OWN.replace("\u09a1\u09bc", "\u09dc"),
        f" {OWN}  ",
        OWN.replace(" ", "\N{NO-BREAK SPACE}"),
        OWN.replace(" ", "\N{ZERO WIDTH NON-JOINER} "),
    ],
)
def test_a_playlist_whose_title_looks_the_same_is_the_same(channel: Channel, there: str) -> None:
    assert there != OWN
    channel.fake.playlists["P"] = {"id": "P", "snippet": {"title": there}}
    video = channel.publish(Wish(playlist=OWN))
    assert channel.fake.listed() == [(there, video)]
    assert len(channel.fake.playlists) == 1
    begun = len(channel.fake.log)
    channel.publish(Wish(playlist=there))  # the journal knows it, too
    assert channel.fake.names[begun:] == ["channels.list", "videos.list"]


def test_another_playlist_is_another_one(channel: Channel) -> None:
    channel.fake.playlists["P"] = {"id": "P", "snippet": {"title": f"{PLAYLIST} ২"}}
    channel.publish()
    assert len(channel.fake.playlists) == 2


def test_a_second_run_sends_nothing(channel: Channel) -> None:
    video = channel.publish()
    begun = len(channel.fake.log)
    assert channel.publish() == video
    assert channel.fake.names[begun:] == ["channels.list", "videos.list"]


def test_a_language_that_came_later_is_added(channel: Channel) -> None:
    channel.publish()
    folder = channel.bundle.folder
    shutil.copy(folder / "captions.en.srt", folder / "captions.hi.srt")
    channel.publish()
    assert_complete(channel.fake, channel.bundle)
    assert len(channel.fake.tracks) == 3


def test_changes_are_told_and_wait_for_update(channel: Channel) -> None:
    video = channel.publish()
    folder = channel.bundle.folder
    write_film(folder, title="নতুন নাম", tags=[])
    (folder / "captions.en.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nnew\n")
    (folder / "thumbnail.png").write_bytes(b"another picture")
    before = dict(channel.fake.videos)
    begun = len(channel.fake.log)
    channel.publish()
    assert "another title, tags, thumbnail, captions (en); run with --update" in (
        channel.said.getvalue()
    )
    assert channel.fake.names[begun:] == ["channels.list", "videos.list"]
    assert channel.fake.videos == before

    channel.publish(update=True)
    assert assert_complete(channel.fake, channel.bundle) == video
    assert channel.fake.videos[video]["snippet"]["tags"] == []
    assert channel.fake.names.count("captions.update") == 1
    said = len(channel.said.getvalue())
    channel.publish()
    assert "--update" not in channel.said.getvalue()[said:]


def test_an_update_leaves_alone_who_may_see_it(channel: Channel) -> None:
    video = channel.publish()
    status = channel.fake.videos[video]["status"]
    status |= {"privacyStatus": "public", "embeddable": False, "uploadStatus": "processed"}
    write_film(channel.bundle.folder, title="নতুন নাম")
    channel.publish(update=True)
    assert channel.fake.videos[video]["snippet"]["title"] == "নতুন নাম"
    assert channel.fake.videos[video]["status"] == {
        "privacyStatus": "public",
        "embeddable": False,
        "selfDeclaredMadeForKids": False,
        "containsSyntheticMedia": False,
    }


def test_an_update_can_make_it_public(channel: Channel) -> None:
    moment = datetime(2030, 1, 2, 3, 4, tzinfo=UTC)
    video = channel.publish(Wish(schedule=moment))
    channel.publish(Wish("public"), update=True)
    assert channel.fake.videos[video]["status"]["privacyStatus"] == "public"
    assert "publishAt" not in channel.fake.videos[video]["status"]


def test_an_update_without_changes_changes_nothing(channel: Channel) -> None:
    channel.publish()
    channel.publish(update=True)
    assert "videos.update" not in channel.fake.names
    assert channel.fake.names.count("thumbnails.set") == 1


def test_update_of_what_was_never_published(channel: Channel) -> None:
    with pytest.raises(UserError, match="nothing of this film is published yet"):
        channel.publish(update=True)
    assert channel.fake.videos == {}


@pytest.mark.parametrize("step", ["upload", "thumbnails.set"])
def test_an_interrupted_run_obeys_the_next_one(channel: Channel, step: str) -> None:
    """Begun as public; then its owner thinks better of it, and corrects the title."""
    channel.fake.fail(step, *[DROP] * 4)
    with pytest.raises(StudioError, match="connection broke"):
        channel.publish(Wish("public"))
    write_film(channel.bundle.folder, title="নতুন নাম")
    video = channel.publish()
    assert assert_complete(channel.fake, channel.bundle) == video
    assert channel.fake.videos[video]["status"]["privacyStatus"] == "private"
    never_public = "videos.update" not in channel.fake.names
    assert never_public == (step == "upload")


def test_an_upload_that_became_a_public_video_obeys_the_next_run(channel: Channel) -> None:
    channel.fake.after = lambda request: DROP if channel.fake.videos else None
    with pytest.raises(StudioError, match="connection broke"):
        channel.publish(Wish("public"))
    channel.fake.after = lambda request: None
    whole = {"Range": f"bytes=0-{len(FILM) - 1}"}
    channel.fake.fail("ask", Reply(308, None, whole))  # it has all, and is still at work
    video = channel.publish()
    assert assert_complete(channel.fake, channel.bundle) == video
    assert channel.fake.videos[video]["status"]["privacyStatus"] == "private"


def test_a_changed_film_asks_before_it_becomes_a_second_video(channel: Channel) -> None:
    first = channel.publish()
    write_film(channel.bundle.folder, b"another film")
    asked: list[str] = []

    def no(question: str) -> bool:
        asked.append(question)
        return False

    with pytest.raises(
        UserError, match="the film has changed since it was published as .*" + first
    ):
        channel.publish(new_video=no)
    assert asked[0].endswith("Make a second video of it?")
    assert list(channel.fake.videos) == [first]
    with pytest.raises(UserError, match="YouTube cannot replace a film"):
        channel.publish(update=True, new_video=lambda question: True)

    second = channel.publish(new_video=lambda question: True)
    assert channel.fake.films == {first: FILM, second: b"another film"}
    assert channel.publish(new_video=no) == second
    assert len(asked) == 1, "it is asked once only"


def test_a_film_that_was_built_elsewhere_is_known_by_its_title(channel: Channel) -> None:
    first = channel.publish()
    moved = channel.folder / "moved"
    write_film(moved, b"another film")
    channel.folder.joinpath("bundle").rename(channel.folder / "old")
    moved.rename(channel.folder / "bundle")
    with pytest.raises(UserError, match=first):
        channel.publish()


def test_another_film_does_not_ask(channel: Channel) -> None:
    channel.publish()
    other = Channel(channel.fake, channel.folder / "other")
    write_film(other.bundle_folder, b"another film", title="আরেকটা")
    shutil.copytree(channel.journals, other.journals)
    other.publish()
    assert len(channel.fake.videos) == 2


def test_a_video_that_was_deleted_is_not_uploaded_again_unasked(channel: Channel) -> None:
    first = channel.publish()
    channel.fake.videos.clear()
    channel.fake.tracks.clear()
    channel.fake.items.clear()
    channel.fake.thumbnails.clear()
    with pytest.raises(UserError, match=f"{first}, which was made .* no longer on YouTube"):
        channel.publish()
    channel.publish(new_video=lambda question: "Upload the film again?" in question)
    assert_complete(channel.fake, channel.bundle)


def test_a_track_that_the_owner_deleted_is_not_brought_back(channel: Channel) -> None:
    channel.publish()
    channel.fake.tracks.clear()
    channel.publish()
    assert channel.fake.tracks == {}


def test_the_journal_is_its_owners_alone(channel: Channel) -> None:
    kill_at(channel, "upload")
    (journal,) = journals(channel.journals)
    assert journal.session is not None
    assert "secret-" in journal.session.uri
    assert "secret-" not in repr(journal)
    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(channel.journals.stat().st_mode) == 0o700
    channel.publish()
    (journal,) = journals(channel.journals)
    assert journal.session is None, "the upload is over"


def test_two_runs_at_once(channel: Channel) -> None:
    with (
        opened_journal(channel.journals, channel.bundle.digest, "UC-channel"),
        pytest.raises(UserError, match="being published by another run"),
    ):
        channel.publish()
    assert channel.fake.videos == {}


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"session": null, "more": 1}'])
def test_a_damaged_journal_is_named(channel: Channel, content: str) -> None:
    channel.publish()
    (journal,) = journals(channel.journals)
    journal.path.write_text(content)
    with pytest.raises(UserError, match="damaged — look on studio") as caught:
        channel.publish()
    assert caught.value.file == journal.path
    assert len(channel.fake.videos) == 1


def test_what_a_killed_run_left_half_written_does_no_harm(channel: Channel) -> None:
    channel.journals.mkdir()
    (channel.journals / ".part-1.json").write_text("{")
    channel.publish()
    assert_complete(channel.fake, channel.bundle)


def test_a_journal_that_cannot_be_written_stops_everything(channel: Channel) -> None:
    channel.journals.write_text("in the way")
    with pytest.raises(UserError, match="in the way"):
        channel.publish()
    assert channel.fake.uploads == {}


def requests_in(text: str) -> list[str]:
    """`GET /path` of each request of a dry run."""
    lines = [line.split(". ", 1)[-1] for line in text.splitlines()]
    return [line.split("?")[0] for line in lines if line.startswith(("GET ", "POST ", "PUT /"))]


def test_a_dry_run_tells_what_the_run_then_sends(channel: Channel) -> None:
    wish = Wish("unlisted", playlist=PLAYLIST)
    text = dry_run(channel.bundle, wish, channel.journals)
    assert channel.fake.log == []
    assert not channel.journals.exists()
    channel.publish(wish)
    log = [each for each in channel.fake.log if each.name != "upload"]
    sent = [f"{each.method} {each.path}" for each in log]
    assert requests_in(text) == sent
    for request in log:
        if request.name in ("videos.insert", "playlists.insert"):
            assert json.dumps(request.json, ensure_ascii=False, indent=2) in text
    for file in (channel.bundle.film, channel.bundle.thumbnail, *channel.bundle.captions.values()):
        assert f"{file.name}, " in text
    units = sum(UNITS.get(each.name, 0) for each in log)
    assert f"In all {units} units of 10000 a day, and 1 video of 100 a day" in text


def test_a_dry_run_goes_on_where_the_last_run_ended(channel: Channel) -> None:
    kill_at(channel, "thumbnails.set")
    kept = {path: path.read_bytes() for path in channel.journals.iterdir()}
    begun = len(channel.fake.log)
    text = dry_run(channel.bundle, Wish(playlist=PLAYLIST), channel.journals)
    assert len(channel.fake.log) == begun
    assert {path: path.read_bytes() for path in channel.journals.iterdir()} == kept
    assert "/upload/youtube/v3/videos" not in text
    assert "thumbnails/set" in text


def test_a_dry_run_in_the_middle_of_the_film_keeps_its_address(channel: Channel) -> None:
    kill_at(channel, "upload")
    text = dry_run(channel.bundle, Wish(playlist=PLAYLIST), channel.journals)
    assert f"from byte 0 of {len(FILM)}" in text
    assert "secret-" not in text


def test_a_dry_run_of_an_update(channel: Channel) -> None:
    channel.publish()
    write_film(channel.bundle.folder, title="নতুন নাম")
    text = dry_run(channel.bundle, Wish(), channel.journals, update=True)
    assert "PUT /youtube/v3/videos?part=snippet%2Cstatus" in text
    assert "নতুন নাম" in text
    assert "captions" not in text
