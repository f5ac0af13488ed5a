"""What is said of study tasks: what was done with them, what must be asked, and lists of them.

What readers may write is quoted in English where only the rules understand it, whatever the language around it.
"""

from __future__ import annotations

from typing import Final

from pageside.phrases.phrase import Phrase

# What was done
CREATED: Final = Phrase(
    en="Task #{number} created: {title}",
    es="Tarea #{number} creada: {title}",
    ur="کام #{number} بنایا گیا: {title}",
    zh="任务 #{number} 已创建：{title}",
    ja="タスク #{number} を作成しました：{title}",
)
COMPLETED: Final = Phrase(
    en="Task #{number} completed: {title}",
    es="Tarea #{number} completada: {title}",
    ur="کام #{number} مکمل ہوا: {title}",
    zh="任务 #{number} 已完成：{title}",
    ja="タスク #{number} を完了しました：{title}",
)
COMPLETED_BEFORE: Final = Phrase(
    en="Task #{number} was completed already: {title}",
    es="La tarea #{number} ya estaba completada: {title}",
    ur="کام #{number} پہلے ہی مکمل تھا: {title}",
    zh="任务 #{number} 之前已经完成：{title}",
    ja="タスク #{number} はすでに完了しています：{title}",
)
REOPENED: Final = Phrase(
    en="Task #{number} reopened: {title}",
    es="Tarea #{number} reabierta: {title}",
    ur="کام #{number} دوبارہ کھولا گیا: {title}",
    zh="任务 #{number} 已重新打开：{title}",
    ja="タスク #{number} を再開しました：{title}",
)
DELETED: Final = Phrase(
    en="Task #{number} deleted: {title}",
    es="Tarea #{number} eliminada: {title}",
    ur="کام #{number} حذف کیا گیا: {title}",
    zh="任务 #{number} 已删除：{title}",
    ja="タスク #{number} を削除しました：{title}",
)
CHANGED: Final = Phrase(
    en="Task #{number} changed: {title}",
    es="Tarea #{number} cambiada: {title}",
    ur="کام #{number} تبدیل کیا گیا: {title}",
    zh="任务 #{number} 已更改：{title}",
    ja="タスク #{number} を変更しました：{title}",
)
RENAMED: Final = Phrase(
    en="Task #{number} renamed: {before} → {after}",
    es="Tarea #{number} renombrada: {before} → {after}",
    ur="کام #{number} کا نام بدلا گیا: {before} → {after}",
    zh="任务 #{number} 已重命名：{before} → {after}",
    ja="タスク #{number} の名前を変えました：{before} → {after}",
)
TAKEN_OFF: Final = Phrase(
    en="Task #{number} taken off your list again: {title}",
    es="Tarea #{number} quitada de nuevo de tu lista: {title}",
    ur="کام #{number} آپ کی فہرست سے پھر ہٹا دیا گیا: {title}",
    zh="任务 #{number} 已从你的列表中撤回：{title}",
    ja="タスク #{number} をリストから取り消しました：{title}",
)
BACK: Final = Phrase(
    en="Task #{number} is back: {title}",
    es="La tarea #{number} ha vuelto: {title}",
    ur="کام #{number} واپس آ گیا: {title}",
    zh="任务 #{number} 已回到列表：{title}",
    ja="タスク #{number} が戻りました：{title}",
)
BROUGHT_BACK: Final = Phrase(
    en="Task #{number} brought back: {title}",
    es="Tarea #{number} recuperada: {title}",
    ur="کام #{number} واپس لایا گیا: {title}",
    zh="任务 #{number} 已恢复：{title}",
    ja="タスク #{number} を元に戻しました：{title}",
)
TITLE_BACK: Final = Phrase(
    en="Task #{number} has its title back: {before} → {after}",
    es="La tarea #{number} recupera su título: {before} → {after}",
    ur="کام #{number} کا پرانا عنوان واپس آ گیا: {before} → {after}",
    zh="任务 #{number} 已恢复原标题：{before} → {after}",
    ja="タスク #{number} の題名を元に戻しました：{before} → {after}",
)
OPEN_AGAIN: Final = Phrase(
    en="Task #{number} is open again: {title}",
    es="La tarea #{number} vuelve a estar abierta: {title}",
    ur="کام #{number} پھر سے کھلا ہے: {title}",
    zh="任务 #{number} 又是未完成：{title}",
    ja="タスク #{number} は再び未完了です：{title}",
)
COMPLETED_AGAIN: Final = Phrase(
    en="Task #{number} is completed again: {title}",
    es="La tarea #{number} vuelve a estar completada: {title}",
    ur="کام #{number} پھر سے مکمل ہے: {title}",
    zh="任务 #{number} 又是已完成：{title}",
    ja="タスク #{number} は再び完了です：{title}",
)
AS_BEFORE: Final = Phrase(
    en="Task #{number} is as it was before: {title}",
    es="La tarea #{number} está como antes: {title}",
    ur="کام #{number} پہلے جیسا ہے: {title}",
    zh="任务 #{number} 已恢复原状：{title}",
    ja="タスク #{number} は元のとおりです：{title}",
)
UNDONE: Final = Phrase(en="Undone.", es="Deshecho.", ur="واپس لے لیا گیا۔", zh="已撤销。", ja="取り消しました。")
UNDONE_NOTHING: Final = Phrase(
    en="Undone: nothing had changed.",
    es="Deshecho: nada había cambiado.",
    ur="واپس لے لیا گیا: کچھ نہیں بدلا تھا۔",
    zh="已撤销：没有任何更改。",
    ja="取り消しました：変更はありませんでした。",
)
UNDO_IT: Final = Phrase(
    en='Say "undo" to bring it back.',
    es='Escribe "undo" para recuperarla.',
    ur='اسے واپس لانے کے لیے "undo" لکھیں۔',
    zh='输入 "undo" 即可恢复。',
    ja='元に戻すには "undo" と書いてください。',
)
UNDO_ALL: Final = Phrase(
    en='Say "undo" to bring back what was before.',
    es='Escribe "undo" para recuperar lo que había antes.',
    ur='پہلے کی حالت واپس لانے کے لیے "undo" لکھیں۔',
    zh='输入 "undo" 即可恢复到之前的状态。',
    ja='前の状態に戻すには "undo" と書いてください。',
)
AND_MORE: Final = Phrase(
    en="and {count} more.", es="y {count} más.", ur="اور {count} مزید۔", zh="另有 {count} 项。", ja="ほか {count} 件。"
)
NOTHING_CHANGED: Final = Phrase(
    en="Nothing was changed.",
    es="No se cambió nada.",
    ur="کچھ تبدیل نہیں کیا گیا۔",
    zh="没有任何更改。",
    ja="何も変更していません。",
)

# What a button did
JUST_COMPLETED: Final = Phrase(
    en="#{number} completed",
    es="#{number} completada",
    ur="#{number} مکمل ہوا",
    zh="#{number} 已完成",
    ja="#{number} を完了",
)
JUST_REOPENED: Final = Phrase(
    en="#{number} reopened",
    es="#{number} reabierta",
    ur="#{number} دوبارہ کھولا گیا",
    zh="#{number} 已重新打开",
    ja="#{number} を再開",
)
JUST_RENAMED: Final = Phrase(
    en="#{number} renamed",
    es="#{number} renombrada",
    ur="#{number} کا نام بدلا گیا",
    zh="#{number} 已重命名",
    ja="#{number} の名前を変更",
)
JUST_DELETED: Final = Phrase(
    en="#{number} deleted",
    es="#{number} eliminada",
    ur="#{number} حذف کیا گیا",
    zh="#{number} 已删除",
    ja="#{number} を削除",
)
JUST_BROUGHT_BACK: Final = Phrase(
    en="#{number} brought back",
    es="#{number} recuperada",
    ur="#{number} واپس لایا گیا",
    zh="#{number} 已恢复",
    ja="#{number} を元に戻しました",
)

# What is known of one
DUE: Final = Phrase(en="due {day}", es="para {day}", ur="مقررہ تاریخ {day}", zh="截止 {day}", ja="期限 {day}")
OVERDUE: Final = Phrase(
    en="overdue since {day}",
    es="vencida desde {day}",
    ur="{day} سے تاخیر کا شکار",
    zh="{day} 起已逾期",
    ja="{day} から期限切れ",
)
TODAY: Final = Phrase(en="today", es="hoy", ur="آج", zh="今天", ja="今日")
TOMORROW: Final = Phrase(en="tomorrow", es="mañana", ur="کل", zh="明天", ja="明日")
HIGH_PRIORITY: Final = Phrase(en="high priority", es="prioridad alta", ur="زیادہ اہمیت", zh="高优先级", ja="優先度 高")
NORMAL_PRIORITY: Final = Phrase(
    en="normal priority", es="prioridad normal", ur="عام اہمیت", zh="普通优先级", ja="優先度 中"
)
LOW_PRIORITY: Final = Phrase(en="low priority", es="prioridad baja", ur="کم اہمیت", zh="低优先级", ja="優先度 低")
TAG: Final = Phrase(en="tag {tag}", es="etiqueta {tag}", ur="ٹیگ {tag}", zh="标签 {tag}", ja="タグ {tag}")
IS_DELETED: Final = Phrase(en="deleted", es="eliminada", ur="حذف شدہ", zh="已删除", ja="削除済み")
IS_COMPLETED: Final = Phrase(en="completed", es="completada", ur="مکمل", zh="已完成", ja="完了")
IN_THE_BOOK: Final = Phrase(en="In the book", es="En el libro", ur="کتاب میں", zh="在书中", ja="本の中")
DAY: Final = Phrase(
    en="{weekday} {day} {month}",
    es="{weekday} {day} {month}",
    ur="{weekday} {day} {month}",
    zh="{month}{day}日 {weekday}",
    ja="{month}{day}日({weekday})",
)
DAY_OF_YEAR: Final = Phrase(
    en="{day} {year}", es="{day} {year}", ur="{day} {year}", zh="{year}年{day}", ja="{year}年{day}"
)
WEEKDAYS: Final = Phrase(
    en="Mon Tue Wed Thu Fri Sat Sun",
    es="lun mar mié jue vie sáb dom",
    ur="پیر منگل بدھ جمعرات جمعہ ہفتہ اتوار",
    zh="周一 周二 周三 周四 周五 周六 周日",
    ja="月 火 水 木 金 土 日",
)
MONTHS: Final = Phrase(
    en="Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    es="ene feb mar abr may jun jul ago sep oct nov dic",
    ur="جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر",
    zh="1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月",
    ja="1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月",
)
