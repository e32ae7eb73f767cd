"""Finding seed phrases, however they are laid out.

Twelve words of one list in a row are a phrase (BIP-39 phrases have 12 to 24; so have those of Electrum and
TON, which take their words from the English list but fail its checksum, so the checksum decides nothing).
Measured over 637,113 words of ordinary English documents, no prose reaches more than ten in a row. One word
in twelve may be misspelt or foreign. Fewer words are a part of a phrase only beside a label ("my seed is").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from handoff.guard import wordlists
from handoff.guard.canvas import BARRIER, Canvas
from handoff.guard.findings import Finding
from handoff.guard.labels import Label, labels_in, vocabulary

PHRASE_WORDS = 12
_LABELLED_WORDS = 4  # with a label: "first 4 words are ..."
_UNCOMMON_WORDS = 2  # of those, how many must not be everyday words such as "can you please help"
_MIXED_EXACT = 8  # of twelve, when four-letter prefixes and whole words are mixed
_GAP_CHARS = 24  # between two words of a phrase: numbering, punctuation, line breaks
_LABEL_REACH = 48  # characters between a label and the words that it is about
_LABEL_AFTER = 24
_GLUED_CHARS = 36  # twelve words of three letters without separators
_PROSE_RANK = 400  # mean rank of Chinese prose in the list's order of frequency; random phrases have 1023 ± 171
#: Words of one script each: "助记词abandon" is two. Han characters in a row are one, so prose stays whole.
_WORD = re.compile("[a-z]+|[а-я\ufffd]+|[가-힣]+|[ぁ-ゖー]+|[㐀-鿿]+|[^\\W\\d_]")


@dataclass(frozen=True)
class _Word:
    text: str
    start: int
    end: int
    joined: bool  # nothing but numbering and punctuation lies between it and the word before it


def find_seed_phrases(canvas: Canvas) -> list[Finding]:
    """Seed phrases and labelled parts of them; offsets are those of ``canvas.folded``."""
    words = _words(canvas.folded)
    found: list[Finding] = []
    for word in words:
        if len(word.text) >= _GLUED_CHARS and wordlists.words_in_one(word.text) >= PHRASE_WORDS:
            found.append(Finding(word.start, word.end, "seed_phrase"))
    labels = labels_in(canvas.folded, "seed_phrase")
    known = [wordlists.lists_with(word.text) for word in words]
    counts: dict[str, int] = {}
    for names in known:
        for name in names:
            counts[name] = counts.get(name, 0) + 1
    # Prefixes count towards a phrase, too, so a list enters with four letters of any of its words.
    brief = [wordlists.lists_with_prefix(word.text) if len(word.text) == 4 else frozenset() for word in words]
    for names in brief:
        for name in names:
            counts[name] = counts.get(name, 0) + 1
    for name, count in counts.items():
        if count >= PHRASE_WORDS - 1 or (labels and count >= _LABELLED_WORDS):
            reader = _Reader(canvas.folded, words, [name in of for of in known], [name in of for of in brief], name)
            phrases = reader.phrases()
            found += phrases
            found += reader.labelled_parts(labels, phrases)
    return found + _of_other_lists(canvas.folded, words, labels)


def _of_other_lists(folded: str, words: list[_Word], labels: Sequence[Label]) -> list[Finding]:
    """Twelve words after "seed: " that no list holds all of (SLIP-39, Monero); prose has function words."""
    found = []
    function_words = vocabulary("function_words")
    for label in labels:
        first = next((i for i, word in enumerate(words) if word.start >= label.end), len(words))
        last = first
        while last < len(words) and last - first < 64:
            word = words[last]
            gap = folded[label.end if last == first else words[last - 1].end : word.start]
            together = word.joined or last == first
            plain = 4 <= len(word.text) <= 10 and word.text.isascii() and word.text not in function_words
            if not together or not plain or (re.search("[.?!]", gap) and not re.search(r"\d", gap)):
                break
            if last == first and not (re.search(r"[:=\n\d]", gap) and len(gap) <= _GAP_CHARS):
                break
            last += 1
        if last - first >= PHRASE_WORDS:
            found.append(Finding(words[first].start, words[last - 1].end, "seed_phrase"))
    return found


def _words(folded: str) -> list[_Word]:
    matches = list(_WORD.finditer(folded))
    counters = _counters(folded, matches)
    words: list[_Word] = []
    for match in matches:
        if match.start() in counters:
            continue
        start = match.start()
        gap = folded[words[-1].end : start] if words else BARRIER
        if not gap and _is_one_word(words[-1].text, match[0]):
            words[-1] = replace(words[-1], text=words[-1].text + match[0], end=match.end())
            continue
        joined = len(gap) <= _GAP_CHARS and BARRIER not in gap
        words.append(_Word(match[0], start, match.end(), joined))
    return words


def _is_one_word(left: str, right: str) -> bool:
    """Whether two scripts side by side are one (mistyped) word: "cтол" with a Latin c, but not "词abandon"."""
    if left[-1] < "\u0500" and right[0] < "\u0500":
        return True
    return not any(wordlists.lists_with(word) or wordlists.lists_with_prefix(word) for word in (left, right))


def _counters(folded: str, matches: Sequence[re.Match[str]]) -> set[int]:
    """Where "word 1", "第1个" and the like count the words of a list; at least three of them."""
    nouns = vocabulary("counting_nouns")
    starts = set()
    for match in matches:
        noun = match[0]
        if noun in nouns:
            before, after = folded[: match.start()][-1:], folded[match.end() : match.end() + 3].lstrip(" #№n°.")
            if before.isdigit() or after[:1].isdigit():
                starts.add(match.start())
    return starts if len(starts) >= 3 else set()


class _Reader:
    """The words of one text as one list sees them."""

    def __init__(self, folded: str, words: list[_Word], exact: list[bool], brief: list[bool], name: str) -> None:
        self._folded = folded
        self._words = words
        self._exact = exact
        self._brief = brief
        self._name = name
        self._han = name in wordlists.HAN_LISTS
        self._function_words = vocabulary("function_words")

    def phrases(self) -> list[Finding]:
        """Runs of at least `PHRASE_WORDS`, with the words around them that may belong to them."""
        inside = [False] * len(self._words)
        for first in range(len(self._words) - PHRASE_WORDS + 1):
            if self._is_window(first):
                inside[first : first + PHRASE_WORDS] = [True] * PHRASE_WORDS
        found = []
        position = 0
        while position < len(inside):
            if not inside[position]:
                position += 1
                continue
            last = position
            while last + 1 < len(inside) and inside[last + 1] and self._words[last + 1].joined:
                last += 1
            first, end = self._extended(position, last)
            if not self._is_chinese_prose(first, end):
                found.append(self._finding(self._without_preface(first, end), end))
            position = max(end, last) + 1
        return found

    def labelled_parts(self, labels: Sequence[Label], phrases: Sequence[Finding]) -> list[Finding]:
        """Shorter runs beside a label."""
        found = []
        spans = [(label.start, label.end) for label in labels] + [(phrase.start, phrase.end) for phrase in phrases]
        taken = {i for i, word in enumerate(self._words) for start, end in spans if start <= word.start < end}
        first = 0
        while first < len(self._words):
            if first in taken or not self._fits(first):
                first += 1
                continue
            last = first
            while last + 1 < len(self._words) and self._continues(last + 1) and last + 1 not in taken:
                last += 1
            while not self._exact[last] and not self._brief[last]:
                last -= 1
            if self._is_labelled_part(first, last, labels):
                found.append(self._finding(first, last))
            first = last + 1
        return found

    def _fits(self, index: int) -> bool:
        return self._exact[index] or self._brief[index]

    def _continues(self, index: int) -> bool:
        word = self._words[index]
        if not word.joined:
            return False
        return self._fits(index) or (self._is_tolerable(index) and wordlists.is_near(word.text, self._name))

    def _is_tolerable(self, index: int) -> bool:
        """Whether an unknown word may be a slip or a foreign word in a phrase rather than prose."""
        text = self._words[index].text
        if self._han:
            return len(text) == 1
        alphabetic = text[0] < "\u0500"
        likely = len(text) >= (2 if alphabetic else 1) and text not in self._function_words
        return likely or (self._set_off(index) and self._set_off(index + 1))

    def _set_off(self, index: int) -> bool:
        """Whether more than a space stands before this word: a comma, a number, a line break."""
        if not 0 < index < len(self._words):
            return True
        return self._folded[self._words[index - 1].end : self._words[index].start].strip(" ") != ""

    def _is_window(self, first: int) -> bool:
        window = range(first, first + PHRASE_WORDS)
        if not all(self._words[i].joined for i in window[1:]):
            return False
        unknown = [i for i in window if not self._fits(i)]
        if len(unknown) > 1 or not all(self._is_tolerable(i) for i in unknown):
            return False
        # At the edge any prose word would do; only a slip counts.
        edges = [i for i in unknown if i in (window[0], window[-1])]
        if not all(wordlists.is_near(self._words[i].text, self._name) for i in edges):
            return False
        exact = sum(self._exact[i] for i in window)
        return exact >= _MIXED_EXACT or all(len(self._words[i].text) <= 4 for i in window if i not in unknown)

    def _extended(self, first: int, last: int) -> tuple[int, int]:
        """The run with the words at its edges; two unknown words in a row end it."""

        def reach(edge: int, step: int) -> int:
            while 0 <= edge + step < len(self._words) and self._words[max(edge, edge + step)].joined:
                index = edge + step
                if not self._fits(index):
                    beyond = range(index + step, index + 3 * step, step)
                    goes_on = all(0 <= i < len(self._words) and self._fits(i) for i in beyond)
                    slip = self._fits(edge) and wordlists.is_near(self._words[index].text, self._name)
                    if not self._is_tolerable(index) or not (goes_on or slip):
                        break
                edge = index
            return edge

        return reach(first, -1), reach(last, 1)

    def _is_chinese_prose(self, first: int, last: int) -> bool:
        """Chinese typed with a space after each character: prose keeps to the list's first, frequent words."""
        if not self._han:
            return False
        ranks = [wordlists.rank(self._words[i].text, self._name) for i in range(first, last + 1) if self._exact[i]]
        return len(set(ranks)) > 3 and sum(ranks) / len(ranks) < _PROSE_RANK

    def _without_preface(self, first: int, last: int) -> int:
        """Leave "seed phrase:" itself in the text: words before the only colon, if a whole phrase follows it."""
        colons = [
            after
            for after in range(first + 1, last + 1)
            if re.search("[:=]", gap := self._folded[self._words[after - 1].end : self._words[after].start])
            and not re.search(r"\d", gap)
        ]
        return colons[0] if len(colons) == 1 and last - colons[0] + 1 >= PHRASE_WORDS else first

    def _is_labelled_part(self, first: int, last: int, labels: Sequence[Label]) -> bool:
        span = range(first, last + 1)
        if sum(self._fits(i) for i in span) < _LABELLED_WORDS:
            return False
        everyday = vocabulary("everyday_list_words")
        uncommon = sum(self._words[i].text not in everyday for i in span)
        if uncommon < _UNCOMMON_WORDS:
            return False
        start, end = self._words[first].start, self._words[last].end
        return any(
            (0 <= start - label.end <= _LABEL_REACH and BARRIER not in self._folded[label.end : start])
            or (0 <= label.start - end <= _LABEL_AFTER and BARRIER not in self._folded[end : label.start])
            for label in labels
        )

    def _finding(self, first: int, last: int) -> Finding:
        return Finding(self._words[first].start, self._words[last].end, "seed_phrase")
