"""What the tutor says of the files that readers send with a question."""

from __future__ import annotations

from typing import Final

from pageside.phrases.phrase import Phrase

NO_MODEL: Final = Phrase(
    en="I can see that you attached {names}, but without a language model I cannot read {kind}.",
    es="Veo que has adjuntado {names}, pero sin un modelo de lenguaje no puedo leer {kind}.",
    ur="میں دیکھ رہا ہوں کہ آپ نے {names} منسلک کیا ہے، لیکن زبان کے ماڈل کے بغیر میں {kind} نہیں پڑھ سکتا۔",
    zh="我看到你附上了 {names}，但没有语言模型，我无法读取 {kind}。",
    ja="{names} が添付されていますが、言語モデルがないため {kind} は読めません。",
)
TEXT_ALONE: Final = Phrase(
    en="I can see that you attached {names}, but the language model of this server cannot read {kind}.",
    es="Veo que has adjuntado {names}, pero el modelo de lenguaje de este servidor no puede leer {kind}.",
    ur="میں دیکھ رہا ہوں کہ آپ نے {names} منسلک کیا ہے، لیکن اس سرور کا زبان کا ماڈل {kind} نہیں پڑھ سکتا۔",
    zh="我看到你附上了 {names}，但这台服务器的语言模型无法读取 {kind}。",
    ja="{names} が添付されていますが、このサーバーの言語モデルは {kind} を読めません。",
)
NO_TEXT: Final = Phrase(
    en="I can see that you attached {names}, but I find no text in it.",
    es="Veo que has adjuntado {names}, pero no encuentro texto en su contenido.",
    ur="میں دیکھ رہا ہوں کہ آپ نے {names} منسلک کیا ہے، لیکن مجھے اس میں کوئی متن نہیں ملا۔",
    zh="我看到你附上了 {names}，但其中没有找到文字。",
    ja="{names} が添付されていますが、文字が見つかりません。",
)
TOO_LARGE: Final = Phrase(
    en="I can see that you attached {names}, but that is more than I can read at once.",
    es="Veo que has adjuntado {names}, pero es más de lo que puedo leer de una vez.",
    ur="میں دیکھ رہا ہوں کہ آپ نے {names} منسلک کیا ہے، لیکن یہ اس سے زیادہ ہے جو میں ایک بار میں پڑھ سکتا ہوں۔",
    zh="我看到你附上了 {names}，但内容太多，我无法一次读完。",
    ja="{names} が添付されていますが、一度に読める量を超えています。",
)
GONE: Final = Phrase(
    en="I can see that you attached {names}, but I could not read it just now.",
    es="Veo que has adjuntado {names}, pero ahora mismo no he podido leerlo.",
    ur="میں دیکھ رہا ہوں کہ آپ نے {names} منسلک کیا ہے، لیکن میں ابھی اسے نہیں پڑھ سکا۔",
    zh="我看到你附上了 {names}，但刚才无法读取。",
    ja="{names} が添付されていますが、今は読むことができませんでした。",
)
PDFS: Final = Phrase(en="PDF files", es="archivos PDF", ur="PDF فائلیں", zh="PDF 文件", ja="PDF ファイル")
IMAGES: Final = Phrase(en="images", es="imágenes", ur="تصاویر", zh="图片", ja="画像")
ASIDE: Final = Phrase(
    en="I can see that you attached {names}; this answer is from the book alone.\n\n",
    es="Veo que has adjuntado {names}; esta respuesta procede solo del libro.\n\n",
    ur="میں دیکھ رہا ہوں کہ آپ نے {names} منسلک کیا ہے؛ یہ جواب صرف کتاب سے ہے۔\n\n",
    zh="我看到你附上了 {names}；这个回答仅来自这本书。\n\n",
    ja="{names} が添付されていますが、この回答は本だけに基づいています。\n\n",
)
SEARCHED: Final = Phrase(
    en="I looked in {names} as well as in the book.\n\n",
    es="He buscado en {names} además de en el libro.\n\n",
    ur="میں نے کتاب کے ساتھ ساتھ {names} میں بھی دیکھا۔\n\n",
    zh="除了这本书，我还查看了 {names}。\n\n",
    ja="本のほかに {names} も調べました。\n\n",
)
LEFT_OUT: Final = Phrase(
    en="Of {names}: {what}.",
    es="De {names}: {what}.",
    ur="{names} کے بارے میں: {what}۔",
    zh="关于 {names}：{what}。",
    ja="{names} について：{what}。",
)
IN_WORDS: Final = Phrase(
    en="Ask me in words about what it shows, and I look it up in this book.",
    es="Pregúntame con palabras por lo que muestra y lo buscaré en este libro.",
    ur="جو کچھ اس میں ہے اس کے بارے میں الفاظ میں پوچھیں، اور میں اسے اس کتاب میں تلاش کروں گا۔",
    zh="请用文字问我其中的内容，我会在这本书里查找。",
    ja="写っているものについて言葉で質問してください。この本の中を調べます。",
)
SHOWN_ALONE: Final = Phrase(
    en="*(from your own file, not from this book)*\n\nWithout a language model I can show you your file, but not "
    "explain it; ask me about something in it, and I look it up in this book.",
    es="*(de tu propio archivo, no de este libro)*\n\nSin un modelo de lenguaje puedo mostrarte tu archivo, pero no "
    "explicarlo; pregúntame por algo que contenga y lo buscaré en este libro.",
    ur="*(آپ کی اپنی فائل سے، اس کتاب سے نہیں)*\n\nزبان کے ماڈل کے بغیر میں آپ کو آپ کی فائل دکھا سکتا ہوں، مگر اس کی وضاحت نہیں "
    "کر سکتا؛ اس میں موجود کسی چیز کے بارے میں پوچھیں، اور میں اسے اس کتاب میں تلاش کروں گا۔",
    zh="*（来自你自己的文件，不是这本书）*\n\n没有语言模型，我可以显示你的文件，但无法解释它；请问我其中的某个内容，我会在这本书里查找。",
    ja="*（この本ではなく、あなたのファイルからです）*\n\n言語モデルがないため、ファイルを表示することはできますが、説明はできません。"
    "中身について質問すれば、この本の中を調べます。",
)
HAS_LINES: Final = Phrase(
    en=("Your file “{name}” has {n} line.", "Your file “{name}” has {n} lines."),
    es=("Tu archivo “{name}” tiene {n} línea.", "Tu archivo “{name}” tiene {n} líneas."),
    ur=("آپ کی فائل “{name}” میں {n} سطر ہے۔", "آپ کی فائل “{name}” میں {n} سطریں ہیں۔"),
    zh="你的文件“{name}”有 {n} 行。",
    ja="あなたのファイル“{name}”は {n} 行です。",
)
HAS_MORE_LINES: Final = Phrase(
    en="Your file “{name}” has more than {n} lines.",
    es="Tu archivo “{name}” tiene más de {n} líneas.",
    ur="آپ کی فائل “{name}” میں {n} سے زیادہ سطریں ہیں۔",
    zh="你的文件“{name}”超过 {n} 行。",
    ja="あなたのファイル“{name}”は {n} 行を超えています。",
)
BEGINS: Final = Phrase(en="It begins:", es="Empieza así:", ur="اس کا آغاز یوں ہے:", zh="它的开头是：", ja="先頭部分：")
NEAREST: Final = Phrase(
    en="Nearest to your question:",
    es="Lo más cercano a tu pregunta:",
    ur="آپ کے سوال سے قریب ترین:",
    zh="与你的问题最接近的部分：",
    ja="質問に最も近い部分：",
)
HOLDS: Final = Phrase(
    en="You will find in it: {names}.",
    es="En él encontrarás: {names}.",
    ur="اس میں آپ کو یہ ملے گا: {names}۔",
    zh="其中有：{names}。",
    ja="含まれるもの：{names}。",
)
