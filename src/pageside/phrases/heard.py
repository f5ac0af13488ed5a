"""Greetings, thanks, yes and no as readers write them in other languages than English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

Beside = Literal["hello", "thanks", "goodbye", "who"]

# Whole messages, in small letters and without the marks around them.
_BESIDE: Final[Mapping[str, Mapping[Beside, str]]] = {
    "es": {
        "hello": "hola | hola de nuevo | buenas | buenos días | buenas tardes | buenas noches | hola qué tal | qué tal",
        "thanks": "gracias | muchas gracias | muchísimas gracias | mil gracias | ok gracias | vale gracias",
        "goodbye": "adiós | adios | hasta luego | hasta pronto | hasta mañana | nos vemos | chao | chau",
        "who": "quién eres | qué eres | quién es usted | qué puedes hacer | qué puede hacer | qué sabes hacer | ayuda"
        " | ayúdame | cómo puedes ayudarme | en qué puedes ayudarme | cómo te llamas",
    },
    "ur": {
        "hello": "سلام | السلام علیکم | اسلام علیکم | ہیلو | آداب | آپ کیسے ہیں",
        "thanks": "شکریہ | بہت شکریہ | بہت بہت شکریہ | آپ کا شکریہ | آپ کا بہت شکریہ",
        "goodbye": "خدا حافظ | اللہ حافظ | پھر ملیں گے",
        "who": "آپ کون ہیں | تم کون ہو | آپ کیا کر سکتے ہیں | آپ کا نام کیا ہے | مدد | میری مدد کریں"
        " | آپ میری کیا مدد کر سکتے ہیں",
    },
    "zh": {
        "hello": "你好 | 您好 | 你好啊 | 嗨 | 哈喽 | 早上好 | 下午好 | 晚上好 | 你好吗",
        "thanks": "谢谢 | 谢谢你 | 谢谢您 | 多谢 | 感谢 | 非常感谢 | 好的谢谢",
        "goodbye": "再见 | 拜拜 | 回头见",
        "who": "你是谁 | 您是谁 | 你叫什么 | 你叫什么名字 | 你能做什么 | 你可以做什么 | 你会做什么 | 帮助 | 帮帮我 | 你能帮我什么",
    },
    "ja": {
        "hello": "こんにちは | こんばんは | おはよう | おはようございます | やあ | はじめまして",
        "thanks": "ありがとう | ありがとうございます | ありがとうございました | どうも | どうもありがとう"
        " | どうもありがとうございます",
        "goodbye": "さようなら | さよなら | またね | じゃあね | バイバイ",
        "who": "あなたは誰 | あなたは誰ですか | お名前は | 何ができますか | 何ができるの | ヘルプ | 助けて | 使い方",
    },
}


_YES: Final = frozenset(
    [
        "sí",
        "si",
        "sí por favor",
        "claro",
        "vale",
        "de acuerdo",
        "ہاں",
        "جی",
        "جی ہاں",
        "ٹھیک ہے",
        "是",
        "是的",
        "好",
        "好的",
        "对",
        "可以",
        "はい",
        "うん",
        "ええ",
        "お願いします",
        "はいお願いします",
    ]
)
_NO: Final = frozenset(
    [
        "no gracias",
        "cancelar",
        "déjalo",
        "نہیں",
        "جی نہیں",
        "رہنے دیں",
        "否",
        "不",
        "不是",
        "不要",
        "不用",
        "取消",
        "いいえ",
        "いや",
        "やめて",
        "キャンセル",
    ]
)
_AROUND: Final = re.compile(r"^[\W_]+|[\W_]+$")
_WITHIN: Final = re.compile(r"[\W_]+")


def agrees(text: str) -> bool | None:
    """Whether `text` says yes; None where it says neither yes nor no, or says it in English."""
    said = _WITHIN.sub(" ", bare(text))
    return True if said in _YES else False if said in _NO else None


def bare(text: str) -> str:
    """`text` in small letters, without the marks around it."""
    return _AROUND.sub("", " ".join(text.casefold().split()))


def beside(text: str) -> tuple[Beside, str] | None:
    """What `text` says beside the book, and in which language; None where it is no such message."""
    return _BY_TEXT.get(bare(text))


_BY_TEXT: Final[Mapping[str, tuple[Beside, str]]] = {
    text: (kind, language)
    for language, kinds in _BESIDE.items()
    for kind, texts in kinds.items()
    for text in texts.split(" | ")
}
