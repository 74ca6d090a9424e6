"""Walk over the tokens of one statement: take words, names, brackets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.sql.actions import Name
from perftool.sql.tokens import kind_of_token

if TYPE_CHECKING:
    from collections.abc import Container, Sequence


_STRUCTURE: Final = frozenset({"(", ")", "[", "]", ","})
_GLUED_BEFORE: Final = frozenset({"(", ")", ",", "[", "]", "."})
_GLUED_AFTER: Final = frozenset({"(", "[", "."})
_CAPITALS: Final = frozenset({"oracle", "snowflake"})
_QUOTES: Final = {'"': '"', "`": "`", "[": "]"}


class Cursor:
    """A place among the tokens of ``text``; every method that finds nothing stays where it is."""

    __slots__ = ("_ends", "_starts", "dialect", "index", "size", "text", "texts", "words")

    def __init__(self, text: str, tokens: tuple[list[str], list[str], list[int], list[int]], dialect: str = "") -> None:
        self.text = text
        self.dialect = dialect
        #: Words and operators in lower case, "" for any other token; and all of them as written.
        self.words, self.texts, self._starts, self._ends = tokens
        self.index = 0
        self.size = len(self.words)

    @property
    def word(self) -> str:
        """The current word or operator in lower case; "" for anything else and at the end."""
        return self.words[self.index] if self.index < self.size else ""

    @property
    def done(self) -> bool:
        """Whether all tokens are passed."""
        return self.index >= self.size

    @property
    def start(self) -> int:
        """The offset of the current token; at the end, where the last token ends."""
        if self.index < self.size:
            return self._starts[self.index]
        return self.last_end

    @property
    def first_start(self) -> int:
        """The offset of the first token."""
        return self._starts[0]

    @property
    def last_end(self) -> int:
        """The offset where the last token ends."""
        return self._ends[-1] if self._ends else len(self.text)

    @property
    def before(self) -> int:
        """The offset where the token before the current one ends; before the first one, where that begins."""
        # An index may have gone past the end.
        passed = min(self.index, self.size)
        return self._ends[passed - 1] if passed else self.start

    def at(self, word: str, *more: str) -> bool:
        """Say whether these words come next."""
        index = self.index
        if index >= self.size or self.words[index] != word:
            return False
        return not more or tuple(self.words[index + 1 : index + 1 + len(more)]) == more

    def take(self, word: str, *more: str) -> bool:
        """Pass these words if they come next."""
        # Said once more, as it is what readers do most.
        index = self.index
        if index >= self.size or self.words[index] != word:
            return False
        if more and tuple(self.words[index + 1 : index + 1 + len(more)]) != more:
            return False
        self.index = index + 1 + len(more)
        return True

    def take_any(self, words: Container[str]) -> str:
        """Pass one of ``words`` if it comes next, and return it."""
        word = self.word
        if word and word in words:
            self.index += 1
            return word
        return ""

    def skip(self) -> None:
        """Pass one token, or a whole pair of brackets."""
        if self.word in ("(", "["):
            self.brackets()
        else:
            self.index += 1

    def brackets(self) -> tuple[int, int] | None:
        """Pass a pair of brackets; return the indexes of its first inner token and of its closing bracket."""
        if self.word not in ("(", "["):
            return None
        first = self.index + 1
        end, _ = self._closing(first)
        self.index = min(end + 1, self.size)
        return first, end

    def skip_to(self, words: Container[str]) -> str:
        """Pass everything outside brackets up to one of ``words``, and return which; "" at the end."""
        while self.index < self.size:
            word = self.words[self.index]
            if word and word in words:
                return word
            if word in (")", "]"):
                return ""
            self.skip()
        return ""

    def identifier(self) -> str:
        """Pass a name without dots and return it as the engine compares it; "" if none comes next."""
        if self.index >= self.size:
            return ""
        word = self.words[self.index]
        if word and (word[0].isalpha() or word[0] == "_" or self._kind() == "word"):
            self.index += 1
            return word
        if not word and (self.texts[self.index][0] == '"' or self._kind() == "quoted"):
            name = unquoted(self.texts[self.index])
            self.index += 1
            # These engines turn what has no quotes into capitals: "ORDERS" is the same as orders.
            return name.lower() if self.dialect in _CAPITALS and name.isupper() else name
        return ""

    def name(self) -> Name | None:
        """Pass a name with any number of dots."""
        first = self.identifier()
        if not first:
            return None
        if self.word != ".":
            return Name(first, "")
        parts = [first]
        while self.word == "." and self.index + 1 < self.size:
            self.index += 1
            following = self.identifier()
            if not following:
                break
            parts.append(following)
        return Name(parts[-1], ".".join(parts[:-1]))

    def names(self) -> tuple[Name, ...]:
        """Pass names between commas, each with ONLY before it or * behind it if it likes."""
        found: list[Name] = []
        while True:
            self.take("only")
            name = self.name()
            if name is None:
                break
            self.take("*")
            found.append(name)
            if not self.take(","):
                break
        return tuple(found)

    def columns(self) -> tuple[str, ...]:
        """Pass a list of column names in brackets; what is no plain name in it is left out."""
        return tuple(name for item in self.items() if (name := item.identifier()))

    def items(self) -> list[Cursor]:
        """Pass a pair of brackets and return a cursor over each of the items between its commas."""
        if self.word not in ("(", "["):
            return []
        first = self.index + 1
        end, commas = self._closing(first)
        self.index = min(end + 1, self.size)
        return self._between(first, commas, end)

    def parts(self) -> list[Cursor]:
        """Pass everything that is left and return a cursor over each part of it between commas outside brackets."""
        first, commas = self.index, []
        while self.index < self.size:
            if self.words[self.index] == ",":
                commas.append(self.index)
                self.index += 1
            else:
                self.skip()
        self.index = max(self.index, self.size)
        return self._between(first, commas, self.size)

    def _closing(self, first: int) -> tuple[int, list[int]]:
        """Return where the bracket closes that was opened before ``first``, and the commas in no bracket within it."""
        words, depth, commas = self.words, 0, []
        for index in range(first, self.size):
            word = words[index]
            if word not in _STRUCTURE:
                continue
            if word == ",":
                if not depth:
                    commas.append(index)
            elif word in ("(", "["):
                depth += 1
            elif depth:
                depth -= 1
            else:
                return index, commas
        return self.size, commas

    def _between(self, first: int, commas: Sequence[int], end: int) -> list[Cursor]:
        """Return a cursor over each part that is not empty."""
        found: list[Cursor] = []
        for comma in (*commas, end):
            if comma > first:
                found.append(self.sub((first, comma)))
            first = comma + 1
        return found

    def sub(self, inside: tuple[int, int]) -> Cursor:
        """Return a cursor over the tokens from one index up to another."""
        first, last = inside
        part = slice(first, last)
        tokens = (self.words[part], self.texts[part], self._starts[part], self._ends[part])
        return Cursor(self.text, tokens, self.dialect)

    def quote(self, first: int, last: int) -> str:
        """Return the text of the tokens from index ``first`` up to ``last``, as it is written."""
        if first >= last or first >= self.size:
            return ""
        return self.text[self._starts[first] : self._ends[min(last, self.size) - 1]]

    def plain(self, first: int, last: int) -> str:
        """Return those tokens in lower case with single spaces, none around brackets, commas and dots."""
        if last == first + 1 <= self.size:
            return self.words[first] or self.texts[first]
        parts: list[str] = []
        before = "("
        for word, written in zip(self.words[first:last], self.texts[first:last], strict=True):
            text = word or written
            if text not in _GLUED_BEFORE and before not in _GLUED_AFTER and text != "::" and before != "::":
                parts.append(" ")
            parts.append(text)
            before = text
        return "".join(parts)

    def strings(self) -> list[str]:
        """Return the strings among the tokens that are left, as they are written; nothing is passed."""
        texts = self.texts[self.index :]
        return [text for text in texts if "'" in text and kind_of_token(text, self.dialect) == "string"]

    def _kind(self) -> str:
        return kind_of_token(self.texts[self.index], self.dialect)


def unquoted(text: str) -> str:
    """Return a quoted name without its quotes."""
    # U&"…" has its quote in the third place.
    start = 0 if text[:1] in _QUOTES else next((place for place in (1, 2) if text[place : place + 1] in _QUOTES), 0)
    closing = _QUOTES.get(text[start : start + 1])
    if closing is None:
        return text
    inner = text[start + 1 : -1] if text.endswith(closing) and len(text) > start + 1 else text[start + 1 :]
    return inner.replace(closing * 2, closing) if closing in inner else inner
