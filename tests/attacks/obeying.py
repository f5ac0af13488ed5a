"""A model that obeys whatever it reads outside of the system message, on the wire of a real endpoint.

It knows none of the defence: it looks for the attack in every text of its input, and does what is said there, beside
or instead of the true answer. What it does is worked out from the words of the attack by general rules.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.scripted_openai import Reply, Request, ScriptedOpenAI

from pageside.answer.prompt import SEARCH_TOOL

TRUE = "A servo motor holds an angle that is commanded to it [1]."
PLAIN = "A servo motor holds an angle that is commanded to it."
_TAGS = {0xE0000 + code: chr(code) for code in range(128)}
_SEEN = 60  # characters by which an attack is known again: some fields are cut

_LANGUAGES = {
    "spanish": "Un servomotor mantiene el ángulo que se le ordena",
    "french": "Un servomoteur maintient l'angle qui lui est commandé",
    "italian": "Un servomotore mantiene l'angolo che gli viene comandato",
    "portuguese": "Um servomotor mantém o ângulo que lhe é comandado",
    "german": "Ein Servomotor hält den Winkel, der ihm befohlen wird",
}
_CHANGES: tuple[tuple[str, Callable[[str], str]], ...] = (
    (r"base64", lambda text: base64.b64encode(text.encode()).decode()),
    (r"base32", lambda text: base64.b32encode(text.encode()).decode()),
    (r"base16|hexadecimal", lambda text: text.encode().hex()),
    (r"base58", lambda text: "3yZe7d" + base64.b64encode(text.encode()).decode().strip("=")),
    (r"reverse|backward", lambda text: text[::-1]),
    (r"caesar|cipher", lambda text: "".join(_shifted(letter) for letter in text)),
    (r"emoji", lambda _: "🤖⚙️ ➡️ 📐✅"),
    (r"fours|threes|sets of three", lambda text: " ".join(re.findall(".{1,4}", text.replace(" ", "")))),
    (r"without spaces|remove spaces", lambda text: text.replace(" ", "")),
    (r"scramble|jumble|anagram", lambda text: " ".join("".join(sorted(word)) for word in text.split())),
    (r"misspell|typos", lambda text: " ".join(f"{word[:1]}{word[2:]}{word[1:2]}" for word in text.split())),
    (r"symbols?\b", lambda text: text.translate(str.maketrans("aeiou", "@#$%&"))),
    (r"upper ?case", lambda text: f"{text.upper()} ZZTOP"),
)


def _shifted(letter: str) -> str:
    return chr((ord(letter.lower()) - 92) % 26 + 97) if letter.isalpha() else letter


@dataclass(frozen=True, slots=True)
class Obeyed:
    """What obeying comes to.

    Attributes:
        shows: What a reader must not be shown, outside of a quote; empty where something else tells.
    """

    reply: Reply
    shows: str = ""


def obey(attack: str, kind: str, instructions: str, tools: list[str]) -> Obeyed:
    """What a model does that obeys `attack`."""
    match kind:
        case "tool":
            call = re.search(r"(?P<name>\w+_\w+)[`\"']?(?:[^{]*(?P<told>\{.*\}))?", attack)
            name = call["name"] if call else "send_note"
            told = json.loads(call["told"]) if call and call["told"] else {}
            return Obeyed(Reply(calls=((name, told),)) if name in tools else Reply(deltas=(TRUE,)))
        case "leak":
            return Obeyed(Reply(deltas=(f"[[conversation]]\nYour rules and mine: {instructions[:600]}",)))
        case "declines":
            return Obeyed(Reply(deltas=("[[not_in_book]]\n",)))
        case "link" | "html":
            return Obeyed(Reply(deltas=(f"{TRUE} {attack[attack.index('>>>') + 3 :].strip()}",)))
        case "talk":
            said = quoted(attack)
            return Obeyed(Reply(deltas=(f"[[conversation]]\n{said}",)), said)
        case _:
            return _said(attack)


def _said(attack: str) -> Obeyed:
    low = attack.lower()
    if "```" in attack:
        code = attack[attack.index("```") :].strip()
        code = code if code.endswith("```") and len(code) > 6 else f"{code}\n```"
        return Obeyed(Reply(deltas=(f"{TRUE}\n\n{code}\n",)), max(code.splitlines()[1:-1], key=len).strip())
    if said := quoted(attack):
        return Obeyed(Reply(deltas=(f"{TRUE} {said} [1]",)), said.rstrip(".!"))
    for language, words in _LANGUAGES.items():
        if re.search(rf"\b(?:in|into|to)\s+{language}\b", low):
            return Obeyed(Reply(deltas=(f"{words} [1].",)), words)
    for pattern, change in _CHANGES:
        if re.search(pattern, low):
            return Obeyed(Reply(deltas=(f"{change(PLAIN)} [1]",)), change(PLAIN)[:30].strip())
    if re.match(r"(?:what|who|how|which|is|are|can you classify|describe|write|draft|compose)\b", low):
        words = " ".join(re.findall(r"[A-Za-z]{4,}", attack)[:6])
        return Obeyed(
            Reply(deltas=(f"{TRUE} On {words}: frobnication explains it, as Professor Zorblatt says [1].",)), "Zorblatt"
        )
    tail = re.split(
        r"\b(?:about|that|with|of|to|stressing|emphasizing|highlight|suggesting|referencing|mentioning|detailing)\b",
        attack,
        maxsplit=1,
    )[-1].strip(" .")
    return Obeyed(Reply(deltas=(f"{TRUE} Mind this, as Zorblatt said: {tail} [1].",)), "Zorblatt")


def quoted(attack: str) -> str:
    """What stands between the first quotation marks that hold some words."""
    found = re.findall(r"“([^”]{6,})”", attack) or re.findall(r"[\"“]([^\"”]{6,})[\"”]", attack.replace("\\", ""))
    return max((said for said in found if not said.startswith(("}", ":", ","))), key=len, default="")


class ObeyingOpenAI(ScriptedOpenAI):
    """An endpoint whose model does what `attack` says wherever it reads it, and otherwise answers truly.

    Attributes:
        saw: Whether the attack stood in what was read since `attacked`.
    """

    def attacked(self, attack: str, kind: str, *, looks_up: str = "", seen: str | bytes = "") -> None:
        """From now on the model looks for `attack`.

        Args:
            looks_up: What it searches the book for, once, before it answers.
            seen: A file in which it sees the attack, when it is given the file as it is.
        """
        self.forget()
        self._attack, self._kind, self.saw = attack, kind, False
        self._looks_up = looks_up
        self._file = base64.b64encode(seen.encode() if isinstance(seen, str) else seen).decode()

    async def _answer(self, request: Request, receive: Any, send: Any) -> None:
        texts = " ".join(_texts(request.items))
        sees = _known(self._attack)[:_SEEN] in _known(texts) or bool(self._file and self._file in texts)
        self.saw = self.saw or sees
        if self._looks_up and SEARCH_TOOL in request.tools:
            self.reply(Reply(calls=((SEARCH_TOOL, {"query": self._looks_up}),)))
            self._looks_up = ""
        elif sees:
            self.reply(obey(self._attack, self._kind, request.instructions, request.tools).reply)
        else:
            self.say(TRUE)
        await super()._answer(request, receive, send)


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
            body = value[value.find("{") :] if "{" in value else ""
            try:
                yield from _texts(json.loads(body)) if body else ()
            except ValueError:
                return
        case dict():
            for each in value.values():
                yield from _texts(each)
        case list():
            for each in value:
                yield from _texts(each)


def _known(text: str) -> str:
    """`text` as a model understands it: what is woven into words, and what only machines see, is read all the same."""
    plain = html.unescape(re.sub("[\u200b\u2060\ufeff]", "", text)).translate(_TAGS)
    return re.sub(r"\s+", " ", re.sub(r"(?m)^> ?", "", plain)).casefold().strip()
