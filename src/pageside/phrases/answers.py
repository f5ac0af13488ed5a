"""What the tutor says of its answers and of what they rest on, in its own words."""

from __future__ import annotations

from typing import Final

from pageside.phrases.phrase import Phrase

CLOSEST_LEAD: Final = Phrase(
    en="The book may not answer this; the nearest passages say:\n\n",
    es="Puede que el libro no responda a esto; los pasajes más cercanos dicen:\n\n",
    ur="ممکن ہے کہ کتاب اس کا جواب نہ دیتی ہو؛ قریب ترین اقتباسات یہ کہتے ہیں:\n\n",
    zh="这本书也许没有回答这个问题；最接近的段落是：\n\n",
    ja="この本には答えがないかもしれません。最も近い箇所には次のようにあります：\n\n",
)
DOUBTED: Final = Phrase(
    en="\n\n*(The book may not answer this; what is quoted is the nearest it says.)*",
    es="\n\n*(Puede que el libro no responda a esto; lo citado es lo más cercano que dice.)*",
    ur="\n\n*(ممکن ہے کہ کتاب اس کا جواب نہ دیتی ہو؛ جو نقل کیا گیا ہے وہ اس کی قریب ترین بات ہے۔)*",
    zh="\n\n*（这本书也许没有回答这个问题；所引用的是其中最接近的内容。）*",
    ja="\n\n*（この本には答えがないかもしれません。引用したのは最も近い記述です。）*",
)
UNSUPPORTED: Final = Phrase(
    en=" *(not verified in the book)*",
    es=" *(no verificado en el libro)*",
    ur=" *(کتاب سے تصدیق نہیں ہوئی)*",
    zh=" *（未在书中得到证实）*",
    ja=" *（この本では確認できません）*",
)
CUT_SHORT: Final = Phrase(
    en="\n\n*(The answer reached its length limit and stops here.)*",
    es="\n\n*(La respuesta alcanzó su longitud máxima y termina aquí.)*",
    ur="\n\n*(جواب اپنی لمبائی کی حد کو پہنچ گیا اور یہاں ختم ہوتا ہے۔)*",
    zh="\n\n*（回答已达到长度上限，到此为止。）*",
    ja="\n\n*（回答が長さの上限に達したため、ここで終わります。）*",
)
DECLINED_ALONE: Final = Phrase(
    en="The book does not answer this: nothing in it comes near. Other words may find it, or another page.",
    es="El libro no responde a esto: nada en él se le acerca. Quizá lo encuentres con otras palabras o desde otra página.",
    ur="کتاب اس کا جواب نہیں دیتی: اس میں اس کے قریب کچھ نہیں ہے۔ شاید دوسرے الفاظ میں، یا کسی اور صفحے سے پوچھنے پر مل جائے۔",
    zh="这本书没有回答这个问题：书中没有相近的内容。换一种说法，或在另一页提问，也许能找到。",
    ja="この本はこの質問に答えていません。近い内容も見つかりませんでした。別の言葉や別のページなら見つかるかもしれません。",
)
DECLINED_LEAD: Final = Phrase(
    en="The book does not answer this. The nearest sections are:",
    es="El libro no responde a esto. Las secciones más cercanas son:",
    ur="کتاب اس کا جواب نہیں دیتی۔ قریب ترین حصے یہ ہیں:",
    zh="这本书没有回答这个问题。最接近的章节是：",
    ja="この本はこの質問に答えていません。最も近い節は次のとおりです：",
)
NEAREST_LEAD: Final = Phrase(
    en="\n\nNothing of this was found in the book. The nearest sections are:",
    es="\n\nNada de esto se encontró en el libro. Las secciones más cercanas son:",
    ur="\n\nکتاب میں ایسا کچھ نہیں ملا۔ قریب ترین حصے یہ ہیں:",
    zh="\n\n书中没有找到这些内容。最接近的章节是：",
    ja="\n\nこの内容は本の中に見つかりませんでした。最も近い節は次のとおりです：",
)
SELECTION_NOT_FOUND: Final = Phrase(
    en="The selected text was not found in the book, so this answer searches all of it.\n\n",
    es="El texto seleccionado no se encontró en el libro, así que para esta respuesta se buscó en todo él.\n\n",
    ur="منتخب کیا گیا متن کتاب میں نہیں ملا، اس لیے اس جواب کے لیے پوری کتاب میں تلاش کیا گیا۔\n\n",
    zh="书中没有找到所选的文字，因此这个回答搜索了全书。\n\n",
    ja="選択した文章は本の中に見つからなかったため、この回答では本全体を検索しました。\n\n",
)
PAGE_NOT_FOUND: Final = Phrase(
    en="This page was not found in the book, so this answer searches all of it for the page's title.\n\n",
    es="Esta página no se encontró en el libro, así que para esta respuesta se buscó su título en todo él.\n\n",
    ur="یہ صفحہ کتاب میں نہیں ملا، اس لیے اس جواب کے لیے پوری کتاب میں صفحے کا عنوان تلاش کیا گیا۔\n\n",
    zh="书中没有找到这一页，因此这个回答按该页的标题搜索了全书。\n\n",
    ja="このページは本の中に見つからなかったため、この回答ではページの題名で本全体を検索しました。\n\n",
)
ADVICE: Final = Phrase(
    en="I cannot see what you mean. Select the text on the page and ask again, open the page it is on, or name it in "
    "your question.",
    es="No puedo ver a qué te refieres. Selecciona el texto en la página y pregunta de nuevo, abre la página donde está "
    "o nómbralo en tu pregunta.",
    ur="میں نہیں دیکھ سکتا کہ آپ کی مراد کیا ہے۔ صفحے پر متن منتخب کر کے دوبارہ پوچھیں، وہ صفحہ کھولیں جس پر وہ ہے، یا اپنے "
    "سوال میں اس کا نام لیں۔",
    zh="我看不出你指的是什么。请在页面上选中文字后再问，或打开它所在的页面，或在问题中说出它的名称。",
    ja="何を指しているのか分かりません。ページの文章を選択してもう一度質問するか、そのページを開くか、質問の中で名前を挙げてください。",
)
WHICH_PLACE: Final = Phrase(
    en="Which part of the book do you mean?",
    es="¿A qué parte del libro te refieres?",
    ur="آپ کی مراد کتاب کا کون سا حصہ ہے؟",
    zh="你指的是书中的哪一部分？",
    ja="本のどの部分のことですか？",
)
OR_WORDS: Final = Phrase(
    en="Or say in your own words what it is about.",
    es="O di con tus propias palabras de qué se trata.",
    ur="یا اپنے الفاظ میں بتائیں کہ یہ کس بارے میں ہے۔",
    zh="或者用你自己的话说说它是关于什么的。",
    ja="または、何についてのことか自分の言葉で書いてください。",
)
LIBRARY_LEAD: Final = Phrase(
    en="From the documentation of {libraries}, not from the book:\n\n",
    es="De la documentación de {libraries}, no del libro:\n\n",
    ur="{libraries} کی دستاویزات سے، کتاب سے نہیں:\n\n",
    zh="以下来自 {libraries} 的文档，而不是这本书：\n\n",
    ja="本ではなく、{libraries} のドキュメントからの引用です：\n\n",
)
LIBRARY_ALONE: Final = Phrase(
    en="This is from the documentation of {libraries}; the book itself does not answer it.",
    es="Esto es de la documentación de {libraries}; el libro mismo no responde a ello.",
    ur="یہ {libraries} کی دستاویزات سے ہے؛ خود کتاب اس کا جواب نہیں دیتی۔",
    zh="这来自 {libraries} 的文档；这本书本身没有回答这个问题。",
    ja="これは {libraries} のドキュメントによるものです。本そのものは答えていません。",
)
FOR_HARDWARE: Final = Phrase(
    en="For your hardware, {tier} *(from your profile)*:\n\n",
    es="Para tu hardware, {tier} *(de tu perfil)*:\n\n",
    ur="آپ کے ہارڈویئر کے لیے، {tier} *(آپ کے پروفائل سے)*:\n\n",
    zh="针对你的硬件，{tier} *（来自你的个人资料）*：\n\n",
    ja="お使いのハードウェア {tier} の場合 *（プロフィールより）*：\n\n",
)
