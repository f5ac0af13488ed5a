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
FROM_YOU: Final = Phrase(en="from you", es="de tu parte", ur="آپ کی طرف سے", zh="来自你的", ja="あなたから")
FROM_THIS_PAGE: Final = Phrase(
    en="from this page", es="desde esta página", ur="اس صفحے سے", zh="来自此页面的", ja="このページから"
)
FROM_YOUR_NETWORK: Final = Phrase(
    en="from your network",
    es="desde tu red",
    ur="آپ کے نیٹ ورک سے",
    zh="来自你所在网络的",
    ja="お使いのネットワークから",
)
TOO_MANY: Final = Phrase(
    en="Too many {what} {whence}: {limit} are taken {within}. Please wait {wait} and try again.",
    es="Demasiadas {what} {whence}: se aceptan {limit} {within}. Espera {wait} e inténtalo de nuevo.",
    ur="{whence} بہت زیادہ {what}: {within} {limit} کی اجازت ہے۔ براہ کرم {wait} انتظار کریں اور دوبارہ کوشش کریں۔",
    zh="{whence}{what}太多：{within}最多 {limit} 次。请等待 {wait}后再试。",
    ja="{whence}の{what}が多すぎます。{within} {limit} 件までです。{wait}待ってからもう一度お試しください。",
)
SPENT_BY_ALL: Final = Phrase(
    en="All questions that this server takes in a day have been asked. Please come back in {wait}; the book itself is "
    "open to you all the time.",
    es="Ya se han hecho todas las preguntas que este servidor acepta en un día. Vuelve dentro de {wait}; el libro mismo "
    "está siempre a tu disposición.",
    ur="یہ سرور ایک دن میں جتنے سوال لیتا ہے وہ سب پوچھے جا چکے ہیں۔ براہ کرم {wait} بعد واپس آئیں؛ خود کتاب ہر وقت آپ کے لیے کھلی ہے۔",
    zh="这台服务器一天能接受的提问已经用完。请在 {wait}后再来；书本身随时可以阅读。",
    ja="このサーバーが 1 日に受け付ける質問数に達しました。{wait}後にまたお越しください。本そのものはいつでも読めます。",
)
SPENT_BY_READER: Final = Phrase(
    en="You have asked all that you may ask in a day. Please come back in {wait}; the book itself is open to you all the "
    "time.",
    es="Ya has preguntado todo lo que puedes preguntar en un día. Vuelve dentro de {wait}; el libro mismo está siempre a tu "
    "disposición.",
    ur="آپ ایک دن میں جتنے سوال پوچھ سکتے ہیں وہ سب پوچھ چکے ہیں۔ براہ کرم {wait} بعد واپس آئیں؛ خود کتاب ہر وقت آپ کے لیے کھلی ہے۔",
    zh="你今天的提问次数已经用完。请在 {wait}后再来；书本身随时可以阅读。",
    ja="1 日に質問できる数に達しました。{wait}後にまたお越しください。本そのものはいつでも読めます。",
)
OVERLOADED: Final = Phrase(
    en="Very many questions are being answered at the moment. Please try again in {wait}.",
    es="En este momento se están respondiendo muchísimas preguntas. Inténtalo de nuevo dentro de {wait}.",
    ur="اس وقت بہت زیادہ سوالوں کے جواب دیے جا رہے ہیں۔ براہ کرم {wait} بعد دوبارہ کوشش کریں۔",
    zh="目前正在回答的问题非常多。请在 {wait}后再试。",
    ja="現在、非常に多くの質問に回答しています。{wait}後にもう一度お試しください。",
)

# Conversations
STILL_ANSWERING: Final = Phrase(
    en="This conversation is still answering; wait for the answer or stop it. Try again in {wait}.",
    es="Esta conversación todavía está respondiendo; espera la respuesta o detenla. Inténtalo de nuevo dentro de {wait}.",
    ur="اس گفتگو میں ابھی جواب دیا جا رہا ہے؛ جواب کا انتظار کریں یا اسے روک دیں۔ {wait} بعد دوبارہ کوشش کریں۔",
    zh="本次对话还在回答中；请等待回答或将其停止。请在 {wait}后再试。",
    ja="この会話はまだ回答中です。回答を待つか、停止してください。{wait}後にもう一度お試しください。",
)
UNDER_WAY: Final = Phrase(
    en="This request is being carried out already. Try again in {wait}.",
    es="Esta solicitud ya se está realizando. Inténtalo de nuevo dentro de {wait}.",
    ur="اس درخواست پر پہلے ہی عمل ہو رہا ہے۔ {wait} بعد دوبارہ کوشش کریں۔",
    zh="这个请求已经在处理中。请在 {wait}后再试。",
    ja="この要求はすでに処理中です。{wait}後にもう一度お試しください。",
)
FULL: Final = Phrase(
    en="This conversation is full; begin a new one.",
    es="Esta conversación está llena; empieza una nueva.",
    ur="یہ گفتگو بھر چکی ہے؛ نئی گفتگو شروع کریں۔",
    zh="本次对话已满；请开始新的对话。",
    ja="この会話はいっぱいです。新しい会話を始めてください。",
)
CLOSED: Final = Phrase(
    en="This conversation takes no more messages: {reason}.",
    es="Esta conversación no admite más mensajes: {reason}.",
    ur="اس گفتگو میں مزید پیغام نہیں بھیجے جا سکتے: {reason}۔",
    zh="本次对话不再接受消息：{reason}。",
    ja="この会話にはこれ以上メッセージを送れません：{reason}。",
)
THREADS: Final = Phrase(
    en=("a conversation", "{n} conversations"),
    es=("una conversación", "{n} conversaciones"),
    ur=("ایک گفتگو", "{n} گفتگوئیں"),
    zh="{n} 个对话",
    ja="{n} 件の会話",
)
# `{held}` is `THREADS`.
TOO_MANY_THREADS: Final = Phrase(
    en="You have {held}, and no more are kept here. Delete one that you no longer need, and ask again; those you have go "
    "on as before.",
    es="Tienes {held}, y aquí no se guardan más. Elimina lo que ya no necesites y pregunta de nuevo; lo demás sigue como "
    "antes.",
    ur="آپ کی {held} یہاں محفوظ ہیں، اور اس سے زیادہ نہیں رکھی جاتیں۔ جس کی اب ضرورت نہ ہو اسے حذف کریں، اور دوبارہ پوچھیں؛ باقی "
    "پہلے کی طرح جاری رہیں گی۔",
    zh="你有 {held}，这里不能保存更多。请删除一个不再需要的对话，然后重新提问；其余的不受影响。",
    ja="{held}があり、これ以上は保存できません。不要なものを削除してから、もう一度質問してください。ほかの会話はそのまま続けられます。",
)
NO_SUCH_THREAD: Final = Phrase(
    en="There is no conversation {id!r}; it may have been deleted.",
    es="No hay ninguna conversación {id!r}; puede que se haya eliminado.",
    ur="گفتگو {id!r} موجود نہیں ہے؛ ہو سکتا ہے اسے حذف کر دیا گیا ہو۔",
    zh="没有对话 {id!r}；它可能已被删除。",
    ja="会話 {id!r} はありません。削除された可能性があります。",
)
NO_SUCH_ITEM: Final = Phrase(
    en="There is no item {id!r} in this conversation.",
    es="No hay ningún elemento {id!r} en esta conversación.",
    ur="اس گفتگو میں {id!r} موجود نہیں ہے۔",
    zh="本次对话中没有 {id!r}。",
    ja="この会話に {id!r} はありません。",
)
NOTHING_TO_ANSWER: Final = Phrase(
    en="There is nothing to answer in this conversation.",
    es="No hay nada que responder en esta conversación.",
    ur="اس گفتگو میں جواب دینے کے لیے کچھ نہیں ہے۔",
    zh="本次对话中没有需要回答的内容。",
    ja="この会話には回答するものがありません。",
)
NO_SUCH_RUN: Final = Phrase(
    en="There is no answer {id!r} to listen to; if it has ended, reload the conversation to see it.",
    es="No hay ninguna respuesta {id!r} en curso; si ya terminó, vuelve a cargar la conversación para verla.",
    ur="کوئی جواب {id!r} جاری نہیں ہے؛ اگر وہ ختم ہو چکا ہے تو اسے دیکھنے کے لیے گفتگو دوبارہ لوڈ کریں۔",
    zh="没有正在进行的回答 {id!r}；如果已经结束，请重新加载对话查看。",
    ja="進行中の回答 {id!r} はありません。終わっている場合は、会話を再読み込みしてください。",
)
RESULT_GONE: Final = Phrase(
    en="This was done, but what it answered is no longer known; reload the conversation.",
    es="Esto se hizo, pero ya no se sabe qué se respondió; vuelve a cargar la conversación.",
    ur="یہ ہو چکا ہے، لیکن اس کا جواب اب معلوم نہیں؛ گفتگو دوبارہ لوڈ کریں۔",
    zh="这已经完成，但回答的内容已无法得知；请重新加载对话。",
    ja="これは実行済みですが、結果はもう分かりません。会話を再読み込みしてください。",
)
FORM_DONE: Final = Phrase(
    en="This form is closed already; ask again to get a new one.",
    es="Este formulario ya está cerrado; pregunta de nuevo para recibir otro.",
    ur="یہ فارم پہلے ہی بند ہو چکا ہے؛ نیا فارم پانے کے لیے دوبارہ پوچھیں۔",
    zh="这个表单已经结束；请重新提问以获得新的表单。",
    ja="このフォームはすでに終了しています。もう一度質問すると新しいフォームが表示されます。",
)
MESSAGE_TOO_LONG: Final = Phrase(
    en="The message is {length} characters long; at most {most} are taken.",
    es="El mensaje tiene {length} caracteres; se aceptan como máximo {most}.",
    ur="پیغام {length} حروف کا ہے؛ زیادہ سے زیادہ {most} لیے جاتے ہیں۔",
    zh="消息有 {length} 个字符，最多接受 {most} 个。",
    ja="メッセージは {length} 文字ですが、{most} 文字までです。",
)
MESSAGE_EMPTY: Final = Phrase(
    en="The message is empty; write a question.",
    es="El mensaje está vacío; escribe una pregunta.",
    ur="پیغام خالی ہے؛ کوئی سوال لکھیں۔",
    zh="消息是空的；请写一个问题。",
    ja="メッセージが空です。質問を書いてください。",
)
TOO_MANY_ATTACHMENTS: Final = Phrase(
    en="A message has at most {most} attachments.",
    es="Un mensaje admite como máximo {most} archivos adjuntos.",
    ur="ایک پیغام کے ساتھ زیادہ سے زیادہ {most} فائلیں منسلک ہو سکتی ہیں۔",
    zh="一条消息最多附带 {most} 个文件。",
    ja="1 件のメッセージに添付できるのは {most} 個までです。",
)
BODY_TOO_LARGE: Final = Phrase(
    en="The body is larger than {most} bytes.",
    es="La solicitud ocupa más de {most} bytes.",
    ur="درخواست {most} بائٹ سے بڑی ہے۔",
    zh="请求超过 {most} 字节。",
    ja="要求が {most} バイトを超えています。",
)
TITLE_TOO_LONG: Final = Phrase(
    en="params.title: at most {most} characters; this one has {length}.",
    es="El nombre admite como máximo {most} caracteres; este tiene {length}.",
    ur="نام زیادہ سے زیادہ {most} حروف کا ہو سکتا ہے؛ اس میں {length} ہیں۔",
    zh="名称最多 {most} 个字符；这个有 {length} 个。",
    ja="名前は {most} 文字までです。これは {length} 文字です。",
)
TITLE_NEEDED: Final = Phrase(
    en="params.title: a conversation needs a name.",
    es="Una conversación necesita un nombre.",
    ur="گفتگو کے لیے نام ضروری ہے۔",
    zh="对话需要一个名称。",
    ja="会話には名前が必要です。",
)
QUERY_TOO_LONG: Final = Phrase(
    en="query: at most {most} characters; this one has {length}.",
    es="La búsqueda admite como máximo {most} caracteres; esta tiene {length}.",
    ur="تلاش زیادہ سے زیادہ {most} حروف کی ہو سکتی ہے؛ اس میں {length} ہیں۔",
    zh="搜索内容最多 {most} 个字符；这个有 {length} 个。",
    ja="検索は {most} 文字までです。これは {length} 文字です。",
)
HURTFUL: Final = Phrase(
    en="This message is not taken here: it seems to hold something hurtful, dangerous or unlawful. Please ask in other "
    "words. If you are in distress, talk to somebody you trust, or to the helpline of your country.",
    es="Este mensaje no se acepta aquí: parece contener algo hiriente, peligroso o ilegal. Pregunta con otras palabras. Si "
    "lo estás pasando mal, habla con alguien de confianza o con la línea de ayuda de tu país.",
    ur="یہ پیغام یہاں نہیں لیا جاتا: لگتا ہے اس میں کچھ تکلیف دہ، خطرناک یا غیر قانونی ہے۔ براہ کرم دوسرے الفاظ میں پوچھیں۔ اگر آپ "
    "پریشانی میں ہیں تو کسی قابل اعتماد شخص سے، یا اپنے ملک کی ہیلپ لائن سے بات کریں۔",
    zh="这里不接受这条消息：其中似乎有伤人、危险或违法的内容。请换一种说法提问。如果你正感到痛苦，请与你信任的人或所在国家的求助热线联系。",
    ja="このメッセージは受け付けられません。人を傷つける内容、危険な内容、または違法な内容が含まれているようです。別の言葉で質問してください。"
    "つらい状況にあるときは、信頼できる人や、お住まいの国の相談窓口に話してください。",
)
UNCHECKED: Final = Phrase(
    en="Messages cannot be checked just now. Please try again shortly.",
    es="Ahora mismo no se pueden revisar los mensajes. Inténtalo de nuevo en breve.",
    ur="ابھی پیغامات کی جانچ نہیں ہو سکتی۔ براہ کرم تھوڑی دیر بعد دوبارہ کوشش کریں۔",
    zh="目前无法检查消息。请稍后再试。",
    ja="今はメッセージを確認できません。しばらくしてからもう一度お試しください。",
)
STORE_AWAY: Final = Phrase(
    en="Conversations cannot be read or saved at the moment. Please try again shortly.",
    es="En este momento no se pueden leer ni guardar conversaciones. Inténtalo de nuevo en breve.",
    ur="اس وقت گفتگوئیں پڑھی یا محفوظ نہیں کی جا سکتیں۔ براہ کرم تھوڑی دیر بعد دوبارہ کوشش کریں۔",
    zh="目前无法读取或保存对话。请稍后再试。",
    ja="現在、会話の読み込みや保存ができません。しばらくしてからもう一度お試しください。",
)
OTHERS_AWAY: Final = Phrase(
    en="Answers of other servers cannot be reached at the moment. Please try again shortly.",
    es="En este momento no se puede acceder a las respuestas de otros servidores. Inténtalo de nuevo en breve.",
    ur="اس وقت دوسرے سرورز کے جوابات تک رسائی نہیں ہو سکتی۔ براہ کرم تھوڑی دیر بعد دوبارہ کوشش کریں۔",
    zh="目前无法获取其他服务器的回答。请稍后再试。",
    ja="現在、ほかのサーバーの回答を取得できません。しばらくしてからもう一度お試しください。",
)
SESSION_EXPIRED: Final = Phrase(
    en="The session has expired. Renew it at /api/chatkit/refresh, or begin a new one.",
    es="La sesión ha caducado. Renuévala en /api/chatkit/refresh o empieza una nueva.",
    ur="سیشن کی مدت ختم ہو گئی ہے۔ اسے /api/chatkit/refresh پر تازہ کریں، یا نیا شروع کریں۔",
    zh="会话已过期。请在 /api/chatkit/refresh 续期，或开始新的会话。",
    ja="セッションの期限が切れました。/api/chatkit/refresh で更新するか、新しく始めてください。",
)
SESSION_ENDED: Final = Phrase(
    en="The session has ended. Begin a new one.",
    es="La sesión ha terminado. Empieza una nueva.",
    ur="سیشن ختم ہو گیا ہے۔ نیا شروع کریں۔",
    zh="会话已结束。请开始新的会话。",
    ja="セッションは終了しました。新しく始めてください。",
)
NOTHING_TO_GO_ON_WITH: Final = Phrase(
    en="There is no question in this conversation to go on with.",
    es="No hay ninguna pregunta en esta conversación con la que continuar.",
    ur="اس گفتگو میں کوئی سوال نہیں ہے جس سے آگے بڑھا جائے۔",
    zh="本次对话中没有可以继续的问题。",
    ja="この会話には続けられる質問がありません。",
)
NOTHING_WAITS: Final = Phrase(
    en="No tool of the page is waiting for its output in this conversation.",
    es="Ninguna herramienta de la página espera su resultado en esta conversación.",
    ur="اس گفتگو میں صفحے کا کوئی آلہ اپنے نتیجے کا منتظر نہیں ہے۔",
    zh="本次对话中没有页面工具在等待结果。",
    ja="この会話で結果を待っているページのツールはありません。",
)
BEING_SENT: Final = Phrase(
    en="Something was just being sent in one of the conversations. Please try again.",
    es="Justo se estaba enviando algo en una de las conversaciones. Inténtalo de nuevo, por favor.",
    ur="ایک گفتگو میں ابھی کچھ بھیجا جا رہا تھا۔ براہ کرم دوبارہ کوشش کریں۔",
    zh="其中一个对话正在发送内容。请再试一次。",
    ja="会話の一つで送信中でした。もう一度お試しください。",
)
