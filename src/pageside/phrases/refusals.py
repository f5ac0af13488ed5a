"""Why something is not done for a reader, and what they can do about it."""

from __future__ import annotations

from typing import Final

from pageside.phrases.phrase import Phrase

# How often
QUESTIONS: Final = Phrase(en="questions", es="preguntas", ur="سوالات", zh="提问", ja="質問")
SESSION_REQUESTS: Final = Phrase(
    en="requests for a session",
    es="solicitudes de sesión",
    ur="سیشن کی درخواستیں",
    zh="会话请求",
    ja="セッションの要求",
)
UPLOADS: Final = Phrase(en="uploads", es="subidas de archivos", ur="فائل اپ لوڈ", zh="上传", ja="アップロード")
REQUESTS: Final = Phrase(en="requests", es="solicitudes", ur="درخواستیں", zh="请求", ja="要求")
FROM_YOU: Final = Phrase(en="from you", es="de su parte", ur="آپ کی طرف سے", zh="来自你的", ja="あなたから")
FROM_THIS_PAGE: Final = Phrase(
    en="from this page", es="desde esta página", ur="اس صفحے سے", zh="来自此页面的", ja="このページから"
)
FROM_YOUR_NETWORK: Final = Phrase(
    en="from your network",
    es="desde su red",
    ur="آپ کے نیٹ ورک سے",
    zh="来自你所在网络的",
    ja="お使いのネットワークから",
)
TOO_MANY: Final = Phrase(
    en="Too many {what} {whence}: {limit} are taken {within}. Please wait {wait} and try again.",
    es="Demasiadas {what} {whence}: se aceptan {limit} {within}. Espere {wait} e inténtelo de nuevo.",
    ur="{whence} بہت زیادہ {what}: {within} {limit} کی اجازت ہے۔ براہ کرم {wait} انتظار کریں اور دوبارہ کوشش کریں۔",
    zh="{whence}{what}太多：{within}最多 {limit} 次。请等待 {wait}后再试。",
    ja="{whence}の{what}が多すぎます。{within} {limit} 件までです。{wait}待ってからもう一度お試しください。",
)
