"""What is said around study tasks: headings, lists and their buttons, questions back, and why something cannot be kept."""

from __future__ import annotations

from typing import Final

from pageside.phrases.phrase import Phrase

# Headings
NO_TASKS: Final = Phrase(en="No tasks", es="Ninguna tarea", ur="کوئی کام نہیں", zh="没有任务", ja="タスクはありません")
NO_OPEN: Final = Phrase(
    en="No open tasks",
    es="Ninguna tarea abierta",
    ur="کوئی کھلا کام نہیں",
    zh="没有未完成的任务",
    ja="未完了のタスクはありません",
)
NO_COMPLETED: Final = Phrase(
    en="No completed tasks",
    es="Ninguna tarea completada",
    ur="کوئی مکمل کام نہیں",
    zh="没有已完成的任务",
    ja="完了したタスクはありません",
)
TASKS: Final = Phrase(
    en=("{n} task", "{n} tasks"), es=("{n} tarea", "{n} tareas"), ur="{n} کام", zh="{n} 项任务", ja="タスク {n} 件"
)
OPEN_TASKS: Final = Phrase(
    en=("{n} open task", "{n} open tasks"),
    es=("{n} tarea abierta", "{n} tareas abiertas"),
    ur=("{n} کھلا کام", "{n} کھلے کام"),
    zh="{n} 项未完成的任务",
    ja="未完了のタスク {n} 件",
)
COMPLETED_TASKS: Final = Phrase(
    en=("{n} completed task", "{n} completed tasks"),
    es=("{n} tarea completada", "{n} tareas completadas"),
    ur="{n} مکمل کام",
    zh="{n} 项已完成的任务",
    ja="完了したタスク {n} 件",
)
DELETED_TASKS: Final = Phrase(
    en=("{n} deleted task", "{n} deleted tasks"),
    es=("{n} tarea eliminada", "{n} tareas eliminadas"),
    ur="{n} حذف شدہ کام",
    zh="{n} 项已删除的任务",
    ja="削除したタスク {n} 件",
)
AND_COMPLETED: Final = Phrase(
    en="{n} completed", es=("{n} completada", "{n} completadas"), ur="{n} مکمل", zh="{n} 项已完成", ja="完了 {n} 件"
)
AND_DELETED: Final = Phrase(
    en="{n} deleted", es=("{n} eliminada", "{n} eliminadas"), ur="{n} حذف شدہ", zh="{n} 项已删除", ja="削除済み {n} 件"
)
NEXT: Final = Phrase(
    en="{some}, {more}", es="{some}, {more}", ur="{some}، {more}", zh="{some}，{more}", ja="{some}、{more}"
)
NARROWED: Final = Phrase(
    en="{tasks} {by}", es="{tasks} {by}", ur="{tasks}، {by}", zh="{tasks}，{by}", ja="{tasks}、{by}"
)
WITH: Final = Phrase(en="with {what}", es="con {what}", ur="{what} والے", zh="限{what}", ja="{what}のみ")
TAGGED: Final = Phrase(
    en="tagged {tag}", es="con la etiqueta {tag}", ur="ٹیگ {tag} والے", zh="标签为 {tag}", ja="タグ {tag}"
)
ABOUT: Final = Phrase(
    en='about "{words}"', es='sobre "{words}"', ur='"{words}" کے بارے میں', zh='关于 "{words}"', ja='"{words}" について'
)
DUE_BETWEEN: Final = Phrase(
    en="due {first} to {last}",
    es="para entre {first} y {last}",
    ur="مقررہ تاریخ {first} سے {last} تک",
    zh="截止日期从 {first} 到 {last}",
    ja="期限 {first} から {last}",
)
DUE_FROM: Final = Phrase(
    en="due from {day}",
    es="para {day} o después",
    ur="مقررہ تاریخ {day} یا بعد",
    zh="截止 {day} 或之后",
    ja="期限 {day} 以降",
)
DUE_BY: Final = Phrase(
    en="due by {day}",
    es="para {day} o antes",
    ur="مقررہ تاریخ {day} یا پہلے",
    zh="截止 {day} 或之前",
    ja="期限 {day} まで",
)

# The list
LIST_EMPTY: Final = Phrase(
    en="Nothing is on this list. Say what you want to do, such as “add read chapter 2 for Friday”.",
    es="No hay nada en esta lista. Escribe lo que quieres hacer, por ejemplo “add read chapter 2 for Friday”.",
    ur="اس فہرست میں کچھ نہیں ہے۔ لکھیں کہ آپ کیا کرنا چاہتے ہیں، مثلاً “add read chapter 2 for Friday”۔",
    zh="这个列表是空的。请写出你想做的事，例如“add read chapter 2 for Friday”。",
    ja="このリストには何もありません。やりたいことを、たとえば“add read chapter 2 for Friday”のように書いてください。",
)
NOT_SHOWN: Final = Phrase(
    en="{count} more are not shown. Ask for some of them, such as “what is due this week?”",
    es="No se muestran {count} más. Pregunta por algunas, por ejemplo “what is due this week?”",
    ur="{count} مزید نہیں دکھائے گئے۔ ان میں سے کچھ کے بارے میں پوچھیں، مثلاً “what is due this week?”",
    zh="还有 {count} 项没有显示。可以询问其中一部分，例如“what is due this week?”",
    ja="ほかに {count} 件あります。“what is due this week?”のように一部をたずねてください。",
)
TITLE_OF: Final = Phrase(
    en="Title of task #{number}",
    es="Título de la tarea #{number}",
    ur="کام #{number} کا عنوان",
    zh="任务 #{number} 的标题",
    ja="タスク #{number} の題名",
)
IT_WAS: Final = Phrase(
    en="It was “{before}”.",
    es="Era “{before}”.",
    ur="یہ “{before}” تھا۔",
    zh="原为“{before}”。",
    ja="元は“{before}”でした。",
)
UNDO: Final = Phrase(en="Undo", es="Deshacer", ur="واپس لیں", zh="撤销", ja="元に戻す")
SAVE: Final = Phrase(en="Save", es="Guardar", ur="محفوظ کریں", zh="保存", ja="保存")
CANCEL: Final = Phrase(en="Cancel", es="Cancelar", ur="منسوخ کریں", zh="取消", ja="キャンセル")
RENAME: Final = Phrase(en="Rename", es="Renombrar", ur="نام بدلیں", zh="重命名", ja="名前を変更")
DELETE: Final = Phrase(en="Delete", es="Eliminar", ur="حذف کریں", zh="删除", ja="削除")
SHOW: Final = Phrase(en="Show", es="Mostrar", ur="دکھائیں", zh="显示", ja="表示")
OPEN: Final = Phrase(en="Open", es="Abiertas", ur="کھلے", zh="未完成", ja="未完了")
COMPLETED: Final = Phrase(en="Completed", es="Completadas", ur="مکمل", zh="已完成", ja="完了")
ALL: Final = Phrase(en="All", es="Todas", ur="تمام", zh="全部", ja="すべて")

# Questions
YES: Final = Phrase(en="Yes", es="Sí", ur="ہاں", zh="是", ja="はい")
NO: Final = Phrase(en="No", es="No", ur="نہیں", zh="否", ja="いいえ")
HELP: Final = Phrase(
    en="I answer questions from the book, and keep your study tasks. You can say, for example:",
    es="Respondo a preguntas con el libro y llevo tus tareas de estudio. Puedes escribir, por ejemplo:",
    ur="میں کتاب سے سوالوں کے جواب دیتا ہوں، اور آپ کے مطالعے کے کام یاد رکھتا ہوں۔ مثال کے طور پر آپ لکھ سکتے ہیں:",
    zh="我根据这本书回答问题，并帮你管理学习任务。例如，你可以写：",
    ja="本にもとづいて質問に答え、学習タスクを管理します。たとえば次のように書けます：",
)
UNSURE: Final = Phrase(
    en="I am not sure what you want done with your tasks. Say it in other words, with the number of the task, such as "
    '"complete task 2", or ask "what can you do with tasks?".',
    es="No estoy seguro de qué quieres hacer con tus tareas. Dilo con otras palabras y con el número de la tarea, por "
    'ejemplo "complete task 2", o pregunta "what can you do with tasks?".',
    ur="مجھے یقین نہیں کہ آپ اپنے کاموں کے ساتھ کیا کرنا چاہتے ہیں۔ کام کے نمبر کے ساتھ دوسرے الفاظ میں لکھیں، مثلاً "
    '"complete task 2"، یا پوچھیں "what can you do with tasks?"۔',
    zh='我不确定你想对任务做什么。请换一种说法并写出任务编号，例如 "complete task 2"，或者问 "what can you do with tasks?"。',
    ja='タスクをどうしたいのか分かりません。番号を付けて別の言葉で、たとえば "complete task 2" と書くか、'
    '"what can you do with tasks?" とたずねてください。',
)
ONE_BY_ONE: Final = Phrase(
    en="I am not sure which tasks you mean, so nothing was changed. Say it one by one, with their numbers, such as "
    '"complete #2".',
    es="No estoy seguro de a qué tareas te refieres, así que no se cambió nada. Dilo una por una, con sus números, por "
    'ejemplo "complete #2".',
    ur="مجھے یقین نہیں کہ آپ کی مراد کون سے کام ہیں، اس لیے کچھ تبدیل نہیں کیا گیا۔ ایک ایک کر کے ان کے نمبروں کے ساتھ لکھیں، مثلاً "
    '"complete #2"۔',
    zh='我不确定你指的是哪些任务，所以没有做任何更改。请逐个写出编号，例如 "complete #2"。',
    ja='どのタスクのことか分からないため、何も変更していません。"complete #2" のように番号を付けて一つずつ書いてください。',
)
NOT_FOUND: Final = Phrase(
    en="I found no task like that.",
    es="No he encontrado ninguna tarea así.",
    ur="مجھے ایسا کوئی کام نہیں ملا۔",
    zh="我没有找到这样的任务。",
    ja="そのようなタスクは見つかりませんでした。",
)
WHICH_FINISHED: Final = Phrase(
    en="Which task have you finished?",
    es="¿Qué tarea has terminado?",
    ur="آپ نے کون سا کام مکمل کیا ہے؟",
    zh="你完成了哪项任务？",
    ja="どのタスクが終わりましたか？",
)
WHICH_TO_DELETE: Final = Phrase(
    en="Which task shall I delete?",
    es="¿Qué tarea elimino?",
    ur="میں کون سا کام حذف کروں؟",
    zh="要删除哪项任务？",
    ja="どのタスクを削除しますか？",
)
WHICH_TO_BRING_BACK: Final = Phrase(
    en="Which task shall I bring back?",
    es="¿Qué tarea recupero?",
    ur="میں کون سا کام واپس لاؤں؟",
    zh="要恢复哪项任务？",
    ja="どのタスクを元に戻しますか？",
)
WHICH: Final = Phrase(
    en="Which task do you mean?",
    es="¿A qué tarea te refieres?",
    ur="آپ کی مراد کون سا کام ہے؟",
    zh="你指的是哪项任务？",
    ja="どのタスクのことですか？",
)
NOTHING_DELETED: Final = Phrase(
    en="Nothing was deleted in the last 30 days. What shall I do instead?",
    es="No se ha eliminado nada en los últimos 30 días. ¿Qué hago en su lugar?",
    ur="پچھلے 30 دنوں میں کچھ حذف نہیں کیا گیا۔ اس کے بجائے میں کیا کروں؟",
    zh="最近 30 天内没有删除过任何任务。要我做什么？",
    ja="この 30 日間に削除されたものはありません。代わりに何をしましょうか？",
)
NO_SUCH: Final = Phrase(
    en="You have no such task. What shall I do instead?",
    es="No tienes ninguna tarea así. ¿Qué hago en su lugar?",
    ur="آپ کا ایسا کوئی کام نہیں ہے۔ اس کے بجائے میں کیا کروں؟",
    zh="你没有这样的任务。要我做什么？",
    ja="そのようなタスクはありません。代わりに何をしましょうか？",
)
SHALL_I: Final = Phrase(
    en="Shall I {wishes}? Say yes or no.",
    es="¿Debo {wishes}? Responde sí o no.",
    ur="کیا میں {wishes}؟ ہاں یا نہیں لکھیں۔",
    zh="要{wishes}吗？请回答是或否。",
    ja="次の操作をしてよいですか：{wishes}。はい、またはいいえで答えてください。",
)
ONCE_MORE: Final = Phrase(
    en="You asked for this before. Shall I {wishes} once more? Say yes or no.",
    es="Ya lo pediste antes. ¿Debo {wishes} otra vez? Responde sí o no.",
    ur="آپ نے یہ پہلے بھی کہا تھا۔ کیا میں پھر سے {wishes}؟ ہاں یا نہیں لکھیں۔",
    zh="你之前已经要求过。要再次{wishes}吗？请回答是或否。",
    ja="これは前にも頼まれています。もう一度、次の操作をしてよいですか：{wishes}。はい、またはいいえで答えてください。",
)
TO_ADD: Final = Phrase(
    en="add {title} to your tasks",
    es="añadir {title} a tus tareas",
    ur="{title} کو آپ کے کاموں میں شامل کروں",
    zh="把 {title} 加到你的任务中",
    ja="{title} の追加",
)
TO_COMPLETE: Final = Phrase(
    en="mark {tasks} as done",
    es="marcar {tasks} como hecho",
    ur="{tasks} کو مکمل نشان زد کروں",
    zh="把 {tasks} 标为完成",
    ja="{tasks} の完了",
)
TO_DELETE: Final = Phrase(
    en="delete {tasks}", es="eliminar {tasks}", ur="{tasks} کو حذف کروں", zh="删除 {tasks}", ja="{tasks} の削除"
)
TO_BRING_BACK: Final = Phrase(
    en="bring back {tasks}", es="recuperar {tasks}", ur="{tasks} کو واپس لاؤں", zh="恢复 {tasks}", ja="{tasks} の復元"
)
TO_UNDO: Final = Phrase(
    en="undo what was done last",
    es="deshacer lo último que se hizo",
    ur="آخری عمل کو واپس لوں",
    zh="撤销上一步操作",
    ja="直前の操作の取り消し",
)
TO_CHANGE: Final = Phrase(
    en="change {tasks}", es="cambiar {tasks}", ur="{tasks} کو تبدیل کروں", zh="更改 {tasks}", ja="{tasks} の変更"
)
IT: Final = Phrase(en="it", es="esa tarea", ur="اس", zh="它", ja="それ")
OTHERS: Final = Phrase(
    en="{tasks} and {count} more",
    es="{tasks} y {count} más",
    ur="{tasks} اور {count} مزید",
    zh="{tasks} 等另外 {count} 项",
    ja="{tasks} ほか {count} 件",
)
REMIND_OF_WHAT: Final = Phrase(
    en="What shall I remind you of?",
    es="¿Qué quieres que te recuerde?",
    ur="میں آپ کو کیا یاد دلاؤں؟",
    zh="要提醒你什么？",
    ja="何をお知らせしますか？",
)
ADD_WHAT: Final = Phrase(
    en="What shall I add?", es="¿Qué añado?", ur="میں کیا شامل کروں؟", zh="要添加什么？", ja="何を追加しますか？"
)
SHALL_I_ADD: Final = Phrase(
    en="Shall I add “{title}” to your tasks?",
    es="¿Añado “{title}” a tus tareas?",
    ur="کیا میں “{title}” کو آپ کے کاموں میں شامل کروں؟",
    zh="要把“{title}”加到你的任务中吗？",
    ja="“{title}”をタスクに追加しますか？",
)
CALLED_WHAT: Final = Phrase(
    en="What shall it be called?",
    es="¿Cómo debe llamarse?",
    ur="اس کا نام کیا ہو؟",
    zh="要改成什么名字？",
    ja="どんな名前にしますか？",
)
MOVED_TO: Final = Phrase(
    en="To which day shall I move it?",
    es="¿A qué día la muevo?",
    ur="میں اسے کس دن پر منتقل کروں؟",
    zh="要移到哪一天？",
    ja="どの日に移しますか？",
)
WHICH_DAY: Final = Phrase(
    en="To which day?", es="¿A qué día?", ur="کس دن پر؟", zh="移到哪一天？", ja="どの日にしますか？"
)
CHANGED_HOW: Final = Phrase(
    en="What shall be changed of it, and to what?",
    es="¿Qué hay que cambiar de ella, y a qué?",
    ur="اس میں کیا بدلنا ہے، اور کس سے؟",
    zh="要改动什么，改成什么？",
    ja="何をどう変更しますか？",
)

# Why something cannot be kept
NO_SUCH_NUMBER: Final = Phrase(
    en="You have no task #{number}.",
    es="No tienes ninguna tarea #{number}.",
    ur="آپ کا کوئی کام #{number} نہیں ہے۔",
    zh="你没有任务 #{number}。",
    ja="タスク #{number} はありません。",
)
NOTHING_TO_UNDO: Final = Phrase(
    en="There is nothing to undo.",
    es="No hay nada que deshacer.",
    ur="واپس لینے کے لیے کچھ نہیں ہے۔",
    zh="没有可以撤销的操作。",
    ja="取り消すものはありません。",
)
NO_CHANGE_SAID: Final = Phrase(
    en="Nothing to change was said: give a title, a description, a date, a priority or tags.",
    es="No se dijo qué cambiar: indica un título, una descripción, una fecha, una prioridad o etiquetas.",
    ur="نہیں بتایا گیا کہ کیا بدلنا ہے: عنوان، تفصیل، تاریخ، اہمیت یا ٹیگ بتائیں۔",
    zh="没有说明要更改什么：请给出标题、说明、日期、优先级或标签。",
    ja="変更する内容がありません。題名、説明、日付、優先度、またはタグを書いてください。",
)
TITLE_NEEDED: Final = Phrase(
    en="A task needs a title.",
    es="Una tarea necesita un título.",
    ur="کام کے لیے عنوان ضروری ہے۔",
    zh="任务需要标题。",
    ja="タスクには題名が必要です。",
)
TITLE_EMPTY: Final = Phrase(
    en="The title is empty: say what is to be done.",
    es="El título está vacío: di qué hay que hacer.",
    ur="عنوان خالی ہے: لکھیں کہ کیا کرنا ہے۔",
    zh="标题是空的：请写出要做什么。",
    ja="題名が空です。何をするのか書いてください。",
)
TITLE_TOO_LONG: Final = Phrase(
    en="The title is {length} characters long; at most {most} are kept. Shorten it; the description has room for the "
    "rest.",
    es="El título tiene {length} caracteres; se guardan como máximo {most}. Acórtalo; en la descripción cabe el resto.",
    ur="عنوان {length} حروف کا ہے؛ زیادہ سے زیادہ {most} رکھے جاتے ہیں۔ اسے مختصر کریں؛ باقی کے لیے تفصیل میں جگہ ہے۔",
    zh="标题有 {length} 个字符，最多保存 {most} 个。请缩短；其余内容可以写在说明里。",
    ja="題名は {length} 文字ですが、{most} 文字までです。短くしてください。残りは説明に書けます。",
)
TOO_LONG: Final = Phrase(
    en="The {what} is {length} characters long; at most {most} are kept. Shorten it.",
    es="Hay {length} caracteres en la {what}; se guardan como máximo {most}. Acórtala.",
    ur="{what} {length} حروف کی ہے؛ زیادہ سے زیادہ {most} رکھے جاتے ہیں۔ اسے مختصر کریں۔",
    zh="{what}有 {length} 个字符，最多保存 {most} 个。请缩短。",
    ja="{what}は {length} 文字ですが、{most} 文字までです。短くしてください。",
)
DESCRIPTION: Final = Phrase(en="description", es="descripción", ur="تفصیل", zh="说明", ja="説明")
TAG_NAME: Final = Phrase(en="tag", es="etiqueta", ur="ٹیگ", zh="标签", ja="タグ")
TAG_EMPTY: Final = Phrase(
    en="A tag is empty: give each a word, or leave it out.",
    es="Hay una etiqueta vacía: da una palabra a cada una, o quítala.",
    ur="ایک ٹیگ خالی ہے: ہر ایک کو کوئی لفظ دیں، یا اسے چھوڑ دیں۔",
    zh="有一个标签是空的：请写上文字，或者去掉它。",
    ja="空のタグがあります。言葉を入れるか、外してください。",
)
TOO_MANY_TAGS: Final = Phrase(
    en="{count} tags are too many; at most {most} are kept. Leave some out.",
    es="{count} etiquetas son demasiadas; se guardan como máximo {most}. Quita algunas.",
    ur="{count} ٹیگ بہت زیادہ ہیں؛ زیادہ سے زیادہ {most} رکھے جاتے ہیں۔ کچھ چھوڑ دیں۔",
    zh="{count} 个标签太多了，最多保存 {most} 个。请去掉一些。",
    ja="タグ {count} 個は多すぎます。{most} 個までです。いくつか外してください。",
)
TOO_MANY_TASKS: Final = Phrase(
    en="You have {count} tasks, and at most {most} are kept; delete some first.",
    es="Tienes {count} tareas y se guardan como máximo {most}; elimina algunas primero.",
    ur="آپ کے {count} کام ہیں، اور زیادہ سے زیادہ {most} رکھے جاتے ہیں؛ پہلے کچھ حذف کریں۔",
    zh="你有 {count} 项任务，最多保存 {most} 项；请先删除一些。",
    ja="タスクが {count} 件あり、{most} 件までです。先にいくつか削除してください。",
)
