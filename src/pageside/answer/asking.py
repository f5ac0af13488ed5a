"""What kind of answer a question asks for, by its words; pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal

from pageside.answer import grounding
from pageside.knowledge import keywords

Kind = Literal["number", "price", "time", "person"]

_SAME_WORDS: Final = 0.75
_LONGEST_SUBJECT: Final = 6  # words
_ARTICLE: Final = re.compile(r"^(?:an?|the)\s+", re.IGNORECASE)
_COUNTED: Final = re.compile(r"^(?:[A-Za-z]+\s?\d+\s?[:.)]|\d+(?:\.\d+)*[.:)]?)\s+")

_WANTS_CODE: Final = re.compile(
    r"""
      \b(?:show|give|write|see|what(?:'s|\ is)|which|need|example)\b
      .*\b(?:code|commands?|snippet|syntax|script|example|launch\ file)\b
    | \bcommands?\b
    | \bhow\ (?:do|can|to|would)\b
      .*\b(?:run|install|start|launch|build|import|create|declare|define|write|call|use|print|open)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_WANTS_LIST: Final = re.compile(
    r"""
      ^(?:what|which|list|name|give)\b
      .*\b(?:are|list|name|types?|kinds?|steps?|components?|parts|levels|reasons|benefits|(?:dis)?advantages|features
        |examples|ways|options|methods|layers|stages|phases|principles|requirements|tools)\b
    | ^list\b | \bsteps\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DEFINES: Final = re.compile(
    r"""
    ^\W*(?:(?:please|can\ you|could\ you)\s+)*
    (?:
      (?:what(?:['’]s|\ is|\ are|\ was|\ were)(?:\ meant\ by)?|who\ (?:is|was)|define|explain|(?:the\ )?meaning\ of)
      \s+(?:the\ (?:meaning|definition)\ of\s+|what\s+)?(?:an?\s+|the\s+)?(?P<is>.+?)(?:\s+(?:is|are|means?))?
    | what\ (?:does|do|did)\ (?:an?\s+|the\s+)?(?P<means>.+?)\ (?:mean|stand\ for)
    )
    (?:\s+in\s+(?:\w+\s?){1,3})?[?.!\s]*$
    """,
    re.IGNORECASE | re.VERBOSE,
)
# "What is the best ..." asks which one it is, and not what that is.
_NO_SUBJECT: Final = re.compile(
    r"\b(?:difference|purpose|role|best|most|least|main|effect|result|name|number|point of|advantage|benefit|uses?|it"
    r"|used|this|that|they|how|why|when|you|i|we)\b",
    re.IGNORECASE,
)
_COMPARES: Final = re.compile(
    r"""
      \bdifferences?\s+(?:is\s+there\s+)?between\s+(?P<a>.+?)\s+and\s+(?P<b>.+?)[?.!\s]*$
    | \bcompare\s+(?P<c>.+?)\s+(?:and|with|to)\s+(?P<d>.+?)[?.!\s]*$
    | (?:^|.*\b(?:how\s(?:does|do|is|are)|is|are)\s+)(?P<e>.+?)
      \s+(?:vs\.?|versus|(?:differ(?:s|ent)?|compares?d?)\s+(?:from|to|with)|better\sthan)\s+(?P<f>.+?)[?.!\s]*$
    """,
    re.IGNORECASE | re.VERBOSE,
)

_LAST_LATIN: Final = "\u024f"
_SMALL_WORDS: Final = {
    language: frozenset(words.split())
    for language, words in {
        "en": "what is are the a an of in to and how why does do which who when where for with it this that my i can",
        "es": "qué que es el la los las un una de del en y cómo por para se son cuál qué tengo con mi su hay",
        "fr": "que qu quoi est le la les des un une de du en et comment pourquoi pour sont ce dans quel quelle sur il",
        "de": "was ist der die das ein eine wie warum wer wo und den dem von zu im mit für sind ich kann hat man",
        "pt": "o que é os as um uma de da do em e como por para são qual com não eu",
        "it": "che cosa è il lo la gli le un una di del della in e come perché per sono quale con",
    }.items()
}
_WHY: Final = re.compile(r"\bwhy\b|\breasons?\b", re.IGNORECASE)
_BECAUSE: Final = re.compile(
    r"\b(?:because|since|so|therefore|otherwise|thus|hence|due to|as a result|which means|in order to)\b", re.IGNORECASE
)

_MEASURE: Final = re.compile(
    r"(?<=\bhow)\s+(?:many|much|far|long|old|fast|quickly|soon|high|large|big|often|heavy|tall|wide|deep|loud|accurate"
    r"|strong|expensive|cheap|close|hard|easy|well)\b",
    re.IGNORECASE,
)
_NUMBER: Final = (
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|millions?|billions?"
    r"|all|no|none|one|several|half|every|daily|twice|once)\b"
)
# What a question word asks for, and what a statement must hold to give it.
_KINDS: Final[dict[Kind, tuple[re.Pattern[str], re.Pattern[str]]]] = {
    "price": (
        re.compile(
            r"\b(?:what|how\ much)\ (?:do|does|did|will|would|can)\b.*\bcosts?\b(?!\ functions?\b)"
            r"|\b(?:price|salary|fee)s?\b|\bhow\ (?:expensive|cheap)\b",
            re.IGNORECASE,
        ),
        re.compile(
            r"[$€£¥₹]\s?\d|\d\s?[$€£¥₹]|\b(?:USD|EUR|GBP|dollars?|euros?|pounds?|rupees?|cents?|free)\b", re.IGNORECASE
        ),
    ),
    "number": (
        re.compile(
            r"\bhow\ (?:many|much|far|long|old|fast|high|large|big|often|heavy|tall|loud)\b"
            r"|\bwhat\ (?:percentage|number|share|proportion)\b|\bweigh\b",
            re.IGNORECASE,
        ),
        re.compile(_NUMBER, re.IGNORECASE),
    ),
    "time": (
        re.compile(
            r"^\W*when\b|\b(?:in|on|at)\ (?:what|which)\ (?:year|date|century|time)\b|\bwhat\ year\b", re.IGNORECASE
        ),
        re.compile(
            r"\d|\b(?:when|before|after|during|until|once|while|if|first|last|always|never|century)\b", re.IGNORECASE
        ),
    ),
    "person": (
        re.compile(r"^\W*who\b", re.IGNORECASE),
        re.compile(r"(?<=.)\b[A-Z][a-z]+|\b(?:people|team|engineers?|developers?|users?|students?|they|you)\b"),
    ),
}


@dataclass(frozen=True, slots=True)
class Wants:
    """What kind of answer a question asks for.

    Attributes:
        facets: What is looked for: the question, and each side of a comparison.
        subjects: What is to be said what it is: one, or each side of a comparison.
        own: The reader's own words in a follow-up, which say what of its subject is asked for.
    """

    facets: tuple[str, ...]
    code: bool = False
    items: bool = False
    subjects: tuple[str, ...] = ()
    own: str = ""

    @property
    def compares(self) -> bool:
        return len(self.facets) > 1


def wants(query: str, *, own: str = "") -> Wants:
    """What kind of answer `query` asks for, by its words.

    Args:
        own: The reader's own words, where `query` has the subject of the conversation beside them.
    """
    flat = " ".join(query.split())
    if match := _COMPARES.search(flat):
        sides = tuple(side for side in match.groups() if side)
        return Wants(facets=(flat, *(f"What is {side}?" for side in sides)), subjects=tuple(map(_bare, sides)))
    return Wants(
        facets=(flat,),
        code=bool(_WANTS_CODE.search(flat)),
        items=bool(_WANTS_LIST.search(flat)),
        subjects=_subjects(flat),
        own=own if own != flat else "",
    )


def _subjects(query: str) -> tuple[str, ...]:
    defined = _DEFINES.match(query)
    subject = (defined["is"] or defined["means"]) if defined else ""
    if not subject or len(subject.split()) > _LONGEST_SUBJECT or _NO_SUBJECT.search(subject):
        return ()
    return (_bare(subject),)


def _bare(subject: str) -> str:
    return _ARTICLE.sub("", subject).strip("\"'“”‘’`*_ ")


def asks_the_same(query: str, heading: str) -> bool:
    """Whether a heading is the question: the same words, three at least, or a question itself."""
    bare = _COUNTED.sub("", heading)
    there = keywords.query(bare, languages=["en"])
    if len(there) < (1 if heading.endswith("?") else 3):
        return False
    return grounding.coverage(query, bare) >= _SAME_WORDS and grounding.coverage(bare, query) >= _SAME_WORDS


def in_another_language(query: str, languages: Collection[str]) -> bool:
    """Whether `query` is plainly in a language, by its script or its small words, that is none of `languages`."""
    if "en" not in languages:
        return False
    letters = [letter for letter in query if letter.isalpha()]
    if sum(letter > _LAST_LATIN for letter in letters) > len(letters) / 2:
        return len(languages) == 1
    words = re.findall(r"[^\W\d_]+", query.casefold())
    counts = {language: sum(word in small for word in words) for language, small in _SMALL_WORDS.items()}
    best = max(counts, key=lambda language: counts[language])
    return best not in languages and counts[best] > max(1, counts["en"])


def gives_reason(query: str, statement: str) -> bool:
    """Whether `query` asks why and `statement` says because."""
    return bool(_WHY.search(query) and _BECAUSE.search(statement))


def without_measure(query: str) -> str:
    """`query` without the words that only say what is measured, which no answer repeats: "far" of "how far"."""
    return _MEASURE.sub("", query)


def kind(query: str) -> Kind | None:
    """The kind of thing that `query` asks for, where its words say so."""
    return next((kind for kind, (asks, _) in _KINDS.items() if asks.search(query)), None)


def gives(kind: Kind, statement: str) -> bool:
    """Whether `statement` holds something of `kind`."""
    return bool(_KINDS[kind][1].search(statement))


def misses(query: str, statement: str) -> bool:
    """Whether `query` asks for a number, a price, a time or a person and `statement` has none."""
    wanted = kind(query)
    return wanted is not None and not gives(wanted, statement)
