"""Markdown of an answer without anything that acts: no HTML, no pictures, and links only where they may lead; pure.

What is taken away stays as text. An address that may not be followed is shown as code, which no reader of Markdown
makes a link of; so nothing of a conversation can be carried off in the address of a link or a picture.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final
from urllib.parse import urlsplit

from pageside.answer import unseen
from pageside.answer.units import Kind

MayLead = Callable[[str], bool]

_TICKS: Final = r"(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)"
_MATH: Final = r"\$\$.+?\$\$|\$(?=[^\s$])[^$\n]*?(?<=[^\s\\])\$(?!\d)"
_ADDRESS: Final = r"(?:\b[a-z][a-z0-9+.-]{1,20}://|\bwww\.)[^\s<>\[\]()\"'`\\]+|\b(?:mailto|javascript|data|vbscript):[^\s<>\[\]()`\\]+"
_MAIL: Final = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_TOKEN: Final = re.compile(
    rf"""
      (?P<escaped>\\.)
    | (?P<code>{_TICKS})
    | (?P<math>{_MATH})
    | (?P<picture>!)?\[(?P<words>(?:\\.|[^\[\]\\]|\[(?:\\.|[^\[\]\\])*\])*)\]
      \(\s*(?:<(?P<angled>[^<>\n]*)>|(?P<plain>[^\s()<>]*(?:\([^\s()]*\)[^\s()]*)*))(?:\s+(?:"[^"]*"|'[^']*'|\([^)]*\)))?\s*\)
    | <(?P<auto>(?:[a-z][a-z0-9+.-]{{1,31}}:[^\s<>]*|{_MAIL}))>
    | (?P<address>{_ADDRESS})
    | (?P<mail>{_MAIL})
    | (?P<tag><(?=[A-Za-z/!?]))
    | (?P<entity>&(?=\#?\w+;))
    | (?P<joint>\](?=\())
    | (?P<shown>!(?=\[))
    | (?P<tick>`+)                                        # of no pair: it would begin one with what stands as code
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_DEFINITION: Final = re.compile(r"^((?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*)\[(?=[^\]]*\]:)", re.MULTILINE)
_TRAILING: Final = ".,;:!?*_~"
_SAFE_ENTITY: Final = re.compile(r"&(?:amp|lt|gt|quot|nbsp|deg|micro|times|divide|plusmn|mdash|ndash|hellip);")
_CELL: Final = re.compile(r"(?<!\\)\|")
_FENCED: Final = re.compile(r"(?P<sign>[-*+]\s+|\d{1,9}[.)]\s+)?(?P<fence>`{3,}|~{3,})(?P<info>[^\n]*)\n?")


def disarmed(text: str, kind: Kind, may_lead: MayLead) -> str:
    """`text`, one unit of Markdown, with nothing left in it that acts.

    Args:
        may_lead: Whether a link may lead to an address.
    """
    seen = unseen.without(text)
    match kind:
        case "code":
            return _fenced(seen, may_lead)
        case "math":
            return _formula(seen)
        case "table":
            # a cell ends at its bar, also within code
            return "".join(
                piece if _CELL.fullmatch(piece) else _prose(piece, may_lead) for piece in _kept_split(_CELL, seen)
            )
        case "prose" | "heading":
            return _prose(seen, may_lead)


def leading(sites: Iterable[str], given: Callable[[], Iterable[str]]) -> MayLead:
    """Where links may lead: to the book's own pages, to `sites` as they are, and to what the evidence itself names.

    Args:
        sites: Origins such as `https://book.example`; a link there has no query, which could carry something.
        given: Addresses of the evidence at the moment, and those that stand in its texts.
    """
    own = tuple(site.rstrip("/").lower() for site in sites if site)

    def may_lead(url: str) -> bool:
        if any(character in url for character in "\\\n\r\t ") or url.startswith("//"):
            return False
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        known = {_bare(each) for each in given()}
        if _bare(url) in known:
            return parts.scheme in {"", "http", "https"}
        origin = f"{parts.scheme}://{parts.netloc}".lower()
        return parts.scheme in {"http", "https"} and origin in own and not parts.query

    return may_lead


def addresses(text: str) -> tuple[str, ...]:
    """The web addresses that stand in `text`."""
    found = (match.group().rstrip(_TRAILING) for match in re.finditer(r"https?://[^\s<>\[\]()\"'`\\]+", text))
    return tuple(dict.fromkeys(found))


def _bare(url: str) -> str:
    return url.partition("#")[0].rstrip("/")


def _kept_split(pattern: re.Pattern[str], text: str) -> list[str]:
    pieces: list[str] = []
    at = 0
    for found in pattern.finditer(text):
        pieces += [text[at : found.start()], found.group()]
        at = found.end()
    return [*pieces, text[at:]]


def _prose(text: str, may_lead: MayLead) -> str:
    # the target of every `[1]` could be defined anew at the beginning of a line
    return _TOKEN.sub(lambda token: _token(token, may_lead), _DEFINITION.sub(r"\1\[", text))


def _token(token: re.Match[str], may_lead: MayLead) -> str:
    whole = token.group()
    if token["escaped"] or token["code"]:
        return whole
    if token["math"]:
        return _formula(whole)
    if token["words"] is not None:
        return _link(token, may_lead)
    if token["auto"] is not None:
        return f"<{token['auto']}>" if may_lead(token["auto"]) else _as_code(token["auto"], token)
    if token["address"] or token["mail"]:
        bare = whole.rstrip(_TRAILING)
        return (bare if may_lead(bare) else _as_code(bare, token)) + whole[len(bare) :]
    if token["entity"] and _SAFE_ENTITY.match(token.string, token.start()):
        return whole
    return "".join(f"\\{sign}" for sign in whole) if token["tick"] else f"\\{whole}"


def _link(token: re.Match[str], may_lead: MayLead) -> str:
    words = _prose(token["words"], may_lead)
    url = token["angled"] if token["angled"] is not None else token["plain"]
    if token["picture"] or "](" in words or not may_lead(url):
        return words
    return f"[{words}]({url})" if token["angled"] is None else f"[{words}](<{url}>)"


def _as_code(text: str, token: re.Match[str]) -> str:
    """`text` as code in the place of `token`; a tick that stands beside it would become one with ours."""
    before = " " if token.string.endswith("`", 0, token.start()) else ""
    behind = " " if token.string.startswith("`", token.end()) else ""
    return f"{before}`{text.replace('`', '')}`{behind}"


def _formula(text: str) -> str:
    """Math reads the same with a space behind what HTML or a link would begin with."""
    return re.sub(r"\](?=[(\[:])", "] ", re.sub(r"<(?=[A-Za-z/!?])", "< ", text))


def _fenced(text: str, may_lead: MayLead) -> str:
    """A block of code in a fence of our own, so that no other reading of Markdown lets it end early."""
    opened = _FENCED.match(text)
    if opened is None:
        return _prose(text, may_lead)
    if "`" in opened["info"]:
        return _prose(text, may_lead)
    lines = text[opened.end() :].split("\n")
    sign = opened["fence"][0]
    if lines and re.fullmatch(rf"[ \t]*{re.escape(sign)}{{{len(opened['fence'])},}}[ \t]*", lines[-1]):
        lines = lines[:-1]
    body = "\n".join(lines)
    longest = max((len(run) for run in re.findall(re.escape(sign) + "+", body)), default=0)
    fence = sign * max(len(opened["fence"]), longest + 1)
    info = re.sub(r"[^\w+#.-]", "", opened["info"].split(" ")[0])[:30]
    return f"{fence}{info}\n{body}\n{fence}"
