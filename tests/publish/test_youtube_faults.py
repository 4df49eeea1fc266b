"""What YouTube and the way to it do wrong, and what comes of it."""

from __future__ import annotations

import json
import socket
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from channel import FILM, Channel, assert_complete, credentials, write_film
from fake_youtube import DROP, FakeYouTube, Reply, Request, refusal

from cnnviz.errors import StudioError, UserError
from cnnviz.publish.faults import fault_of_reply, kind_error, quota_returns
from cnnviz.publish.upload import CHUNK
from cnnviz.publish.youtube import YouTube
from cnnviz.retry import Patience

ILL = Reply(503)
EVERY_STEP = [
    "channels.list",
    "videos.insert",
    "upload",
    "thumbnails.set",
    "captions.list",
    "captions.insert",
    "playlists.list",
    "playlists.insert",
    "playlistItems.list",
    "playlistItems.insert",
]


def quiet_about_secrets(channel: Channel, error: StudioError) -> None:
    everything = channel.said.getvalue() + str(error)
    for secret in ("secret-", "token-", "refresh", "upload_id"):
        assert secret not in everything


@pytest.mark.parametrize("done", [False, True], ids=["undone", "done"])
@pytest.mark.parametrize("fault", [ILL, DROP], ids=["503", "broken"])
@pytest.mark.parametrize("step", EVERY_STEP)
def test_a_step_that_fails_in_passing_is_tried_again(
    channel: Channel, step: str, fault: Reply, done: bool
) -> None:
    """Even where it was done and only the answer is lost, nothing is there twice."""
    channel.fake.fail(step, fault, done=done)
    channel.publish()
    assert_complete(channel.fake, channel.bundle)
    assert channel.waits


def test_the_upload_goes_on_from_the_servers_range(channel: Channel) -> None:
    taken = CHUNK // 2

    def half_a_piece(request: Request) -> Reply | None:
        if request.name == "upload" and len(channel.fake.names) == 3:
            (upload,) = channel.fake.uploads.values()
            upload.data += request.data[:taken]
            return ILL
        return None

    channel.fake.before = half_a_piece
    channel.publish()
    assert_complete(channel.fake, channel.bundle)
    ranges = [each.headers["Content-Range"] for each in channel.fake.log if each.data]
    sent = [each for each in ranges if each]
    assert sent[1].startswith(f"bytes {taken}-{taken + CHUNK - 1}/")


def test_308_without_a_range_means_that_nothing_is_there(channel: Channel) -> None:
    def forget(request: Request) -> Reply | None:
        if request.name == "upload" and channel.fake.names.count("upload") == 2:
            (upload,) = channel.fake.uploads.values()
            upload.data.clear()
            return Reply(308)
        return None

    channel.fake.before = forget
    channel.publish()
    assert_complete(channel.fake, channel.bundle)
    first = [each for each in channel.fake.log if each.name == "upload"][2]
    assert first.headers["Content-Range"] == f"bytes 0-{CHUNK - 1}/{len(FILM)}"


def test_a_server_that_takes_nothing_is_given_up(channel: Channel) -> None:
    channel.fake.before = lambda request: Reply(308) if request.name == "upload" else None
    with pytest.raises(StudioError, match="sending the film: the server takes no more"):
        channel.publish()
    assert channel.fake.names.count("upload") == 4


def test_an_upload_that_has_expired_is_begun_anew(channel: Channel) -> None:
    channel.fake.fail("upload", Reply(404))
    channel.publish()
    assert_complete(channel.fake, channel.bundle)
    assert channel.fake.names.count("videos.insert") == 2


def test_uploads_that_always_expire_are_given_up(channel: Channel) -> None:
    channel.fake.before = lambda request: Reply(404) if request.name == "upload" else None
    with pytest.raises(
        StudioError, match="sending the film: the server has forgotten the upload — run"
    ):
        channel.publish()
    assert channel.fake.names.count("videos.insert") == 4


@pytest.mark.parametrize("tells_size", [True, False])
def test_a_video_whose_upload_was_forgotten_is_found(channel: Channel, tells_size: bool) -> None:
    """The last answer is lost, and with it the upload; its video is on the channel."""
    channel.fake.tells_size = tells_size

    def forget(request: Request) -> Reply | None:
        if request.name == "upload" and channel.fake.videos:
            channel.fake.uploads.clear()
            return DROP
        return None

    channel.fake.after = forget
    channel.publish()
    assert_complete(channel.fake, channel.bundle)


def lose_the_upload(fake: FakeYouTube, *others: bytes) -> None:
    """Forget the upload before its last piece is taken; `others` are videos of the same title."""

    def forget(request: Request) -> Reply | None:
        if request.name == "upload" and fake.names.count("upload") == 3:
            for film in others:
                fake.add_video(next(iter(fake.uploads.values())).resource, film)
            fake.uploads.clear()
            return Reply(404)
        return None

    fake.before = forget


def test_another_video_of_this_title_is_not_taken_for_ours(channel: Channel) -> None:
    lose_the_upload(channel.fake, b"by hand")
    video = channel.publish()
    assert channel.fake.films[video] == FILM
    assert len(channel.fake.videos) == 2


def test_an_older_video_of_this_title_is_not_taken_for_ours(channel: Channel) -> None:
    channel.fake.tells_size = False
    lose_the_upload(channel.fake, b"last year")
    channel.fake.dates = "2020-01-01T00:00:00Z"
    assert channel.fake.films[channel.publish()] == FILM


def test_two_videos_that_may_be_ours_are_left_to_a_person(channel: Channel) -> None:
    channel.fake.tells_size = False
    lose_the_upload(channel.fake, FILM, FILM)
    with pytest.raises(StudioError, match="run the same command again in an hour"):
        channel.publish()
    assert len(channel.fake.videos) == 2


def test_a_lost_video_that_is_listed_late_is_waited_for(channel: Channel) -> None:
    def forget(request: Request) -> Reply | None:
        if request.name == "upload" and channel.fake.videos:
            channel.fake.uploads.clear()
            channel.fake.after = lambda request: None
            return DROP
        return None

    def listed_late(request: Request) -> Reply | None:
        uploads = request.query.get("playlistId") == "UU-channel"
        return Reply(200, {"items": []}) if uploads and len(channel.waits) < 3 else None

    channel.fake.after, channel.fake.before = forget, listed_late
    channel.publish()
    assert_complete(channel.fake, channel.bundle)


def test_faults_are_counted_anew_after_each_piece(channel: Channel) -> None:
    failed: list[int] = []

    def every_other(request: Request) -> Reply | None:
        if request.name == "upload" and len(failed) * 2 < channel.fake.names.count("upload"):
            failed.append(request.number)
            return ILL
        return None

    channel.fake.before = every_other
    channel.publish(patience=Patience(attempts=2, sleep=channel.waits.append))
    assert len(failed) == 3
    assert_complete(channel.fake, channel.bundle)


def test_a_token_that_is_refused_is_renewed_once(channel: Channel) -> None:
    channel.fake.token = "token-1"
    channel.publish()
    assert_complete(channel.fake, channel.bundle)
    assert channel.fake.names.count("token") == 1


def test_a_token_that_ends_in_the_middle_of_the_film(channel: Channel) -> None:
    def end(request: Request) -> Reply | None:
        if request.name == "upload" and channel.fake.names.count("upload") == 2:
            channel.fake.token = "token-1"
        return None

    channel.fake.before = end
    channel.publish()
    assert_complete(channel.fake, channel.bundle)


def test_a_new_token_that_is_refused_too(channel: Channel) -> None:
    channel.fake.before = lambda request: (
        refusal(401, "authError", "Invalid Credentials", "Authorization")
        if request.name == "thumbnails.set"
        else None
    )
    with pytest.raises(UserError, match=r"setting the thumbnail: .*publish login") as caught:
        channel.publish()
    assert channel.fake.names.count("token") == 1
    quiet_about_secrets(channel, caught.value)


def test_a_sign_in_that_was_withdrawn(channel: Channel) -> None:
    channel.fake.token = "token-1"
    with pytest.raises(UserError, match="no longer valid — sign in again") as caught:
        channel.publish(client=channel.client(refresh_token="withdrawn"))
    quiet_about_secrets(channel, caught.value)


LIMITS = [
    (refusal(403, "quotaExceeded", "over <a href='/q'>quota</a>"), "quota for today is used up"),
    (refusal(400, "uploadLimitExceeded"), "may not upload more videos today"),
    (Reply(429, refusal(429, "rateLimitExceeded").body, {"Retry-After": "90"}), "too many req"),
    (refusal(403, "userRateLimitExceeded"), "too many requests"),
]


@pytest.mark.parametrize("step", ["videos.insert", "upload", "thumbnails.set", "captions.insert"])
@pytest.mark.parametrize(("limit", "told"), LIMITS, ids=[told for _, told in LIMITS])
def test_a_limit_says_when_to_come_back(
    channel: Channel, limit: Reply, told: str, step: str
) -> None:
    channel.fake.fail(step, limit)
    with pytest.raises(StudioError, match=told) as caught:
        channel.publish()
    assert caught.value.exit_code == 1
    assert "run the same command again" in str(caught.value)
    assert any(character.isdigit() for character in caught.value.hint or "")
    assert channel.fake.names[-1] == step, "nothing is sent after that"
    quiet_about_secrets(channel, caught.value)
    channel.publish()
    assert_complete(channel.fake, channel.bundle)
    assert channel.fake.names.count("videos.insert") == (2 if step == "videos.insert" else 1)


def test_a_title_that_is_refused_is_named(channel: Channel) -> None:
    write_film(channel.bundle.folder, title="")
    with pytest.raises(UserError, match=r"YouTube does not take the snippet\.title: The title is"):
        channel.publish()


def test_a_server_that_stays_ill(channel: Channel) -> None:
    channel.fake.fail("captions.list", *[ILL] * 4)
    with pytest.raises(StudioError, match=r"adding the captions \(bn\): .*what is done is kept"):
        channel.publish()
    assert len(channel.waits) == 3
    channel.publish()
    assert_complete(channel.fake, channel.bundle)


def test_nobody_listens(channel: Channel) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # and never listening
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(StudioError, match="finding your channel: the connection broke"):
            channel.publish(client=YouTube(credentials(nowhere), nowhere + "/"))
    assert len(channel.waits) == 3


def test_what_is_refused_does_not_keep_the_rest_from_being_done(channel: Channel) -> None:
    channel.fake.fail("thumbnails.set", refusal(403, "forbidden", "Verify your phone number."))
    with pytest.raises(UserError, match=r"setting the thumbnail: YouTube refused .*Verify"):
        channel.publish()
    assert len(channel.fake.tracks) == 2
    channel.publish()
    assert_complete(channel.fake, channel.bundle)


def test_a_playlist_that_is_not_known_everywhere_yet(channel: Channel) -> None:
    channel.fake.fail("playlistItems.list", refusal(404, "playlistNotFound"))
    channel.publish()
    assert_complete(channel.fake, channel.bundle)


def test_a_channel_on_which_nothing_was_ever_uploaded(channel: Channel) -> None:
    channel.fake.fail("upload", Reply(404))
    channel.fake.fail("playlistItems.list", refusal(404, "playlistNotFound"))
    channel.publish()
    assert_complete(channel.fake, channel.bundle)


def test_an_account_without_a_channel(channel: Channel) -> None:
    channel.fake.fail("channels.list", Reply(200, {}))
    with pytest.raises(UserError, match="no YouTube channel"):
        channel.publish()


@pytest.mark.parametrize("place", ["http://example.org/upload", "ftp://127.0.0.1/", ""])
def test_the_token_goes_to_no_unsafe_place(channel: Channel, place: str) -> None:
    channel.fake.fail("videos.insert", *[Reply(200, None, {"Location": place})] * 4)
    with pytest.raises(StudioError, match="names no place for the film"):
        channel.publish()


def test_errors_in_googles_new_form_name_the_field() -> None:
    details = [{"reason": "BAD"}, {"fieldViolations": [{"field": "snippet.tags"}]}]
    body = {"error": {"code": 400, "message": "No.", "status": "INVALID", "details": details}}
    fault = fault_of_reply(400, {}, json.dumps(body).encode())
    assert (fault.reason, fault.field, fault.message) == ("BAD", "snippet.tags", "No")


@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b'{"error": "no"}', b'{"error": 1}'])
def test_an_error_without_youtubes_words(content: bytes) -> None:
    error = kind_error(fault_of_reply(403, {}, content), "trying")
    assert str(error).startswith("trying: YouTube refused (403): ")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-20T12:00", "20.11. 14:00"),  # 19 November, 22:00 in California
        ("2026-11-20T15:00", "21.11. 14:00"),
        ("2026-07-01T12:00", "01.07. 13:00"),  # summer time there, none here
    ],
)
def test_the_quota_returns_at_midnight_in_california(now: str, expected: str) -> None:
    dhaka = ZoneInfo("Asia/Dhaka")
    assert quota_returns(datetime.fromisoformat(now).replace(tzinfo=dhaka)) == expected


def test_a_limit_with_a_time_names_that_time() -> None:
    fault = fault_of_reply(429, {"retry-after": "7200"}, b"")
    soon = datetime.now() + timedelta(hours=2)
    assert f"{soon:%d.%m.}" in str(kind_error(fault, "trying"))


@pytest.mark.parametrize("made", ["captions.insert", "playlists.insert", "playlistItems.insert"])
def test_what_was_made_but_is_listed_late_is_not_made_again(channel: Channel, made: str) -> None:
    listing = made.replace("insert", "list")
    late: list[str] = []

    def listed_late(request: Request) -> Reply | None:
        if request.name == listing and made in channel.fake.names and len(late) < 2:
            late.append(request.name)
            return Reply(200, {"items": []})
        return None

    channel.fake.before = listed_late
    channel.fake.fail(made, DROP, done=True)
    channel.publish()
    assert len(late) == 2
    assert "captions.update" not in channel.fake.names, "what is there is known to be right"
    assert_complete(channel.fake, channel.bundle)
