"""Lengths of time."""

from __future__ import annotations

from typing import Final

from pageside.phrases.phrase import Phrase

SECONDS: Final = Phrase(
    en=("a second", "{n} seconds"),
    es=("un segundo", "{n} segundos"),
    ur=("ایک سیکنڈ", "{n} سیکنڈ"),
    zh="{n} 秒",
    ja="{n} 秒",
)
MINUTES: Final = Phrase(
    en=("a minute", "{n} minutes"),
    es=("un minuto", "{n} minutos"),
    ur=("ایک منٹ", "{n} منٹ"),
    zh="{n} 分钟",
    ja="{n} 分",
)
HOURS: Final = Phrase(
    en=("an hour", "{n} hours"),
    es=("una hora", "{n} horas"),
    ur=("ایک گھنٹے", "{n} گھنٹے"),
    zh="{n} 小时",
    ja="{n} 時間",
)
WITHIN_SECONDS: Final = Phrase(
    en=("within a second", "within {n} seconds"),
    es=("en un segundo", "en {n} segundos"),
    ur=("ایک سیکنڈ میں", "{n} سیکنڈ میں"),
    zh="{n} 秒内",
    ja="{n} 秒間に",
)
WITHIN_MINUTES: Final = Phrase(
    en=("within a minute", "within {n} minutes"),
    es=("en un minuto", "en {n} minutos"),
    ur=("ایک منٹ میں", "{n} منٹ میں"),
    zh="{n} 分钟内",
    ja="{n} 分間に",
)
WITHIN_HOURS: Final = Phrase(
    en=("within an hour", "within {n} hours"),
    es=("en una hora", "en {n} horas"),
    ur=("ایک گھنٹے میں", "{n} گھنٹوں میں"),
    zh="{n} 小时内",
    ja="{n} 時間に",
)
WITHIN_DAYS: Final = Phrase(
    en=("within a day", "within {n} days"),
    es=("en un día", "en {n} días"),
    ur=("ایک دن میں", "{n} دنوں میں"),
    zh="{n} 天内",
    ja="{n} 日間に",
)
