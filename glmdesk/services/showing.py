"""The transcripts that somebody looks at, and the running answers they follow."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from weakref import WeakValueDictionary

from glmdesk.domain.changes import Changes
from glmdesk.domain.message import Message
from glmdesk.services.live import Follower, LiveAnswer
from glmdesk.services.news import News
from glmdesk.services.transcript import Transcript
from glmdesk.store.conversations import Conversations

_KEPT_TRANSCRIPTS, _KEPT_ROWS = 4, 400  # a longer one is read again: it goes when nobody shows it


class Showing:
    """`live` holds the running answers by message, `shown` is the conversation that was opened last,
    `beside` one that a page beside the chat shows."""

    def __init__(self, store: Conversations, news: News) -> None:
        self._store = store
        self._news = news
        self._transcripts: WeakValueDictionary[str, Transcript] = WeakValueDictionary()
        self._kept: OrderedDict[str, Transcript] = OrderedDict()
        self._columns: list[Transcript] = []
        self.live: dict[str, LiveAnswer] = {}
        self.shown = ""
        self.beside = ""

    def busy(self) -> frozenset[str]:
        """Ids of the conversations that are generating."""
        return frozenset(live.conversation_id for live in self.live.values())

    def live_in(self, conversation_id: str) -> list[LiveAnswer]:
        return [live for live in self.live.values() if live.conversation_id == conversation_id]

    async def open(self, conversation_id: str) -> Transcript:
        """The transcript of a conversation; the same object while it is kept. Marks it read."""
        self.shown = conversation_id
        conversation = await self._store.get(conversation_id)
        if conversation.unread:
            await self._store.update(conversation_id, unread=False)
            self._news.announce(Changes(conversations=True))
        transcript = self._transcripts.get(conversation_id)
        if transcript is None:
            transcript = Transcript(conversation_id)
            self._fill(transcript, await self._store.messages(conversation_id), conversation.leaf_id)
        self._keep(transcript)
        return transcript

    def seen(self, conversation_id: str) -> bool:
        """Whether somebody looks at it."""
        return conversation_id in (self.shown, self.beside)

    async def look(self, conversation_id: str) -> Transcript:
        """The path as it is now, for a page beside the chat: a transcript of its own that follows what runs now."""
        conversation = await self._store.get(conversation_id)
        transcript = Transcript(conversation_id)
        self._fill(transcript, await self._store.messages(conversation_id), conversation.leaf_id)
        return transcript

    def _fill(self, transcript: Transcript, messages: Sequence[Message], leaf_id: str | None) -> None:
        transcript.load(messages, leaf_id)
        for live in self.live_in(transcript.conversation_id):
            transcript.follow(Follower(live))

    def _keep(self, transcript: Transcript) -> None:
        self._transcripts[transcript.conversation_id] = transcript
        if len(transcript.rows) > _KEPT_ROWS:
            return
        self._kept[transcript.conversation_id] = transcript
        self._kept.move_to_end(transcript.conversation_id)
        busy = self.busy()
        for old in list(self._kept)[:-_KEPT_TRANSCRIPTS]:
            if old not in busy:
                del self._kept[old]

    async def one_answer(self, conversation_id: str, answer_id: str) -> Transcript:
        """A transcript of one answer alone; it follows that answer until `forget`."""
        transcript = Transcript(conversation_id, only=answer_id)
        self._columns.append(transcript)
        self._fill(transcript, await self._store.messages(conversation_id), answer_id)
        return transcript

    def forget(self, transcript: Transcript) -> None:
        self._columns = [column for column in self._columns if column is not transcript]

    async def reload(self, conversation_id: str) -> None:
        """Show the path as it is stored now."""
        transcript = self._transcripts.get(conversation_id)
        if transcript is not None:
            conversation = await self._store.get(conversation_id)
            self._fill(transcript, await self._store.messages(conversation_id), conversation.leaf_id)
        self._news.announce(Changes(messages=frozenset({conversation_id})))

    def settle(self, message: Message) -> None:
        """A running answer has ended as `message`."""
        self.live.pop(message.id, None)
        for transcript in [self._transcripts.get(message.conversation_id), *self._columns]:
            if transcript is not None and transcript.conversation_id == message.conversation_id:
                transcript.settle(message)
