"""Foreign text in a model's input: JSON that nothing in it can end, or words that imitate nothing of ours; pure."""

from __future__ import annotations

import json
import re
from typing import Final

from pageside.answer import unseen

CONTEXT: Final = "PAGESIDE CONTEXT"
FILE: Final = "ATTACHED FILE"

# What chat templates of open models write between roles: some servers read it as such wherever it stands.
_CONTROL: Final = re.compile(
    r"<(?=\|[\w ]{1,40}\|>|/?s>|<?/?SYS>>|/?(?:start|end)_of_turn>|/?(?:bos|eos|pad|unk|think|tool_call|tool_response"
    r"|function_call|system|assistant|user)>|｜)|\[(?=/?(?:INST|SYSTEM_PROMPT|TOOL_CALLS|TOOL_RESULTS|AVAILABLE_TOOLS)\])",
    re.IGNORECASE,
)
_OURS: Final = re.compile(
    rf"^(\W*)({CONTEXT}|{FILE})\b|\[\[(?=\s*(?:answered|closest|not_in_book|conversation)\s*\]\])",
    re.IGNORECASE | re.MULTILINE,
)


def dump(value: object) -> str:
    """`value` as JSON on one line, without what nobody sees, and with no sign in it that a chat template knows.

    Such a sign is written as JSON escapes it, so that whoever parses the text gets it back.
    """
    text = json.dumps(unseen.every(value), ensure_ascii=False, separators=(",", ":"))
    return _CONTROL.sub(lambda sign: f"\\u{ord(sign.group()):04x}", text)


def dump_code(value: object) -> str:
    """As `dump`, of what may be code, in which a comment of HTML is there to be read."""
    text = unseen.without(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    return _CONTROL.sub(lambda sign: f"\\u{ord(sign.group()):04x}", text)


def spoken(text: str) -> str:
    """A message in its own role: no sign of a chat template in it, nor the beginning of one of ours."""
    plain = _CONTROL.sub(lambda sign: f"{sign.group()} ", unseen.without(text))
    return _OURS.sub(lambda ours: f"{ours[1]}“{ours[2]}”" if ours[2] else "[ [", plain)
