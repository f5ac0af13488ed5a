"""What readers are told where an answer fails or ends before its end."""

from __future__ import annotations

from typing import Final

from pageside.phrases.phrase import Phrase

UNREACHABLE: Final = Phrase(
    en="The language model cannot be reached just now. Try again in a moment.",
    es="Ahora mismo no se puede acceder al modelo de lenguaje. Inténtalo de nuevo en un momento.",
    ur="زبان کے ماڈل تک ابھی رسائی نہیں ہو سکتی۔ تھوڑی دیر بعد دوبارہ کوشش کریں۔",
    zh="目前无法连接语言模型。请稍后再试。",
    ja="今は言語モデルに接続できません。少し待ってからもう一度お試しください。",
)
MODEL_BROKE_OFF: Final = Phrase(
    en="The language model broke off. Try again.",
    es="El modelo de lenguaje se interrumpió. Inténtalo de nuevo.",
    ur="زبان کا ماڈل درمیان میں رک گیا۔ دوبارہ کوشش کریں۔",
    zh="语言模型中断了。请再试一次。",
    ja="言語モデルが途中で止まりました。もう一度お試しください。",
)
MODEL_FAILED: Final = Phrase(
    en="The language model failed to answer. Try again in a moment.",
    es="El modelo de lenguaje no pudo responder. Inténtalo de nuevo en un momento.",
    ur="زبان کا ماڈل جواب نہیں دے سکا۔ تھوڑی دیر بعد دوبارہ کوشش کریں۔",
    zh="语言模型没能回答。请稍后再试。",
    ja="言語モデルが回答できませんでした。少し待ってからもう一度お試しください。",
)
MODEL_TOO_SLOW: Final = Phrase(
    en="The language model took too long to answer. Try again in a moment.",
    es="El modelo de lenguaje tardó demasiado en responder. Inténtalo de nuevo en un momento.",
    ur="زبان کے ماڈل نے جواب دینے میں بہت وقت لیا۔ تھوڑی دیر بعد دوبارہ کوشش کریں۔",
    zh="语言模型回答用时太长。请稍后再试。",
    ja="言語モデルの回答に時間がかかりすぎました。少し待ってからもう一度お試しください。",
)
MODEL_LOST: Final = Phrase(
    en="The language model searched without coming to an answer. Ask in other words.",
    es="El modelo de lenguaje buscó sin llegar a una respuesta. Pregunta con otras palabras.",
    ur="زبان کا ماڈل تلاش کرتا رہا مگر کسی جواب تک نہیں پہنچا۔ دوسرے الفاظ میں پوچھیں۔",
    zh="语言模型搜索后仍没有得出答案。请换一种说法。",
    ja="言語モデルは検索しましたが、答えに至りませんでした。別の言葉で質問してください。",
)
KEY_REFUSED: Final = Phrase(
    en="The language model refuses this server's key. Its operator must set a valid one.",
    es="El modelo de lenguaje rechaza la clave de este servidor. Quien lo administra debe poner una válida.",
    ur="زبان کا ماڈل اس سرور کی کلید قبول نہیں کرتا۔ اس کے منتظم کو درست کلید لگانی ہوگی۔",
    zh="语言模型拒绝了这台服务器的密钥。管理员需要设置有效的密钥。",
    ja="言語モデルがこのサーバーの鍵を拒否しました。管理者が有効な鍵を設定する必要があります。",
)
NO_SUCH_MODEL: Final = Phrase(
    en="The language model that is set does not exist at its endpoint. The operator must name another.",
    es="El modelo de lenguaje configurado no existe en su servicio. Quien administra el servidor debe indicar otro.",
    ur="مقرر کردہ زبان کا ماڈل اپنے مقام پر موجود نہیں ہے۔ منتظم کو کوئی اور ماڈل بتانا ہوگا۔",
    zh="所设置的语言模型不存在。管理员需要指定另一个。",
    ja="設定された言語モデルは存在しません。管理者が別のモデルを指定する必要があります。",
)
MODEL_BUSY: Final = Phrase(
    en="The language model is busy or its allowance is used up. Try again in a moment.",
    es="El modelo de lenguaje está ocupado o su cupo se ha agotado. Inténtalo de nuevo en un momento.",
    ur="زبان کا ماڈل مصروف ہے یا اس کی حد پوری ہو چکی ہے۔ تھوڑی دیر بعد دوبارہ کوشش کریں۔",
    zh="语言模型正忙或额度已用完。请稍后再试。",
    ja="言語モデルが混み合っているか、利用枠を使い切っています。少し待ってからもう一度お試しください。",
)
MODEL_BUSY_FOR: Final = Phrase(
    en="The language model is busy or its allowance is used up. Try again in {seconds} seconds.",
    es="El modelo de lenguaje está ocupado o su cupo se ha agotado. Inténtalo de nuevo dentro de {seconds} segundos.",
    ur="زبان کا ماڈل مصروف ہے یا اس کی حد پوری ہو چکی ہے۔ {seconds} سیکنڈ بعد دوبارہ کوشش کریں۔",
    zh="语言模型正忙或额度已用完。请在 {seconds} 秒后再试。",
    ja="言語モデルが混み合っているか、利用枠を使い切っています。{seconds} 秒後にもう一度お試しください。",
)
NOT_ACCEPTED: Final = Phrase(
    en="The language model did not accept the question. It may be too long: try a shorter one.",
    es="El modelo de lenguaje no aceptó la pregunta. Puede que sea demasiado larga: prueba con una más corta.",
    ur="زبان کے ماڈل نے سوال قبول نہیں کیا۔ شاید وہ بہت لمبا ہے: مختصر سوال آزمائیں۔",
    zh="语言模型没有接受这个问题。问题可能太长：请缩短后再试。",
    ja="言語モデルが質問を受け付けませんでした。長すぎる可能性があります。短くしてお試しください。",
)
EMPTY_ANSWER: Final = Phrase(
    en="The language model gave an empty answer. Try again.",
    es="El modelo de lenguaje dio una respuesta vacía. Inténtalo de nuevo.",
    ur="زبان کے ماڈل نے خالی جواب دیا۔ دوبارہ کوشش کریں۔",
    zh="语言模型给出了空的回答。请再试一次。",
    ja="言語モデルの回答が空でした。もう一度お試しください。",
)
ENDED_EARLY: Final = Phrase(
    en="The answer ended early. Try again.",
    es="La respuesta terminó antes de tiempo. Inténtalo de nuevo.",
    ur="جواب وقت سے پہلے ختم ہو گیا۔ دوبارہ کوشش کریں۔",
    zh="回答提前结束了。请再试一次。",
    ja="回答が途中で終わりました。もう一度お試しください。",
)
BROKE_OFF: Final = Phrase(
    en="The answer broke off. Please try again.",
    es="La respuesta se interrumpió. Inténtalo de nuevo, por favor.",
    ur="جواب درمیان میں رک گیا۔ براہ کرم دوبارہ کوشش کریں۔",
    zh="回答中断了。请再试一次。",
    ja="回答が途切れました。もう一度お試しください。",
)
TOO_LONG: Final = Phrase(
    en="The answer grew too long and was stopped.",
    es="La respuesta se hizo demasiado larga y se detuvo.",
    ur="جواب بہت لمبا ہو گیا اور روک دیا گیا۔",
    zh="回答太长，已被停止。",
    ja="回答が長くなりすぎたため、停止しました。",
)
NO_ANSWER: Final = Phrase(
    en="The model gave no answer. Please try again.",
    es="El modelo no dio ninguna respuesta. Inténtalo de nuevo, por favor.",
    ur="ماڈل نے کوئی جواب نہیں دیا۔ براہ کرم دوبارہ کوشش کریں۔",
    zh="模型没有给出回答。请再试一次。",
    ja="モデルが回答しませんでした。もう一度お試しください。",
)
TOO_SLOW: Final = Phrase(
    en="The answer took too long. Please try again.",
    es="La respuesta tardó demasiado. Inténtalo de nuevo, por favor.",
    ur="جواب میں بہت وقت لگا۔ براہ کرم دوبارہ کوشش کریں۔",
    zh="回答用时太长。请再试一次。",
    ja="回答に時間がかかりすぎました。もう一度お試しください。",
)
INTERRUPTED: Final = Phrase(
    en="The answer was interrupted. Please try again.",
    es="La respuesta fue interrumpida. Inténtalo de nuevo, por favor.",
    ur="جواب میں خلل آ گیا۔ براہ کرم دوبارہ کوشش کریں۔",
    zh="回答被中断了。请再试一次。",
    ja="回答が中断されました。もう一度お試しください。",
)
RESTARTING_CUT: Final = Phrase(
    en="The server is restarting and the answer was cut short. Please try again in a moment.",
    es="El servidor se está reiniciando y la respuesta quedó cortada. Inténtalo de nuevo en un momento, por favor.",
    ur="سرور دوبارہ شروع ہو رہا ہے اور جواب ادھورا رہ گیا۔ براہ کرم تھوڑی دیر بعد دوبارہ کوشش کریں۔",
    zh="服务器正在重启，回答被截断。请稍后再试。",
    ja="サーバーが再起動中のため、回答が途中で終わりました。少し待ってからもう一度お試しください。",
)
RESTARTING: Final = Phrase(
    en="The server is restarting. Please try again in a moment.",
    es="El servidor se está reiniciando. Inténtalo de nuevo en un momento, por favor.",
    ur="سرور دوبارہ شروع ہو رہا ہے۔ براہ کرم تھوڑی دیر بعد دوبارہ کوشش کریں۔",
    zh="服务器正在重启。请稍后再试。",
    ja="サーバーが再起動中です。少し待ってからもう一度お試しください。",
)
WENT_WRONG: Final = Phrase(
    en="Something went wrong while answering. Please try again.",
    es="Algo salió mal al responder. Inténtalo de nuevo, por favor.",
    ur="جواب دیتے ہوئے کچھ غلط ہو گیا۔ براہ کرم دوبارہ کوشش کریں۔",
    zh="回答时出了问题。请再试一次。",
    ja="回答中に問題が起きました。もう一度お試しください。",
)
WENT_WRONG_AS: Final = Phrase(
    en="Something went wrong while answering. Please try again. If it keeps happening, mention {id}.",
    es="Algo salió mal al responder. Inténtalo de nuevo, por favor. Si vuelve a ocurrir, menciona {id}.",
    ur="جواب دیتے ہوئے کچھ غلط ہو گیا۔ براہ کرم دوبارہ کوشش کریں۔ اگر ایسا بار بار ہو تو {id} کا حوالہ دیں۔",
    zh="回答时出了问题。请再试一次。如果一再发生，请提及 {id}。",
    ja="回答中に問題が起きました。もう一度お試しください。続く場合は {id} とお知らせください。",
)
WENT_WRONG_HERE: Final = Phrase(
    en="Something went wrong on the server. It has been logged.",
    es="Algo salió mal en el servidor. Ha quedado registrado.",
    ur="سرور پر کچھ غلط ہو گیا۔ اسے درج کر لیا گیا ہے۔",
    zh="服务器出了问题。已记录下来。",
    ja="サーバーで問題が起きました。記録されています。",
)
CUT_SHORT: Final = Phrase(
    en="\n\n*(The answer was interrupted here. Please try again.)*",
    es="\n\n*(La respuesta se interrumpió aquí. Inténtalo de nuevo, por favor.)*",
    ur="\n\n*(جواب یہاں رک گیا۔ براہ کرم دوبارہ کوشش کریں۔)*",
    zh="\n\n*（回答在此中断。请再试一次。）*",
    ja="\n\n*（回答はここで中断されました。もう一度お試しください。）*",
)
NOTHING_SAID: Final = Phrase(
    en="*(The answer was interrupted before its first word. Please try again.)*",
    es="*(La respuesta se interrumpió antes de su primera palabra. Inténtalo de nuevo, por favor.)*",
    ur="*(جواب پہلے لفظ سے پہلے ہی رک گیا۔ براہ کرم دوبارہ کوشش کریں۔)*",
    zh="*（回答在第一个字之前就中断了。请再试一次。）*",
    ja="*（回答は最初の言葉の前に中断されました。もう一度お試しください。）*",
)
