"""A film to YouTube: exactly one video of it, with everything that belongs to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from cnnviz.errors import StudioError, UserError
from cnnviz.files import file_digest
from cnnviz.progress import Reporter
from cnnviz.publish.bundle_reader import Bundle
from cnnviz.publish.journal import Journal, journals, opened_journal
from cnnviz.publish.metadata import Wish, video_body
from cnnviz.publish.retry import PATIENCE, persist
from cnnviz.publish.steps import Steps, changed_words
from cnnviz.publish.upload import Upload
from cnnviz.publish.youtube import Channel, YouTube
from cnnviz.retry import Patience

__all__ = ["address", "publish"]


def address(video: str) -> str:
    """Where people watch it."""
    return f"https://youtu.be/{video}"


def publish(
    bundle: Bundle,
    wish: Wish,
    youtube: YouTube,
    folder: Path,
    report: Reporter,
    *,
    update: bool = False,
    new_video: Callable[[str], bool] = lambda question: False,
    patience: Patience = PATIENCE,
) -> str:
    """Send what is not there yet.

    Parameters
    ----------
    folder
        Where journals are kept.
    update
        Replace what has changed since the video was complete.
    new_video
        Asked before a film becomes a video although there was one before; gets the question.
    patience
        How often and how long to try.

    Returns
    -------
    str
        The video's id.

    Raises
    ------
    UserError
        YouTube refuses something, or the film is another one than the published.
    StudioError
        It does not go on now; what is done is noted, and the next run goes on from there.
    """
    return _Publication(bundle, wish, youtube, folder, report, update, new_video, patience).run()


class _Publication:
    """One run; its parameters are those of `publish`."""

    def __init__(
        self,
        bundle: Bundle,
        wish: Wish,
        youtube: YouTube,
        folder: Path,
        report: Reporter,
        update: bool,
        new_video: Callable[[str], bool],
        patience: Patience,
    ) -> None:
        self.bundle = bundle
        self.wish = wish
        self.body = video_body(bundle, wish)
        self.youtube = youtube
        self.folder = folder
        self.report = report
        self.update = update
        self.new_video = new_video
        self.patience = patience

    def run(self) -> str:
        channel = persist(self.patience, "finding your channel", self.youtube.channel)
        self.report.line(f"channel: {channel.title}")
        with opened_journal(self.folder, self.bundle.digest, channel.id) as journal:
            if journal.video is not None:
                self._check_video(journal)
            elif journal.session is None:
                self._check_earlier(channel)
            journal.note(title=self.bundle.title, folder=self._place)
            if journal.video is None:
                self._upload(channel, journal)
            return self._complete(journal)

    @property
    def _place(self) -> str:
        return str(self.bundle.folder.resolve())

    def _check_video(self, journal: Journal) -> None:
        """Ask what to do if the video was deleted on YouTube."""
        video = _video(journal)
        shown = persist(
            self.patience,
            "looking for the video",
            lambda: self.patience.look(lambda: self.youtube.video(video), expected=True),
        )
        if shown is not None:
            return
        gone = f"{address(video)}, which was made of this film, is no longer on YouTube"
        if not self.new_video(f"{gone}. Upload the film again?"):
            raise UserError(gone, hint="nothing is sent")
        journal.forget()

    def _check_earlier(self, channel: Channel) -> None:
        """Ask whether a changed film shall be a second video."""
        earlier = [
            each
            for each in journals(self.folder)
            if each.video
            and each.channel == channel.id
            and (each.folder == self._place or each.title == self.bundle.title)
        ]
        if not earlier:
            if self.update:
                raise UserError(
                    "nothing of this film is published yet", hint="run again without --update"
                )
            return
        before = f"the film has changed since it was published as {address(_video(earlier[-1]))}"
        if self.update:
            raise UserError(
                f"{before}, and YouTube cannot replace a film",
                hint="run again without --update to make a second video",
            )
        if not self.new_video(f"{before}. Make a second video of it?"):
            raise UserError(before, hint="nothing is sent")

    def _upload(self, channel: Channel, journal: Journal) -> None:
        upload = Upload(self.youtube, channel, self.bundle.film, self.body, journal, self.patience)
        journal.note(video=upload.run(self.report), session=None)
        self.report.line(f"the film is there: {address(_video(journal))}")

    def _complete(self, journal: Journal) -> str:
        """Do all that is left; what YouTube refuses does not keep the rest from being done."""
        video = _video(journal)
        renew = self.update or not journal.complete
        steps = Steps(self.youtube, journal, video, self.patience, renew=renew)
        refused: list[StudioError] = []
        for step, action in self._actions(steps):
            try:
                persist(self.patience, step, action)
            except UserError as error:
                refused.append(error)
        if refused:
            raise refused[0]
        stale = [] if renew else self._stale(journal)
        if stale:
            self.report.line(
                f"on YouTube is still another {', '.join(stale)}; run with --update to replace that"
            )
        journal.note(complete=True)
        return video

    def _actions(self, steps: Steps) -> Iterator[tuple[str, Callable[[], None]]]:
        yield "changing title and description", lambda: steps.words(self.body)
        yield "setting the thumbnail", lambda: steps.thumbnail(self.bundle.thumbnail)
        for language, file in self.bundle.captions.items():
            yield f"adding the captions ({language})", partial(steps.captions, language, file)
        title = self.wish.playlist
        if title is not None:
            yield f"adding to the playlist {title!r}", partial(steps.playlist, title)

    def _stale(self, journal: Journal) -> list[str]:
        """What has changed here since it was sent."""
        names = changed_words(self.body, journal.body or {})
        if journal.thumbnail != file_digest(self.bundle.thumbnail):
            names.append("thumbnail")
        names += [
            f"captions ({language})"
            for language, file in self.bundle.captions.items()
            if journal.captions[language]["digest"] != file_digest(file)
        ]
        return names


def _video(journal: Journal) -> str:
    assert journal.video is not None
    return journal.video
