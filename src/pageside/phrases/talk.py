"""What is said beside the book: greetings, thanks, and what is known of the reader and the conversation."""

from __future__ import annotations

from typing import Final

from pageside.phrases.phrase import Phrase

# `{name}` is `CALLED` or nothing.
CALLED: Final = Phrase(en=", {name}", es=", {name}", ur="، {name}", zh="，{name}", ja="、{name}さん")
HELLO: Final = Phrase(
    en="Hello{name}! Ask me anything about this book.",
    es="¡Hola{name}! Pregúntame lo que quieras sobre este libro.",
    ur="السلام علیکم{name}! اس کتاب کے بارے میں کچھ بھی پوچھیں۔",
    zh="你好{name}！关于这本书，尽管问我。",
    ja="こんにちは{name}！この本について何でも質問してください。",
)
NICE_TO_MEET: Final = Phrase(
    en="Nice to meet you, {name}. Ask me anything about this book.",
    es="Mucho gusto, {name}. Pregúntame lo que quieras sobre este libro.",
    ur="آپ سے مل کر خوشی ہوئی، {name}۔ اس کتاب کے بارے میں کچھ بھی پوچھیں۔",
    zh="很高兴认识你，{name}。关于这本书，尽管问我。",
    ja="はじめまして、{name}さん。この本について何でも質問してください。",
)
WELCOME: Final = Phrase(
    en="You are welcome{name}.",
    es="De nada{name}.",
    ur="کوئی بات نہیں{name}۔",
    zh="不客气{name}。",
    ja="どういたしまして{name}。",
)
GOODBYE: Final = Phrase(
    en="Goodbye{name}.", es="Adiós{name}.", ur="خدا حافظ{name}۔", zh="再见{name}。", ja="さようなら{name}。"
)
WHAT_ELSE: Final = Phrase(
    en="What else would you like to know about this book?",
    es="¿Qué más te gustaría saber sobre este libro?",
    ur="آپ اس کتاب کے بارے میں اور کیا جاننا چاہیں گے؟",
    zh="关于这本书，你还想了解什么？",
    ja="この本について、ほかに知りたいことはありますか？",
)
I_AM: Final = Phrase(
    en="I am the assistant beside this book: I answer your questions with sentences from it, and link each to its "
    "place.",
    es="Soy el asistente que acompaña a este libro: respondo a tus preguntas con frases de él y enlazo cada una con su "
    "lugar.",
    ur="میں اس کتاب کے ساتھ کا معاون ہوں: میں آپ کے سوالوں کا جواب اسی کے جملوں سے دیتا ہوں، اور ہر جملے کو اس کی جگہ سے جوڑتا ہوں۔",
    zh="我是这本书旁边的助手：我用书中的句子回答你的问题，并给每句话附上指向原处的链接。",
    ja="私はこの本のアシスタントです。本の中の文で質問に答え、それぞれの文に元の場所へのリンクを付けます。",
)
NAME: Final = Phrase(en="name", es="nombre", ur="نام", zh="姓名", ja="名前")
EMAIL: Final = Phrase(en="email address", es="correo electrónico", ur="ای میل پتہ", zh="电子邮箱", ja="メールアドレス")
ROLE: Final = Phrase(en="role", es="función", ur="کردار", zh="角色", ja="役割")
BACKGROUND: Final = Phrase(
    en="software background",
    es="experiencia en software",
    ur="سافٹ ویئر کا پس منظر",
    zh="软件背景",
    ja="ソフトウェアの経験",
)
HARDWARE: Final = Phrase(
    en="hardware tier", es="nivel de hardware", ur="ہارڈویئر کی سطح", zh="硬件级别", ja="ハードウェアの区分"
)
YOUR_NAME: Final = Phrase(
    en="Your name is {name}. *(from this conversation)*",
    es="Tu nombre es {name}. *(de esta conversación)*",
    ur="آپ کا نام {name} ہے۔ *(اس گفتگو سے)*",
    zh="你的名字是{name}。 *（来自本次对话）*",
    ja="あなたの名前は{name}です。 *（この会話より）*",
)
NOTHING_KNOWN: Final = Phrase(
    en="Your profile is empty, so I know nothing about you.",
    es="Tu perfil está vacío, así que no sé nada de ti.",
    ur="آپ کا پروفائل خالی ہے، اس لیے میں آپ کے بارے میں کچھ نہیں جانتا۔",
    zh="你的个人资料是空的，所以我对你一无所知。",
    ja="プロフィールが空なので、あなたについては何も知りません。",
)
PROFILE: Final = Phrase(
    en="Your profile says:\n\n{lines}\n\n*(from your profile)*",
    es="Tu perfil dice:\n\n{lines}\n\n*(de tu perfil)*",
    ur="آپ کا پروفائل کہتا ہے:\n\n{lines}\n\n*(آپ کے پروفائل سے)*",
    zh="你的个人资料写着：\n\n{lines}\n\n*（来自你的个人资料）*",
    ja="プロフィールには次のようにあります：\n\n{lines}\n\n*（プロフィールより）*",
)
NOT_IN_PROFILE: Final = Phrase(
    en="Your profile does not say what your {label} is.",
    es="Tu perfil no dice cuál es tu {label}.",
    ur="آپ کے پروفائل میں یہ درج نہیں: {label}۔",
    zh="你的个人资料里没有写{label}。",
    ja="プロフィールに{label}は書かれていません。",
)
IN_PROFILE: Final = Phrase(
    en="Your {label} is {value}. *(from your profile)*",
    es="Tu {label} es {value}. *(de tu perfil)*",
    ur="آپ کے پروفائل میں {label}: {value} *(آپ کے پروفائل سے)*",
    zh="你的{label}是{value}。 *（来自你的个人资料）*",
    ja="あなたの{label}は{value}です。 *（プロフィールより）*",
)
FIRST_QUESTION: Final = Phrase(
    en="This is your first question in this conversation.",
    es="Esta es tu primera pregunta en esta conversación.",
    ur="اس گفتگو میں یہ آپ کا پہلا سوال ہے۔",
    zh="这是你在本次对话中的第一个问题。",
    ja="これはこの会話で最初の質問です。",
)
YOU_ASKED: Final = Phrase(
    en="You asked: “{text}” *(from this conversation)*",
    es="Preguntaste: “{text}” *(de esta conversación)*",
    ur="آپ نے پوچھا: “{text}” *(اس گفتگو سے)*",
    zh="你问的是：“{text}” *（来自本次对话）*",
    ja="質問は“{text}”でした。 *（この会話より）*",
)
NOTHING_SAID: Final = Phrase(
    en="I have not said anything in this conversation yet.",
    es="Todavía no he dicho nada en esta conversación.",
    ur="میں نے اس گفتگو میں ابھی تک کچھ نہیں کہا۔",
    zh="我在本次对话中还没有说过什么。",
    ja="この会話ではまだ何も話していません。",
)
I_SAID: Final = Phrase(
    en="I said: “{text}” *(from this conversation)*",
    es="Dije: “{text}” *(de esta conversación)*",
    ur="میں نے کہا: “{text}” *(اس گفتگو سے)*",
    zh="我说的是：“{text}” *（来自本次对话）*",
    ja="私は“{text}”と言いました。 *（この会話より）*",
)
