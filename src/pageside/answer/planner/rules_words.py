"""The words of a command as they are mostly meant: without courtesies, and spelt right; rules, pure."""

from __future__ import annotations

import re
from typing import Final

from pageside.answer.planner.resolving import alike

_POLITE: Final = re.compile(
    r"(?:(?:please|pls|plz|plss*|pleas|hey+|hi+|hello|yo|ok(?:ay)?|alright|so|um+|uh+|er+m*|well|bro|dude|mate|sir"
    r"|also|then|now|and|but|kindly|just|quickly|actually|sorry|oh|wait|hmm+|right|yeah|yes|yep|sure|great|thanks?"
    r"|cool|nice|perfect|good"
    r"|no(?!\s+(?:deadline|due|rush|longer|more))|nope|oops+|ups|whoops|argh+|damn|ah+|noo+|ugh|lol|man|yay|phew|wow"
    r"|pageside|tutor|assistant|bot|chat|computer|everyone|there|good\s+(?:morning|afternoon|evening)|dear\s+\w+"
    r"|maybe|perhaps|next(?=,)|first|finally|lastly|and\s+then|btw|by\s+the\s+way|one\s+more\s+thing"
    r"|as\s+well)\b[\s,.!:–-]*"
    r"|(?:can|could|would|will|may|might|can't|won't)\s+(?:you|u|i|we|ya|pageside)\s+(?:please\s+|pls\s+|plz\s+"
    r"|kindly\s+|maybe\s+|just\s+|be\s+so\s+kind\s+(?:as\s+)?to\s+|possibly\s+|help\s+me\s+(?:to\s+)?|quickly\s+"
    r"|mind\s+|also\s+)*"
    r"|(?:do|would)\s+you\s+mind\s+|would\s+it\s+be\s+possible\s+(?:for\s+you\s+)?to\s+"
    r"|is\s+it\s+possible\s+to\s+(?=(?:add|delete|remove|mark|move|rename|change)\b)|(?:i|we)(?:'d"
    r"|\s+would)\s+(?:like|love|prefer)\s+(?:(?:you|u)\s+)?(?:to\s+)?(?=(?:add|delete|remove|mark|move|rename|change"
    r"|see|create|put|complete|undo|tag|set|list|you|postpone|be\s+reminded|have)\b)"
    r"|(?:i|we)\s+(?:want|need|wish|wanna|would\s+want|have)\s+(?:(?:you|u)\s+)?(?:to\s+)?(?=(?:add|delete|remove"
    r"|mark|move|rename|change|create|put|complete|undo|tag|set|list|postpone|update|see|tick|reopen|restore|edit"
    r"|remind)\b)"
    r"|(?:i'm|i\s+am)\s+(?:going|trying)\s+to\s+(?=(?:add|delete|remove|mark)\b)|you\s+(?:can|could|should|may"
    r"|must)\s+(?:please\s+|now\s+|also\s+)*|let's\s+|lets\s+|let\s+us\s+|go\s+ahead\s+and\s+|be\s+(?:so\s+kind"
    r"|a\s+dear)\s+and\s+|if\s+(?:you\s+(?:can|could)|possible)[\s,]+|to\s+(?=(?:add|delete|remove|mark)\b)"
    r"|help\s+me\s+(?:to\s+)?(?=(?:add|delete|remove|mark|create)\b)"
    r"|[\s,.!:;–—…\-👋🙏😊😀🙂👍]+)+",
    re.IGNORECASE,
)
_THANKS: Final = re.compile(
    r"(?:[\s,.;:(\-]+(?:please+|pls+|plz+|thanks?(?:\s+(?:a\s+lot|so\s+much|in\s+advance|mate|bro))?|thank\s+(?:you"
    r"|u)(?:\s+(?:so|very)\s+much)?|thx|ty|cheers"
    r"|for\s+me|bro|dude|mate|man|lol|haha|ok(?:ay)?|will\s+you|would\s+you|can\s+you|could\s+you|right\s+away"
    r"|if\s+(?:you\s+(?:can|could)|possible)"
    r"|🙏|😊|😀|🙂|👍|😅|😂|❤️|:\)|;\)))+(?P<end>[\s.!?)]*)$",
    re.IGNORECASE,
)
_GERUNDS: Final = {
    "adding": "add", "deleting": "delete", "removing": "remove", "marking": "mark", "moving": "move",
    "renaming": "rename", "showing": "show", "changing": "change", "putting": "put",
}  # fmt: skip
_TYPED: Final = {
    "ad": "add", "addd": "add",
    "remid": "remind", "makr": "mark", "mrak": "mark", "shwo": "show", "hsow": "show", "sohw": "show", "lsit":
    "list", "lits": "list", "lis": "list",
    "udno": "undo", "und": "undo", "unod": "undo", "tsak": "task", "taks": "task", "tasl": "task", "tsk":
    "task", "taskk": "task", "atsk": "task", "tasks's": "tasks", "taskes": "tasks",
    "dlete": "delete", "delet": "delete", "deleet": "delete", "dleete": "delete", "remve": "remove", "doen":
    "done", "donne": "done", "dun": "done", "finsh": "finish", "tomorow": "tomorrow", "tmrw": "tomorrow",
    "tmr": "tomorrow", "tmrrw": "tomorrow", "tommorow": "tomorrow", "tommorrow": "tomorrow", "tomorro":
    "tomorrow", "2morrow": "tomorrow", "tomoz": "tomorrow", "tomo": "tomorrow",
    "wendesday": "wednesday", "wensday": "wednesday", "wednsday": "wednesday", "thrusday": "thursday",
    "thurday": "thursday", "teusday": "tuesday", "tusday": "tuesday", "firday": "friday", "fryday": "friday",
    "frday": "friday",
    "moday": "monday", "saterday": "saturday", "satuday": "saturday", "2nite": "tonight", "tonite": "tonight",
    "rename": "rename", "remane": "rename", "renmae": "rename", "whats": "what's", "wats": "what's", "wat":
    "what", "wut": "what", "priorty": "priority", "piority": "priority",
    "u": "you", "ur": "your", "todos": "todos", "complet": "complete", "compelte": "complete", "complte":
    "complete", "cmplete": "complete", "finnish": "finish", "fnish": "finish", "mov": "move", "chnage":
    "change", "chagne": "change", "cahnge": "change",
}  # fmt: skip
_LONG_COMMANDS: Final = (
    "delete", "remove", "complete", "completed", "finish", "finished", "rename", "remind", "reminder",
    "restore", "postpone", "reschedule", "reopen", "change", "update", "priority", "tomorrow", "wednesday",
    "thursday", "saturday", "deadline",
)  # fmt: skip
_RIGHT: Final = frozenset(
    ("removed", "removes", "deleted", "deletes", "renamed", "renames", "changed", "changes", "updated",
    "updates", "completes", "completely", "finishes", "reminds", "reminders", "restored", "charge", "chance",
    "reminded", "stores",
    "repents", "reopens", "reopened", "deadlines", "saturdays", "postponed", "moved", "remote", "related",
    "relate", "delegate", "remover", "finisher", "minder", "compete", "competed", "priorities", "chang",
    "upgrade", "prioritise")
)  # fmt: skip
_WORD: Final = re.compile(r"[^\W_][\w']*")


def politely(clause: str) -> str:
    """`clause` without the courtesies it begins and ends with."""
    left = _POLITE.sub("", clause, count=1) if _POLITE.match(clause) else clause
    left = _THANKS.sub("", left) or left
    first = left.split(" ", 1)
    if first[0].lower() in _GERUNDS:
        left = " ".join((_GERUNDS[first[0].lower()], *first[1:]))
    return left.strip()


def mended(clause: str) -> str:
    """`clause` with words of commands and days spelt right, where one letter or two are wrong.

    A word of a title may be meant as it stands, so only the first three and the last four are looked at.
    """
    found = list(_WORD.finditer(clause))
    if len(found) > 7:
        found = [*found[:3], *found[-4:]]
    for match in reversed(found):
        right = _right(match.group())
        if right != match.group():
            clause = f"{clause[: match.start()]}{right}{clause[match.end() :]}"
    return clause


def _right(word: str) -> str:
    low = word.lower()
    if low in _TYPED:
        return _TYPED[low]
    if len(low) < 5 or low in _RIGHT or low in _LONG_COMMANDS:
        return word
    return next((known for known in _LONG_COMMANDS if alike(low, known)), word)
