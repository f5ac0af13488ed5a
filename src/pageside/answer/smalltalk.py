"""What is said beside the book: greetings, thanks, questions about the reader and the conversation; rules, pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from pageside.answer import citations, introductions
from pageside.answer.question import Message

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
_I_AM: Final = (
    "I am the assistant beside this book: I answer your questions with sentences from it, and link each to its place."
)

_FIELDS: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "name": (("name",), "name"),
    "email": (("email",), "email address"),
    "email address": (("email",), "email address"),
    "role": (("role",), "role"),
    "software background": (("softwareBackground", "software_background"), "software background"),
    "background": (("softwareBackground", "software_background"), "software background"),
    "hardware tier": (("hardwareTier", "hardware_tier"), "hardware tier"),
    "hardware": (("hardwareTier", "hardware_tier"), "hardware tier"),
}


def reply(text: str, *, history: Sequence[Message], profile: Mapping[str, str]) -> str:
    """Markdown that answers `text` from the profile or the conversation; empty where it is a question to the book.

    Only a message that is nothing else counts: "what is my name?" does, "what is a name server?" does not.
    """
    said = _normal(text)
    called = introductions.name((*history, Message("reader", text)))
    if introductions.introduces_only(text):
        return f"Nice to meet you, {_shown(called, limit=60)}. Ask me anything about this book."
    known = {**profile, "name": called} if called else profile
    rules: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
        (_GREETING, lambda _: f"Hello{_name(known)}! Ask me anything about this book."),
        (_THANKS, lambda _: f"You are welcome{_name(known)}."),
        (_BYE, lambda _: f"Goodbye{_name(known)}."),
        (_ACKNOWLEDGED, lambda _: "What else would you like to know about this book?"),
        (_WHO, lambda _: _I_AM),
        (_ABOUT_ME, lambda match: _about_me(match, profile, called)),
        (_ASKED, lambda match: _asked(match, history)),
        (_SAID, lambda _: _said(history)),
    )
    for pattern, answer in rules:
        if match := pattern.fullmatch(said):
            return answer(match)
    return ""


def _normal(text: str) -> str:
    flat = " ".join(text.lower().replace("’", "'").split())
    flat = re.sub(r"\b(what|who|that)'s\b", r"\1 is", flat)
    return re.sub(r"^(?:please |so |and |ok,? |hey,? )+(?=what|who|do you|which)|[\s!.?,;:)(]+$|^[\s!.,]+", "", flat)


def _name(profile: Mapping[str, str]) -> str:
    name = profile.get("name", "")
    return f", {_shown(name, limit=60)}" if name.strip() else ""


def _shown(text: str, *, limit: int = _LONGEST_ECHO) -> str:
    flat = " ".join(text.split())
    return citations.literal(flat if len(flat) <= limit else f"{flat[:limit].rstrip()} …")


def _about_me(match: re.Match[str], profile: Mapping[str, str], called: str) -> str:
    """What is known of the reader; what they `called` themselves in the conversation wins over their profile."""
    told = f"Your name is {_shown(called, limit=60)}. *(from this conversation)*" if called else ""
    if match["all"]:
        known = [f"- {label}: {value}" for label, value in _known(profile)]
        if not known:
            return told or "Your profile is empty, so I know nothing about you."
        says = "Your profile says:\n\n" + "\n".join(known) + "\n\n*(from your profile)*"
        return f"{told}\n\n{says}" if told else says
    keys, label = _FIELDS[match["field"] or match["bare"] or "name"]
    if told and label == "name":
        return told
    value = next((profile[key] for key in keys if profile.get(key, "").strip()), "")
    if not value:
        return f"Your profile does not say what your {label} is."
    return f"Your {label} is {_shown(value)}. *(from your profile)*"


def _known(profile: Mapping[str, str]) -> list[tuple[str, str]]:
    labels = {key: label for keys, label in _FIELDS.values() for key in keys}
    return [(labels[key], _shown(value)) for key, value in profile.items() if key in labels and value.strip()]


def _asked(match: re.Match[str], history: Sequence[Message]) -> str:
    asked = [message.text for message in history if message.role == "reader" and message.text.strip()]
    if not asked:
        return "This is your first question in this conversation."
    first = "first" in (match["when"] or match["which"] or "")
    return f"You asked: “{_shown(asked[0] if first else asked[-1])}” *(from this conversation)*"


def _said(history: Sequence[Message]) -> str:
    said = [message.text for message in history if message.role == "tutor" and message.text.strip()]
    if not said:
        return "I have not said anything in this conversation yet."
    return f"I said: “{_shown(said[-1])}” *(from this conversation)*"
