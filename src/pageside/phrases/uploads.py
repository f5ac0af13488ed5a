"""Why a file or a recording is not taken."""

from __future__ import annotations

from typing import Final

from pageside.phrases.phrase import Phrase

TAKEN: Final = Phrase(
    en="PNG, JPEG, WebP and GIF images, PDF, plain text and code",
    es="imágenes PNG, JPEG, WebP y GIF, PDF, texto sin formato y código",
    ur="PNG، JPEG، WebP اور GIF تصاویر، PDF، سادہ متن اور کوڈ",
    zh="PNG、JPEG、WebP 和 GIF 图片、PDF、纯文本和代码",
    ja="PNG・JPEG・WebP・GIF の画像、PDF、テキスト、コード",
)
ALREADY_SENT: Final = Phrase(
    en="This file is part of a message already; upload it again to send it again.",
    es="Este archivo ya forma parte de un mensaje; súbelo de nuevo para volver a enviarlo.",
    ur="یہ فائل پہلے ہی ایک پیغام کا حصہ ہے؛ دوبارہ بھیجنے کے لیے اسے دوبارہ اپ لوڈ کریں۔",
    zh="这个文件已经属于一条消息；要再次发送，请重新上传。",
    ja="このファイルはすでにメッセージに含まれています。もう一度送るには、再度アップロードしてください。",
)
ALREADY_UPLOADED: Final = Phrase(
    en="This file has been uploaded already; announce another one to upload again.",
    es="Este archivo ya se ha subido; anuncia otro para subir de nuevo.",
    ur="یہ فائل پہلے ہی اپ لوڈ ہو چکی ہے؛ دوبارہ اپ لوڈ کرنے کے لیے نئی فائل کا اعلان کریں۔",
    zh="这个文件已经上传；要再次上传，请重新登记。",
    ja="このファイルはすでにアップロードされています。もう一度送るには、新しく登録してください。",
)
NO_ATTACHMENTS: Final = Phrase(
    en="This server takes no attachments.",
    es="Este servidor no acepta archivos adjuntos.",
    ur="یہ سرور منسلک فائلیں نہیں لیتا۔",
    zh="这台服务器不接受附件。",
    ja="このサーバーは添付ファイルを受け付けません。",
)
TOO_MANY_WAITING: Final = Phrase(
    en="Too many files wait to be sent; send them, or remove some, and try again.",
    es="Hay demasiados archivos pendientes de enviar; envíalos o quita algunos, e inténtalo de nuevo.",
    ur="بہت زیادہ فائلیں بھیجے جانے کی منتظر ہیں؛ انہیں بھیجیں، یا کچھ ہٹا دیں، اور دوبارہ کوشش کریں۔",
    zh="等待发送的文件太多；请发送或移除一些，然后再试。",
    ja="送信待ちのファイルが多すぎます。送信するか、いくつか外してから、もう一度お試しください。",
)
EMPTY: Final = Phrase(
    en="size: the file is empty.",
    es="El archivo está vacío.",
    ur="فائل خالی ہے۔",
    zh="文件是空的。",
    ja="ファイルが空です。",
)
TOO_LARGE: Final = Phrase(
    en="The file has {size} bytes; at most {most} are taken.",
    es="El archivo ocupa {size} bytes; se aceptan como máximo {most}.",
    ur="فائل {size} بائٹ کی ہے؛ زیادہ سے زیادہ {most} لیے جاتے ہیں۔",
    zh="文件有 {size} 字节，最多接受 {most} 字节。",
    ja="ファイルは {size} バイトですが、{most} バイトまでです。",
)
UPLOAD_TOO_LARGE: Final = Phrase(
    en="The upload is larger than {most} bytes.",
    es="La subida supera los {most} bytes.",
    ur="اپ لوڈ {most} بائٹ سے بڑا ہے۔",
    zh="上传内容超过 {most} 字节。",
    ja="アップロードが {most} バイトを超えています。",
)
STOPPED: Final = Phrase(
    en="The upload stopped in the middle; try again.",
    es="La subida se detuvo a la mitad; inténtalo de nuevo.",
    ur="اپ لوڈ درمیان میں رک گیا؛ دوبارہ کوشش کریں۔",
    zh="上传中途停止；请再试一次。",
    ja="アップロードが途中で止まりました。もう一度お試しください。",
)
BAD_NAME: Final = Phrase(
    en="name: a file needs a name of 1 to {most} characters.",
    es="Un archivo necesita un nombre de 1 a {most} caracteres.",
    ur="فائل کا نام 1 سے {most} حروف کا ہونا چاہیے۔",
    zh="文件名需要 1 到 {most} 个字符。",
    ja="ファイル名は 1 から {most} 文字にしてください。",
)
NOT_TYPE: Final = Phrase(
    en="mime_type: {type!r} is not the type of a {ending} file.",
    es="{type!r} no es el tipo de un archivo {ending}.",
    ur="{type!r} کسی {ending} فائل کی قسم نہیں ہے۔",
    zh="{type!r} 不是 {ending} 文件的类型。",
    ja="{type!r} は {ending} ファイルの種類ではありません。",
)
OTHER_ENDING: Final = Phrase(
    en="name: a file of the type {type!r} has another ending than {name!r}.",
    es="Un archivo del tipo {type!r} termina de otra forma que {name!r}.",
    ur="{type!r} قسم کی فائل کا اختتام {name!r} سے مختلف ہوتا ہے۔",
    zh="{type!r} 类型的文件，扩展名与 {name!r} 不符。",
    ja="{type!r} のファイルの拡張子は {name!r} と異なります。",
)
NOT_TAKEN: Final = Phrase(
    en="mime_type: a {type} file is not taken; {taken} are.",
    es="No se aceptan archivos {type}; sí {taken}.",
    ur="{type} فائل نہیں لی جاتی؛ یہ لیے جاتے ہیں: {taken}۔",
    zh="不接受 {type} 文件；可接受：{taken}。",
    ja="{type} ファイルは受け付けません。受け付けるもの：{taken}。",
)
NOT_PROMISED: Final = Phrase(
    en="The file's content is not {type}.",
    es="El contenido del archivo no es {type}.",
    ur="فائل کا مواد {type} نہیں ہے۔",
    zh="文件内容不是 {type}。",
    ja="ファイルの中身が {type} ではありません。",
)
BUT_OTHER: Final = Phrase(
    en="The file's content is not {type}, but {found}.",
    es="El contenido del archivo no es {type}, sino {found}.",
    ur="فائل کا مواد {type} نہیں بلکہ {found} ہے۔",
    zh="文件内容不是 {type}，而是 {found}。",
    ja="ファイルの中身は {type} ではなく {found} です。",
)
NOT_WHOLE: Final = Phrase(
    en="The file's content is not a whole {type}.",
    es="El contenido del archivo no es un {type} completo.",
    ur="فائل کا مواد مکمل {type} نہیں ہے۔",
    zh="文件内容不是完整的 {type}。",
    ja="ファイルの中身が {type} として完全ではありません。",
)
TOO_MANY_PIXELS: Final = Phrase(
    en="The picture has {width} x {height} pixels; at most {most} million are taken.",
    es="La imagen tiene {width} x {height} píxeles; se aceptan como máximo {most} millones.",
    ur="تصویر {width} x {height} پکسل کی ہے؛ زیادہ سے زیادہ {most} ملین لیے جاتے ہیں۔",
    zh="图片有 {width} x {height} 像素，最多接受 {most} 百万像素。",
    ja="画像は {width} x {height} ピクセルですが、{most} 百万ピクセルまでです。",
)
TOO_MUCH_MOTION: Final = Phrase(
    en="The picture moves through {frames} frames of {pixels} pixels; that is too much.",
    es="La imagen se mueve en {frames} fotogramas de {pixels} píxeles; es demasiado.",
    ur="تصویر {pixels} پکسل کے {frames} فریموں پر مشتمل ہے؛ یہ بہت زیادہ ہے۔",
    zh="图片有 {frames} 帧，每帧 {pixels} 像素，太多了。",
    ja="画像は {pixels} ピクセルのコマが {frames} 枚あり、多すぎます。",
)
NOT_TEXT: Final = Phrase(
    en="The file's content is not text; {taken} are taken.",
    es="El contenido del archivo no es texto; se aceptan {taken}.",
    ur="فائل کا مواد متن نہیں ہے؛ یہ لیے جاتے ہیں: {taken}۔",
    zh="文件内容不是文本；可接受：{taken}。",
    ja="ファイルの中身がテキストではありません。受け付けるもの：{taken}。",
)

# Recordings
NO_DICTATION: Final = Phrase(
    en="This server does not offer input.transcribe: dictation is not available here, so please type your question. "
    "Its operator can turn it on with PAGESIDE_TRANSCRIPTION_MODEL.",
    es="El dictado no está disponible aquí; escribe tu pregunta, por favor. Quien administra el servidor puede activarlo "
    "con PAGESIDE_TRANSCRIPTION_MODEL.",
    ur="املا یہاں دستیاب نہیں ہے، اس لیے براہ کرم اپنا سوال لکھیں۔ اس سرور کا منتظم اسے PAGESIDE_TRANSCRIPTION_MODEL سے چالو کر "
    "سکتا ہے۔",
    zh="这里不能使用听写，请输入你的问题。服务器管理员可以用 PAGESIDE_TRANSCRIPTION_MODEL 启用它。",
    ja="ここでは音声入力を使えません。質問を入力してください。サーバーの管理者は PAGESIDE_TRANSCRIPTION_MODEL で有効にできます。",
)
DICTATION_LATER: Final = Phrase(
    en="Dictation is not available just now. Try again in a moment, or type your question.",
    es="El dictado no está disponible ahora mismo. Inténtalo de nuevo en un momento o escribe tu pregunta.",
    ur="املا ابھی دستیاب نہیں ہے۔ تھوڑی دیر بعد دوبارہ کوشش کریں، یا اپنا سوال لکھیں۔",
    zh="听写暂时不可用。请稍后再试，或输入你的问题。",
    ja="今は音声入力を使えません。少し待ってからもう一度試すか、質問を入力してください。",
)
DICTATION_TOO_SLOW: Final = Phrase(
    en="Dictation took too long. Try again with a shorter recording, or type your question.",
    es="El dictado tardó demasiado. Inténtalo de nuevo con una grabación más corta o escribe tu pregunta.",
    ur="املا میں بہت وقت لگا۔ چھوٹی ریکارڈنگ کے ساتھ دوبارہ کوشش کریں، یا اپنا سوال لکھیں۔",
    zh="听写用时太长。请用更短的录音再试，或输入你的问题。",
    ja="音声入力に時間がかかりすぎました。短い録音でもう一度試すか、質問を入力してください。",
)
NOT_UNDERSTOOD: Final = Phrase(
    en="This recording cannot be understood. Record it again, or type your question.",
    es="Esta grabación no se entiende. Grábala de nuevo o escribe tu pregunta.",
    ur="یہ ریکارڈنگ سمجھی نہیں جا سکتی۔ دوبارہ ریکارڈ کریں، یا اپنا سوال لکھیں۔",
    zh="无法听懂这段录音。请重新录制，或输入你的问题。",
    ja="この録音を聞き取れません。録音し直すか、質問を入力してください。",
)
DICTATION_WRONG: Final = Phrase(
    en="Dictation is set up wrongly on this server; its operator must look at it. Please type your question.",
    es="El dictado está mal configurado en este servidor; quien lo administra debe revisarlo. Escribe tu pregunta, por "
    "favor.",
    ur="اس سرور پر املا غلط ترتیب دیا گیا ہے؛ اس کے منتظم کو اسے دیکھنا ہوگا۔ براہ کرم اپنا سوال لکھیں۔",
    zh="这台服务器的听写设置有误，需要管理员处理。请输入你的问题。",
    ja="このサーバーの音声入力の設定に誤りがあり、管理者の確認が必要です。質問を入力してください。",
)
DICTATION_BUSY: Final = Phrase(
    en="Dictation is busy just now. Try again in a moment, or type your question.",
    es="El dictado está ocupado ahora mismo. Inténtalo de nuevo en un momento o escribe tu pregunta.",
    ur="املا ابھی مصروف ہے۔ تھوڑی دیر بعد دوبارہ کوشش کریں، یا اپنا سوال لکھیں۔",
    zh="听写正忙。请稍后再试，或输入你的问题。",
    ja="音声入力が混み合っています。少し待ってからもう一度試すか、質問を入力してください。",
)
RECORDING_EMPTY: Final = Phrase(
    en="params.audio_base64: the recording is empty.",
    es="La grabación está vacía.",
    ur="ریکارڈنگ خالی ہے۔",
    zh="录音是空的。",
    ja="録音が空です。",
)
RECORDING_TOO_LONG: Final = Phrase(
    en="The recording is too long: at most {most} bytes of audio are taken.",
    es="La grabación es demasiado larga: se aceptan como máximo {most} bytes de audio.",
    ur="ریکارڈنگ بہت لمبی ہے: زیادہ سے زیادہ {most} بائٹ آڈیو لی جاتی ہے۔",
    zh="录音太长：最多接受 {most} 字节的音频。",
    ja="録音が長すぎます。音声は {most} バイトまでです。",
)
