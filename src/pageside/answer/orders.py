"""Orders to whoever answers, standing in text that should only be read: which sentences are such; pure.

A page may tell its reader what to do; it has nothing to tell the assistant. The patterns are those of published
attacks: Greshake et al. 2023 (arXiv:2302.12173), BIPIA (Yi et al. 2023, arXiv:2312.14197), and Perez and Ribeiro 2022
(arXiv:2211.09527). They find most attacks and not all: what they miss meets the other walls of `guard`.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import Final

from pageside.knowledge import sentences

_REPLY: Final = (
    r"(?:repl(?:y|ies)|responses?|answers?|outputs?|messages?|elucidations?|explanations?|summar(?:y|ies)"
    r"|completions?"
    r"|writing|text)"
)
_PROGRAM: Final = (
    r"(?:code(?:base)?(?:\s+implementation)?|algorithms?|implementations?|solutions?(?:\s+logic)?"
    r"|program(?:\s+logic)?)"
)
_WRITES: Final = (
    r"(?:add|append|include|insert|mention|integrate|incorporate|introduce|embed|augment|modify|enhance|alter"
    r"|adjust|extend|finish|end|begin|start|encode|encrypt|translate|render|provide|write|rewrite|weave|blend"
    r"|put|place|use|replace|reverse|remove|group|scramble|jumble|combine|convert|format|present|give|prefix|suffix"
    r"|sign|complement|tease|hint|express|represent|obfuscate|split|deliver|substitute|swap|shuffle|rearrange"
    r"|conclude)"
)
_WHO: Final = (
    r"(?:ai|a\.i\.|llms?|(?:ai\ |language\ |teaching\ |virtual\ |chat\ ?)?(?:assistants?|chatbots?|bots?|tutors?)"
    r"|ai\ models?|language\ models?)"
)
_SITE: Final = r"(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|net|org|io|xyz|ru|cc|info|biz|test|example|evil)\b"
_ORDER: Final = re.compile(
    rf"""
      # away with the rules
      \b(?:ignor(?:e|ing)|disregard(?:ing)?|forget|override|bypass|overrule|do\ not\ follow|don['’]t\ follow
        |stop\ following)\b
      [^.!?\n]{{0,40}}?
      \b(?:(?:previous|prior|earlier|above|all|your|system|these|those|any|the|other)\s+(?:\w+\s+){{0,2}}?
          (?:instructions?|directions?|directives?|prompts?|guidelines?|guardrails|orders)
        |(?:your|all|previous|prior|above)\s+(?:\w+\s+){{0,2}}?rules
        |everything\s+(?:above|before|you)|what\s+you\s+(?:were|have\ been)\s+told
        |all\s+(?:the\s+)?(?:above|previous|prior|earlier)|(?:the|every|any|each|all)\s+(?:readers?['’]?s?\s+
        |users?['’]?s?\s+)?questions?)\b
    | \b(?:refuse|decline)\s+(?:to\s+(?:answer|help|respond)|(?:every|all|any|each)\s+(?:\w+\s+)?questions?)\b
    | (?:^|[:;,.]\s|\b(?:and|then|please|always|must|only|just)\s)\W*(?:say|reply|respond|answer|state
      |claim)\s+that\s+(?:nothing|nobody|no\b|the\ (?:book|text|answer|page)|it\ (?:is|does))
    | \b(?:new|updated|real|actual|hidden|secret|system|admin\w*|developer)\s+
      (?:system\s+)?(?:instructions?|directives?|prompt|orders|task)\b\s*[:—-]
    | \b(?:instructions?|directives?|orders|notes?|messages?|memo|attention)\s*(?:for|to|of|,|:)\s*(?:the\s+|an?\s+
      |any\s+|all\s+|every\s+|whichever\s+)?{_WHO}\b
      # whom they speak to
    | ^\W*(?:dear|hey|hello|hi|attention|to)[\s,:]+(?:the\s+|an?\s+|any\s+|all\s+|every\s+)?{_WHO}\b
    | ^\W*{_WHO}\s*[,:]
    | \b(?:the|every|any|all|an|this)\s+{_WHO}\s+(?:\w+\s+){{0,4}}?(?:must|should|shall|has\ to|have\ to|needs?\ to
      |will\ now|is\ to|are\ to|always|never)\b
    | \b(?:when|before|if|while|whenever|after)\s+(?:you(?:['’]re)?\s+)?(?:are\s+)?(?:asked\s+to\s+)?(?:answer|repl
      |respond|summari[sz]|quot|cit)(?:y|e|ing|ed|s)?\b
      [^.!?\n]{{0,60}},\s*(?:please\s+|always\s+|also\s+|first\s+|do\ not\s+|never\s+|you\ must\s+)?(?:{_WRITES}|say
        |tell|mention|reply|call|recommend|praise|state)\b
    | \byou\s+(?:are\ now\s+(?:an?|the|called|named|in|free|my|dan|known|[\w-]*bot)|are\ no\ longer\s+(?:an?|the
      |bound)|(?:will|must|shall|should)\s+(?:now\s+)?act\s+as)\b
    | ^\W*(?:act|behave|respond|speak|talk)\s+as\s+(?:if|though|an?\b)
    | \b(?:pretend|roleplay|role-play)\s+(?:that\s+)?(?:you|to\ be)\b
    | \b(?:developer|debug|god|sudo|jailbreak|dan|unrestricted)\s+mode\s+(?:on|is|enabled|activated|now|engaged)\b
    | \bdo\ anything\ now\b | \benter\s+(?:\w+\s+)?(?:god|sudo|jailbreak|dan|unrestricted)\s+mode\b
    | \b(?:reveal|print|repeat|show|leak|output|recite|disclose|dump|display|quote|copy|tell|send|write|give
      |include)\b[^.!?\n]{{0,40}}?
      \b(?:system\s+(?:prompt|message|instructions?)|your\s+(?:\w+\s+){{0,2}}?(?:instructions|prompt|rules|secrets?
        |keys?)
        |(?:the|all|every)\s+(?:text|words|instructions|everything)\s+(?:above|before|you\s+were\s+given))\b
      # what is to be said
    | (?:^|\b(?:and|then|please|also|must|should|to|always|now|can\ you
      |,)\s)\W*{_WRITES}\b[^.!?\n]{{0,140}}?\b(?:your|every|each)\s+(?:\w+\s+){{0,2}}?{_REPLY}\b
    | \b(?:in|to|into|at\ the\ (?:end|start|beginning)\ of|within|throughout|for)\s+(?:your|every
      |each)\s+(?:\w+\s+){{0,2}}?(?:repl(?:y|ies)|responses?|answers?|elucidations?)\b\s*[,.:;!?]?\s*(?:$
        |(?:{_WRITES}|say|mention|tease|suggest|make|do|hint|link|show|point|refer|recommend|always|never)\b)
    | \byour\s+(?:\w+['’]s\s+|\w+\s+){{0,2}}?(?:repl(?:y|ies)|responses?|answers?)\s+(?:must|should|shall|has\ to
      |have\ to|may\ only|is\ to)\b
    | \byour\s+(?:\w+\s+){{0,2}}?(?:repl(?:y|ies)|responses?|answers?)\s+(?:in\s+(?:base|spanish|french|german
      |italian|portuguese|reverse|rhyme|upper)|backwards?)
    | ^\W*(?:reply|respond|answer)\s+(?:only|just|always|exactly|solely|in\s+(?!this\b|the\b)|with|to\s+(?:every
      |all)|backwards?|using)\b
    | (?:^|[:;,.]\s|[\"“]|\b(?:and|then|please|always|must|only|just|instead|now|but|to)\s)\W*(?:(?:say|reply
      |respond|answer
      |repeat|recite)\s*
      (?:only|exactly|nothing\ but|just|instead|verbatim|with|the\ (?:words?|following|sentence|phrase
        |line))?[\s:,\\]*
      (?:["“«][^"”»\n]{{2,}}|(?-i:[A-Z]{{4,}}\b(?!\s*[(=])))
        |(?:print|output|write|state|claim|announce)\s+(?:only|exactly|nothing\ but|just)[\s:,]*(?:["“«]
        |(?-i:[A-Z]{{4,}}\b)))
    | ^\W*(?:please\s+)?(?:say|repeat|claim|announce|recite)\b\s+(?:that\b(?!\s+(?:we|an?|you|i)\b)|exactly
      |this\s+(?:line|sentence|word)|the\ (?:words?|following|sentence|phrase)|after\ me)\b
    | (?:^|[:;,.]\s|\b(?:and|then|please|always|must|now)\s)\W*(?:tell|inform|convince|persuade|advise|warn|urge
      |instruct)\s+(?:the\s+|every\s+|all\s+|your\s+)?(?:readers?|users?|students?|them)\s+(?:that|to|about|they
        |they['’]re)\b
    | (?:^|\b(?:and|then|please|must|now|also)\s)\W*(?:send|exfiltrate|forward|upload)\b[^.!?\n]{{0,60}}?(?:{_SITE})
      # which tool is to be called
    | (?:^|\b(?:and|then|please|must|now|also|to)\s)\W*(?:call|invoke|use|run|execute|trigger)\s+(?:the\s+
      |your\s+)?[`"']?\w+[`"']?\s+tool\b
    | ^\W*(?:please\s+|now\s+)?(?:call|invoke|trigger)\s+[`"']?\w+_\w+[`"']?\s+(?:with|now|for|and)\b
      # borrowed roles and marks
    | ^\W*(?:system|assistant|developer|admin(?:istrator)?|root)\s*(?:\]\s*:?|:|>)\s*(?:you|ignore|say|from|new
      |the\ (?:user|reader|assistant)|do|never|always|respond|reply|answer|override|your)\b
    | <\|[a-z_]{{2,20}}\|> | \[/?INST\] | <</?SYS>> | <(?:start|end)_of_turn> | </?(?:system|assistant
      |instructions?)>\s*\w
    | \[\[\s*(?:answered|closest|not_in_book|conversation)\s*\]\] | PAGESIDE\ CONTEXT | ^\W*ATTACHED\ FILE\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
# A snippet that somebody else's program is to take in; textbooks speak of the reader's own program otherwise.
_TAKE_IN: Final = re.compile(
    rf"""
      \b(?:the|following|below|subsequent|this|next)\s+(?:following\s+|below\s+|subsequent\s+)?code\s+(?:snippet
        |block|excerpt|section|fragment)s?\b
      [^.!?\n]{{0,80}}\b(?:your|the)\s+(?:\w+['’]?s?\s+){{0,3}}?(?:{_PROGRAM}|{_REPLY}|writing)\b
    | \b(?:your|the)\s+(?:\w+\s+){{0,3}}?(?:{_PROGRAM}|{_REPLY}|writing)\b[^.!?\n]{{0,80}}
      \b(?:the\s+)?(?:following|below|subsequent|this)\s+code\s+(?:snippet|block|excerpt|section|fragment)s?\b
    | \bcode\s+you\s+(?:develop|generate|produce)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SECURITY: Final = re.compile(
    r"\b(?:inject\w*|jailbreak\w*|prompts?|attack\w*|adversar\w*|malicious|exploit\w*|instructions?)\b", re.IGNORECASE
)


# Where an order may begin within what counts as one sentence: a comment, a cell, a string, brackets, and a capital
# letter where a PDF or a list lost the end of the sentence before.
_BEGINS: Final = re.compile(r"[#|(>\"“]+|/[/*]+|--+|(?<=[\w).,%]) (?=[A-Z][a-z]+ )")


@lru_cache(maxsize=8192)
def given(sentence: str) -> bool:
    """Whether `sentence` is an order to whoever answers, rather than something said to the reader."""
    flat = " ".join(html.unescape(sentence).split())
    if _ORDER.search(flat) or _TAKE_IN.search(flat):
        return True
    return any(_ORDER.search(flat[begins.end() :]) is not None for begins in _BEGINS.finditer(flat))


@lru_cache(maxsize=2048)
def spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where orders stand in `text`, as (first, one past the last character).

    A block or sentence that an order leads to with a colon belongs to it.
    """
    found: list[tuple[int, int]] = []
    led = False
    for span in sentences.split(text):
        piece = text[span.start : span.end]
        if led or given(piece):
            found.append((span.start, span.end))
        led = bool(found) and found[-1][1] == span.end and piece.rstrip().endswith((":", "："))
    return tuple(found)


@lru_cache(maxsize=2048)
def paragraphs(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The paragraphs of `text` in which no order stands, and those in which one does."""
    parts = [part for part in text.split("\n\n") if part.strip()]
    poisoned = [bool(spans(part)) for part in parts]
    for at in range(1, len(parts)):
        poisoned[at] |= poisoned[at - 1] and parts[at - 1].rstrip().endswith((":", "："))
    return (
        tuple(part for part, is_order in zip(parts, poisoned, strict=True) if not is_order),
        tuple(part for part, is_order in zip(parts, poisoned, strict=True) if is_order),
    )


def among(text: str) -> tuple[str, ...]:
    """The sentences and blocks of `text` that are orders or belong to one, in its order."""
    return tuple(text[start:end] for start, end in spans(text))


def without(text: str) -> str:
    """`text` without its orders."""
    parts: list[str] = []
    at = 0
    for start, end in spans(text):
        parts.append(text[at:start])
        at = end
    return "".join([*parts, text[at:]])


def asked_about(question: str) -> bool:
    """Whether `question` speaks of attacks on assistants, so that an example of one may be shown."""
    return bool(_SECURITY.search(question))
