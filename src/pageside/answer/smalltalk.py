"""What is said beside the book: greetings, thanks, questions about the reader and the conversation; rules, pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from pageside.answer import citations, introductions
from pageside.answer.question import Message
from pageside.phrases import heard, talk
from pageside.phrases.phrase import ENGLISH, Phrase

_LONGEST_ECHO: Final = 300

_NAMED: Final = r"(?:,?\s*(?:there|again|tutor|pageside|everyone|friend))?"
_GREETING: Final = re.compile(
    r"(?:hi|hello|hey|howdy|greetings|good (?:morning|afternoon|evening)|(?:hi,? )?how are you(?: today)?)" + _NAMED
)
_THANKS: Final = re.compile(
    r"(?:(?:ok(?:ay)?|great|perfect|cool|nice),?\s*)?(?:thanks?|thank you|thx|cheers)"
    r"(?: (?:a lot|so much|very much|you))?" + _NAMED
)
_BYE: Final = re.compile(r"(?:good ?bye|bye(?: bye)?|see you(?: later)?|that is all|that's all)" + _NAMED)
_ACKNOWLEDGED: Final = re.compile(r"ok(?:ay)?|great|perfect|cool|nice|i see|got it|understood|yes|no|good|wow")
_WHO: Final = re.compile(
    r"(?:who|what) are you|what can you do(?: for me)?|help(?: me)?|how can you help(?: me)?"
    r"|are you (?:a bot|a robot|human|an ai|real)|what is your name"
)
_FIELD: Final = r"name|email(?: address)?|role|software background|background|hardware tier|hardware"
_ABOUT_ME: Final = re.compile(
    rf"(?:(?:do you|can you|please|still|know|remember|recall|tell me|say|guess)\s+)*"
    rf"(?:(?:what|which) is my (?P<field>{_FIELD})|(?:what )?my (?P<bare>{_FIELD})(?: is)?|who i am|who am i"
    r"|what am i called|what i am called|(?P<all>what do you know about me))(?: again)?"
)
_ASKED: Final = re.compile(
    r"what (?:did i|have i) (?:just )?ask(?:ed)?(?: you)?"
    r"(?: (?P<when>first|before|earlier|last|previously|just now))?(?: (?:question|time))?"
    r"|what was my (?P<which>first|last|previous|earlier) (?:question|message)"
    r"|(?:what|which) questions? (?:did i|have i) ask(?:ed)?(?: you)?(?: before)?"
)
_SAID: Final = re.compile(
    r"what did you (?:just )?(?:say|answer|tell me)(?: (?:before|earlier|last|just now))?"
    r"|what was your (?:last|previous) answer"
    r"|(?:please )?(?:repeat|say) (?:that|it|your (?:last )?answer)(?: again)?(?: please)?"
)
_FIELDS: Final[Mapping[str, tuple[tuple[str, ...], Phrase]]] = {
    "name": (("name",), talk.NAME),
    "email": (("email",), talk.EMAIL),
    "email address": (("email",), talk.EMAIL),
    "role": (("role",), talk.ROLE),
    "software background": (("softwareBackground", "software_background"), talk.BACKGROUND),
    "background": (("softwareBackground", "software_background"), talk.BACKGROUND),
    "hardware tier": (("hardwareTier", "hardware_tier"), talk.HARDWARE),
    "hardware": (("hardwareTier", "hardware_tier"), talk.HARDWARE),
}
_BESIDE: Final[Mapping[heard.Beside, Phrase]] = {
    "hello": talk.HELLO,
    "thanks": talk.WELCOME,
    "goodbye": talk.GOODBYE,
    "who": talk.I_AM,
}


def reply(text: str, *, history: Sequence[Message], profile: Mapping[str, str], language: str = ENGLISH) -> str:
    """Markdown that answers `text` from the profile or the conversation; empty where it is a question to the book.

    Only a message that is nothing else counts: "what is my name?" does, "what is a name server?" does not. All of it is
    understood in English; greetings, thanks and who answers also in the other languages, and then answered in that one.

    Args:
        language: In which it is answered, ISO 639-1.
    """
    said = _normal(text)
    called = introductions.name((*history, Message("reader", text)))
    if introductions.introduces_only(text):
        return talk.NICE_TO_MEET.said(language, name=_shown(called, limit=60))
    name = called or profile.get("name", "")
    if found := heard.beside(text):
        beside, language = found
        return _BESIDE[beside].said(language, name=_name(name))
    rules: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
        (_GREETING, lambda _: talk.HELLO.said(language, name=_name(name))),
        (_THANKS, lambda _: talk.WELCOME.said(language, name=_name(name))),
        (_BYE, lambda _: talk.GOODBYE.said(language, name=_name(name))),
        (_ACKNOWLEDGED, lambda _: talk.WHAT_ELSE.said(language)),
        (_WHO, lambda _: talk.I_AM.said(language)),
        (_ABOUT_ME, lambda match: _about_me(match, profile, called, language)),
        (_ASKED, lambda match: _asked(match, history, language)),
        (_SAID, lambda _: _said(history, language)),
    )
    for pattern, answer in rules:
        if match := pattern.fullmatch(said):
            return answer(match)
    return ""


def _normal(text: str) -> str:
    flat = " ".join(text.lower().replace("’", "'").split())
    flat = re.sub(r"\b(what|who|that)'s\b", r"\1 is", flat)
    return re.sub(r"^(?:please |so |and |ok,? |hey,? )+(?=what|who|do you|which)|[\s!.?,;:)(]+$|^[\s!.,]+", "", flat)


def _name(name: str) -> Phrase | str:
    return talk.CALLED.of(name=_shown(name, limit=60)) if name.strip() else ""


def _shown(text: str, *, limit: int = _LONGEST_ECHO) -> str:
    flat = " ".join(text.split())
    return citations.literal(flat if len(flat) <= limit else f"{flat[:limit].rstrip()} …")


def _about_me(match: re.Match[str], profile: Mapping[str, str], called: str, language: str) -> str:
    """What is known of the reader; what they `called` themselves in the conversation wins over their profile."""
    told = talk.YOUR_NAME.said(language, name=_shown(called, limit=60)) if called else ""
    if match["all"]:
        known = [f"- {label.said(language)}: {value}" for label, value in _known(profile)]
        if not known:
            return told or talk.NOTHING_KNOWN.said(language)
        says = talk.PROFILE.said(language, lines="\n".join(known))
        return f"{told}\n\n{says}" if told else says
    keys, label = _FIELDS[match["field"] or match["bare"] or "name"]
    if told and label is talk.NAME:
        return told
    value = next((profile[key] for key in keys if profile.get(key, "").strip()), "")
    if not value:
        return talk.NOT_IN_PROFILE.said(language, label=label)
    return talk.IN_PROFILE.said(language, label=label, value=_shown(value))


def _known(profile: Mapping[str, str]) -> list[tuple[Phrase, str]]:
    labels = {key: label for keys, label in _FIELDS.values() for key in keys}
    return [(labels[key], _shown(value)) for key, value in profile.items() if key in labels and value.strip()]


def _asked(match: re.Match[str], history: Sequence[Message], language: str) -> str:
    asked = [message.text for message in history if message.role == "reader" and message.text.strip()]
    if not asked:
        return talk.FIRST_QUESTION.said(language)
    first = "first" in (match["when"] or match["which"] or "")
    return talk.YOU_ASKED.said(language, text=_shown(asked[0] if first else asked[-1]))


def _said(history: Sequence[Message], language: str) -> str:
    said = [message.text for message in history if message.role == "tutor" and message.text.strip()]
    return talk.I_SAID.said(language, text=_shown(said[-1])) if said else talk.NOTHING_SAID.said(language)
