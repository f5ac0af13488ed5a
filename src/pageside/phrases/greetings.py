"""Greetings, thanks and the like as readers write them in other languages than English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

Beside = Literal["hello", "thanks", "goodbye", "who"]

# Whole messages, in small letters and without the marks around them.
HEARD: Final[Mapping[str, Mapping[Beside, str]]] = {
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


def heard(text: str) -> tuple[Beside, str] | None:
    """What `text` says beside the book, and in which language; None where it is no such message.

    Args:
        text: In small letters, without marks around it.
    """
    return _BY_TEXT.get(text)


_BY_TEXT: Final[Mapping[str, tuple[Beside, str]]] = {
    text: (beside, language)
    for language, kinds in HEARD.items()
    for beside, texts in kinds.items()
    for text in texts.split(" | ")
}
