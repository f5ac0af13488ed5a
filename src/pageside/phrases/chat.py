"""What stands beside answers in a conversation: the search, notices, forms, lists of sections, and names."""

from __future__ import annotations

from typing import Final

from pageside.phrases.phrase import Phrase

SEARCHING: Final = Phrase(
    en="Searching the book",
    es="Buscando en el libro",
    ur="کتاب میں تلاش جاری ہے",
    zh="正在搜索本书",
    ja="本を検索しています",
)
LOOKING_AT_TASKS: Final = Phrase(
    en="Looking at your tasks",
    es="Mirando tus tareas",
    ur="آپ کے کام دیکھے جا رہے ہیں",
    zh="正在查看你的任务",
    ja="タスクを確認しています",
)
SEARCHED: Final = Phrase(
    en="Searched the book",
    es="Se buscó en el libro",
    ur="کتاب میں تلاش کیا گیا",
    zh="已搜索本书",
    ja="本を検索しました",
)
SEARCH_NOT_FINISHED: Final = Phrase(
    en="The search did not finish",
    es="La búsqueda no terminó",
    ur="تلاش مکمل نہیں ہوئی",
    zh="搜索没有完成",
    ja="検索は完了しませんでした",
)
FOUND_NOTHING: Final = Phrase(
    en="Searched the book: nothing fits",
    es="Se buscó en el libro: nada encaja",
    ur="کتاب میں تلاش کیا گیا: کچھ موزوں نہیں ملا",
    zh="已搜索本书：没有合适的内容",
    ja="本を検索しました：該当なし",
)
FOUND: Final = Phrase(
    en=("Searched the book: {n} passage", "Searched the book: {n} passages"),
    es=("Se buscó en el libro: {n} pasaje", "Se buscó en el libro: {n} pasajes"),
    ur=("کتاب میں تلاش کیا گیا: {n} اقتباس", "کتاب میں تلاش کیا گیا: {n} اقتباسات"),
    zh="已搜索本书：{n} 个段落",
    ja="本を検索しました：{n} 件の箇所",
)
OR_MEANING: Final = Phrase(
    en="Or say in your own words what you mean.",
    es="O di con tus propias palabras a qué te refieres.",
    ur="یا اپنے الفاظ میں بتائیں کہ آپ کی مراد کیا ہے۔",
    zh="或者用你自己的话说说你的意思。",
    ja="または、自分の言葉で書いてください。",
)
DOCUMENTATION: Final = Phrase(
    en="{library} documentation",
    es="Documentación de {library}",
    ur="{library} کی دستاویزات",
    zh="{library} 文档",
    ja="{library} のドキュメント",
)
FILE_PAGE: Final = Phrase(
    en="{name}, page {page}",
    es="{name}, página {page}",
    ur="{name}، صفحہ {page}",
    zh="{name}，第 {page} 页",
    ja="{name}、{page} ページ",
)
YOUR_FILES: Final = Phrase(en="Your files", es="Tus archivos", ur="آپ کی فائلیں", zh="你的文件", ja="あなたのファイル")
UNNAMED: Final = Phrase(en="New conversation", es="Nueva conversación", ur="نئی گفتگو", zh="新对话", ja="新しい会話")
WHAT_IS_IN_FILE: Final = Phrase(
    en="What is in this file?",
    es="¿Qué hay en este archivo?",
    ur="اس فائل میں کیا ہے؟",
    zh="这个文件里有什么？",
    ja="このファイルには何がありますか？",
)

# Lists of sections
NEAREST: Final = Phrase(
    en=("{n} section comes nearest", "{n} sections come nearest"),
    es=("{n} sección es la más cercana", "{n} secciones son las más cercanas"),
    ur=("{n} حصہ قریب ترین ہے", "{n} حصے قریب ترین ہیں"),
    zh="最接近的 {n} 个章节",
    ja="最も近い節 {n} 件",
)
SECTIONS_GONE: Final = Phrase(
    en="These sections are no longer in the book.",
    es="Estas secciones ya no están en el libro.",
    ur="یہ حصے اب کتاب میں نہیں ہیں۔",
    zh="这些章节已不在书中。",
    ja="これらの節は、もう本の中にありません。",
)
SECTION_GONE: Final = Phrase(
    en="This section is no longer in the book. Ask about it in your own words, and I will look for it.",
    es="Esta sección ya no está en el libro. Pregunta por ella con tus propias palabras y la buscaré.",
    ur="یہ حصہ اب کتاب میں نہیں ہے۔ اس کے بارے میں اپنے الفاظ میں پوچھیں، اور میں اسے تلاش کروں گا۔",
    zh="这一节已不在书中。请用你自己的话提问，我会去找。",
    ja="この節は、もう本の中にありません。自分の言葉で質問してください。探します。",
)
# Said for the reader, as a question of theirs; `knowledge.place` knows that these words name nothing of their own.
EXPLAIN_IT: Final = Phrase(
    en="Explain {what}",
    es="Explica {what}",
    ur="{what} کی وضاحت کریں",
    zh="解释 {what}",
    ja="{what} を説明してください",
)
EXPLAIN_THIS: Final = Phrase(
    en="Explain this.", es="Explica esto.", ur="اس کی وضاحت کریں۔", zh="解释这个。", ja="これを説明してください。"
)
EXPLAIN_PART: Final = Phrase(
    en="Explain this part of the book.",
    es="Explica esta parte del libro.",
    ur="کتاب کے اس حصے کی وضاحت کریں۔",
    zh="解释书中的这一部分。",
    ja="本のこの部分を説明してください。",
)
EXPLAIN: Final = Phrase(en="Explain", es="Explicar", ur="وضاحت کریں", zh="解释", ja="説明")
SHOW: Final = Phrase(en="Show", es="Mostrar", ur="دکھائیں", zh="显示", ja="表示")
HIDE: Final = Phrase(en="Hide", es="Ocultar", ur="چھپائیں", zh="隐藏", ja="隠す")

# Notices
NOT_IN_BOOK: Final = Phrase(
    en="Not in this book",
    es="No está en este libro",
    ur="اس کتاب میں نہیں ہے",
    zh="本书中没有",
    ja="この本にはありません",
)
NOTHING_CALLED: Final = Phrase(
    en="Nothing in this book is called {names}; all of it was searched.",
    es="Nada en este libro se llama {names}; se buscó en todo él.",
    ur="اس کتاب میں کسی چیز کا نام {names} نہیں ہے؛ پوری کتاب میں تلاش کیا گیا۔",
    zh="本书中没有叫 {names} 的内容；已搜索全书。",
    ja="この本に {names} というものはありません。本全体を検索しました。",
)
WHICH_ONE: Final = Phrase(
    en="Which one?", es="¿Cuál de ellos?", ur="ان میں سے کون سا؟", zh="是哪一个？", ja="どれですか？"
)
NAMES_PLACES: Final = Phrase(
    en="{name} names {count} places.",
    es="{name} designa {count} lugares.",
    ur="{name} نام کی {count} جگہیں ہیں۔",
    zh="{name} 有 {count} 处。",
    ja="{name} は {count} か所あります。",
)
NAMES_PLACES_UNDER: Final = Phrase(
    en="{name} names {count} places, as under {groups}.",
    es="{name} designa {count} lugares, por ejemplo en {groups}.",
    ur="{name} نام کی {count} جگہیں ہیں، مثلاً {groups} میں۔",
    zh="{name} 有 {count} 处，例如在 {groups} 中。",
    ja="{name} は {groups} など {count} か所あります。",
)
CHOOSE_MENTION: Final = Phrase(
    en="Choose one from the list of mentions; all of the book was searched.",
    es="Elige uno de la lista de menciones; se buscó en todo el libro.",
    ur="تذکروں کی فہرست میں سے ایک چنیں؛ پوری کتاب میں تلاش کیا گیا۔",
    zh="请从提及列表中选择一处；已搜索全书。",
    ja="メンションの一覧から一つ選んでください。本全体を検索しました。",
)
WHOLE_BOOK: Final = Phrase(
    en="Searched the whole book",
    es="Se buscó en todo el libro",
    ur="پوری کتاب میں تلاش کیا گیا",
    zh="已搜索全书",
    ja="本全体を検索しました",
)
NOTHING_IN: Final = Phrase(
    en="Nothing in {names} fits this question.",
    es="Nada en {names} encaja con esta pregunta.",
    ur="{names} میں اس سوال کے مطابق کچھ نہیں ہے۔",
    zh="{names} 中没有符合这个问题的内容。",
    ja="{names} には、この質問に合うものがありません。",
)
NOTHING_LEFT: Final = Phrase(
    en="Nothing left to search",
    es="No queda nada donde buscar",
    ur="تلاش کے لیے کچھ نہیں بچا",
    zh="没有可搜索的内容",
    ja="検索する対象がありません",
)
NO_LABELS: Final = Phrase(
    en="No passage that fits has the labels asked for: {labels}.",
    es="Ningún pasaje que encaje tiene las etiquetas pedidas: {labels}.",
    ur="کسی موزوں اقتباس پر مطلوبہ لیبل نہیں ہیں: {labels}۔",
    zh="没有合适的段落带有所要求的标签：{labels}。",
    ja="指定されたラベルの付いた該当箇所はありません：{labels}。",
)
WORDS_ALONE: Final = Phrase(
    en="Searching by words alone",
    es="Búsqueda solo por palabras",
    ur="صرف الفاظ سے تلاش",
    zh="仅按字词搜索",
    ja="言葉だけで検索",
)
USE_ITS_WORDS: Final = Phrase(
    en="This book can just now be searched by its words only: use the words the book would use.",
    es="Ahora mismo solo se puede buscar en este libro por sus palabras: usa las que usaría el libro.",
    ur="اس وقت اس کتاب میں صرف اس کے الفاظ سے تلاش ہو سکتی ہے: وہ الفاظ استعمال کریں جو کتاب میں ہوں گے۔",
    zh="本书目前只能按字词搜索：请使用书中会用的字词。",
    ja="今は本の中の言葉でしか検索できません。本で使われていそうな言葉を使ってください。",
)
NEARLY_FULL: Final = Phrase(
    en="This conversation is nearly full",
    es="Esta conversación está casi llena",
    ur="یہ گفتگو تقریباً بھر چکی ہے",
    zh="本次对话快满了",
    ja="この会話はまもなくいっぱいになります",
)
TAKES_MORE: Final = Phrase(
    en=(
        "It takes one more message; after that, begin a new one.",
        "It takes {n} more messages; after that, begin a new one.",
    ),
    es=(
        "Admite un mensaje más; después, empieza una nueva.",
        "Admite {n} mensajes más; después, empieza una nueva.",
    ),
    ur=(
        "اس میں ایک اور پیغام آ سکتا ہے؛ اس کے بعد نئی گفتگو شروع کریں۔",
        "اس میں {n} اور پیغامات آ سکتے ہیں؛ اس کے بعد نئی گفتگو شروع کریں۔",
    ),
    zh="还能发送 {n} 条消息；之后请开始新的对话。",
    ja="あと {n} 件のメッセージを送れます。その後は新しい会話を始めてください。",
)
BREAK_SOON: Final = Phrase(
    en="A short break soon",
    es="Pronto, una breve pausa",
    ur="جلد ہی ایک مختصر وقفہ",
    zh="很快要稍歇一会儿",
    ja="まもなく短い休憩です",
)
NO_MORE_QUESTIONS: Final = Phrase(
    en="No more questions are taken from you for now; the next one in {wait}.",
    es="Por ahora no se aceptan más preguntas tuyas; la siguiente, en {wait}.",
    ur="فی الحال آپ سے مزید سوال نہیں لیے جا سکتے؛ اگلا سوال {wait} بعد۔",
    zh="目前不能再接受你的提问；下一个问题请在 {wait}后提出。",
    ja="今はこれ以上質問できません。次の質問は {wait}後にできます。",
)
MORE_QUESTIONS: Final = Phrase(
    en=(
        "One more question is taken from you for now; the next one in {wait}.",
        "{n} more are taken from you for now; the next one in {wait}.",
    ),
    es=(
        "Por ahora se acepta una pregunta más tuya; la siguiente, en {wait}.",
        "Por ahora se aceptan {n} más tuyas; la siguiente, en {wait}.",
    ),
    ur=(
        "فی الحال آپ سے ایک اور سوال لیا جا سکتا ہے؛ اس سے اگلا {wait} بعد۔",
        "فی الحال آپ سے {n} اور سوال لیے جا سکتے ہیں؛ اس سے اگلا {wait} بعد۔",
    ),
    zh="目前还能接受你 {n} 个问题；再下一个请在 {wait}后提出。",
    ja="今はあと {n} 件質問できます。その次の質問は {wait}後にできます。",
)
NEARLY_SPENT: Final = Phrase(
    en="Nearly all of today's questions are asked",
    es="Casi todas las preguntas de hoy están hechas",
    ur="آج کے تقریباً تمام سوال پوچھے جا چکے ہیں",
    zh="今天的提问次数快用完了",
    ja="今日の質問はほぼ使い切りました",
)
FEW_MORE_TODAY: Final = Phrase(
    en="Only a few more answers can be given to you today; tomorrow there are new ones.",
    es="Hoy solo se te pueden dar unas pocas respuestas más; mañana habrá nuevas.",
    ur="آج آپ کو صرف چند اور جواب دیے جا سکتے ہیں؛ کل نئے ملیں گے۔",
    zh="今天只能再给你少量回答；明天会有新的额度。",
    ja="今日はあと少ししか回答できません。明日になればまた質問できます。",
)
AND_MORE: Final = Phrase(
    en="{names} and {count} more",
    es="{names} y {count} más",
    ur="{names} اور {count} مزید",
    zh="{names}等另外 {count} 个",
    ja="{names} ほか {count} 件",
)
