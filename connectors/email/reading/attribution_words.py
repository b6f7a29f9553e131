"""The words by which mail programs introduce quoted history, in the languages their makers translated them to.

All entries are casefolded. Add a language by adding its words to each table; nothing else has to change.
"""

# "wrote", alone as a word. A line needs one of these AND a date, a time or an address.
_WROTE = (
    "wrote writes quoting "  # English
    "schrieb schreibt geschrieben zitat "  # German
    "schreef schrijft geschreven citeren schreven "  # Dutch
    "écrit ecrit écrivait ecrivait écrivez "  # French
    "escribió escribio escribe citando escribiu escrit escrigué missatge "  # Spanish, Galician, Catalan
    "escreveu escreve "  # Portuguese
    "scritto scrive scrisse scriveva "  # Italian
    "scris scrie scrisese "  # Romanian
    "napisał napisała napisal napisala pisze napisali pisał "  # Polish, Czech, Slovene
    "napsal napsala píše napísal napísala napísali "  # Czech, Slovak
    "napisao napisala piše напише написао пише "  # Croatian, Bosnian, Serbian
    "írta irta írt írja "  # Hungarian
    "skrev skriver skrifaði skrifadi "  # Swedish, Danish, Norwegian, Icelandic
    "kirjoitti kirjutas kirjoittaa "  # Finnish, Estonian
    "rakstīja raksta rašė parašė rašo "  # Latvian, Lithuanian
    "написал написала пишет писал писала написали "  # Russian
    "написав пише писав пишуть напісаў напісала "  # Ukrainian, Belarusian
    "написа пиша напиша "  # Bulgarian, Macedonian
    "έγραψε εγραψε γράφει εγράφη "  # Greek
    "yazdı yazdi yazmış yazıyor yozdi жазды "  # Turkish, Azerbaijani, Uzbek, Kazakh
    "viết menulis tulis sinulat isinulat aliandika "  # Vietnamese, Indonesian, Malay, Filipino, Swahili
    "geskryf skryf idatzi ysgrifennodd scríobh shkroi shkruajti skribis scripsit "  # Afrikaans, Basque, Welsh, …
    "כתב כתבה כתבו כתב/ה מאת "  # Hebrew
    "كتب كتبت كتابة كتبه وكتب نوشت نوشته نوشتند لکھا "  # Arabic, Persian, Urdu
    "लिखा लिहिले লিখেছেন লিখেছে "  # Hindi, Marathi, Bengali
    "գրել գրեց დაწერა бичсэн бичжээ"  # Armenian, Georgian, Mongolian
)
WROTE = frozenset(_WROTE.split())
# The same for scripts without spaces, and for words that are only telling together.
WROTE_ANYWHERE = (
    "写道", "寫道", "写到", "撰写", "来信", "來信", "寫信", "写信", "書きました", "のメール", "さんは", "からのメッセージ", "作成",
    "작성", "썼습니다", "님이", "님의", "쓴 글", "เขียน", "எழுதிய", "రాశారు", "ಬರೆದ", "എഴുതി", "લખ્યું", "සඳහන්",
    "hau idatzi", "folgendes geschrieben", "ha scritto", "nous a dit", "a écrit", "a ecrit", "a scris", "in a message dated",
)  # fmt: skip

# How introductions begin ("On", "Am", "Le", …).
_STARTS = (
    "on at am le el il op em den på pe στις στη vào pada w dnia dne dňa dana u kuupäev in na a la v i o zo zi"
    " quoting zitat citando citat quotando citeren missatge mensaje dia в у 在 于 בתאריך ב في در ในวันที่"
)
STARTS = frozenset(_STARTS.split())
# Who says one of these tells something in a sentence of their own; no mail program does.
_SPEECH = (
    "you your i my me we our us he she his her they their as when because like that yesterday ago said told"
    " ich mein meine meiner mir wir uns unser unsere sie ihr ihre ihnen er du dein wie als dass weil gestern"
    " je mon ma mes moi nous notre vous votre vos tu il elle comme quand que hier yo mi mis nosotros nuestro usted su"
    " como cuando ayer io mio mia noi voi lei suo come quando ieri ik mijn wij ons u uw jij zoals toen gisteren"
    " eu meu minha nós você seu jag mitt vi ni som jeg mit ja mój moje pan pani wy jak můj вы ваш я мой мы как"
)
SPEECH = frozenset(_SPEECH.split())

_FROM = """from|von|de|da|od|från|fra|van|frá|lähettäjä|feladó|kimden|gönderen|от|від|ад|από|expéditeur|remitente
mittente|afzender|absender|avsändare|afsender|avsender|nadawca|odesílatel|odosielateľ|pošiljatelj|pošiljalac|šalje
发件人|寄件者|寄件人|發件人|差出人|送信者|送信元|보낸 사람|보낸사람|보낸이|발신|من|المرسل|از|فرستنده|מאת|מ|จาก|từ|người gửi|dari|pengirim|отправитель
відправник|подател|de la|expeditor|nuo|siuntėjas|saatja|kellelt|no|sūtītājs|nork|oddělení|gan|ó|nga|mula kay|kutoka|प्रेषक|से
ko|от кого|αποστολέας|wysłane przez|reply from|de parte de"""
_DATE = """sent|date|datum|gesendet|gesendet am|envoyé|envoyée|envoyé le|date d'envoi|fecha|enviado|enviado el|enviada|enviada em
enviado em|data|data de envio|inviato|data invio|verzonden|verzonden op|skickat|skickades|sendt|dato|lähetetty|päivämäärä|päiväys
wysłano|wysłane|odesláno|odoslané|odoslaný|dátum|elküldve|küldve|küldés dátuma|отправлено|дата|отправлен|надіслано|відправлено|дата відправлення
изпратено|στάλθηκε|εστάλη|ημερομηνία|gönderilme tarihi|gönderildi|gönderme tarihi|tarih|发送时间|发送日期|日期|时间|時間|寄件日期|傳送時間|發送時間
日時|送信日時|送信日|日付|보낸 날짜|보낸날짜|날짜|보낸 시간|일시|تاريخ الإرسال|تم الإرسال|التاريخ|تاريخ|תאריך|נשלח|ส่ง|ส่งเมื่อ|วันที่|đã gửi|ngày|ngày gửi
thời gian|dikirim|tanggal|tarikh|terkirim|trimis|trimisă|dată|išsiųsta|data ir laikas|nosūtīts|datums|saadetud|kuupäev|poslano|poslato|sent at
sent on|sent date|enviat|enviat el|sent by|igorria|petsa|तारीख|दिनांक|भेजा गया|dagsetning|sent|data/ora|data e ora|date sent|when|time"""
_TO = """to|an|à|a|para|aan|till|til|vastaanottaja|do|komu|címzett|кому|до|за|προς|kime|alıcı|alici|收件人|收件者|宛先|받는 사람|받는사람|받는이|수신
إلى|الى|به|אל|ל|ถึง|đến|tới|người nhận|kepada|untuk|către|catre|kam|kellele|saaja|za|prima|primatelj|prejemnik|pro|destinataire
destinatario|destinatários|destinatario/i|empfänger|mottagare|modtager|geadresseerde|odbiorca|примач|получатель|nori|प्रति|को|adresat|gavėjas|til|to(s)|ke|at|ontvanger|sendt til"""
_SUBJECT = """subject|betreff|betr|objet|sujet|asunto|assunto|oggetto|onderwerp|ämne|emne|aihe|otsikko|temat|předmět|predmet|tárgy|тема|относно
предмет|θέμα|konu|主题|主題|主旨|標題|件名|題名|제목|الموضوع|موضوع|נושא|הנידון|เรื่อง|หัวเรื่อง|หัวข้อ|chủ đề|tiêu đề|perihal|subjek|judul|subiect|tema|teema
temats|vec|zadeva|naslov|gaia|assumpte|efni|тақырып|विषय|re|asunto del mensaje|paksa|mövzu"""
_COPY = """cc|kopie|copie|copia|kopia|копия|копія|cópia|kopi|kopio|másolat|抄送|副本|참조|נוסת|עותק|نسخة|bcc|kópia|c.c|cc/kopie|copie à|cc:|สำเนา|κοιν|bilgi|dk
reply-to|reply to|antwort an|répondre à|responder a|importance|wichtigkeit|priority|priorität|attachments|anlagen|anhang|pièces jointes|organization
organisation|sensitivity|x-mailer|content-type|message-id|mailing list|list|sent by|gesendet von|resent-from"""


# Date words that a customer's own form may have too ("Sent", "Gesendet" and the like belong to mail only).
EVERYDAY_DATES = frozenset(
    """date|datum|fecha|data|dato|dátum|дата|ημερομηνία|tarih|日期|时间|時間|日時|日付|날짜|일시|تاريخ|التاريخ|תאריך|วันที่|ngày|thời gian
tanggal|tarikh|dată|datums|kuupäev|data ir laikas|päivämäärä|päiväys|तारीख|दिनांक|dagsetning|petsa|when|time|data/ora|data e ora""".replace(
        "\n", "|"
    ).split("|")
)


def _roles() -> dict[str, str]:
    table: dict[str, str] = {}
    words = {"from": _FROM, "date": _DATE, "to": _TO, "subject": _SUBJECT, "copy": _COPY}
    for role, text in words.items():
        for word in text.replace("\n", "|").split("|"):
            table.setdefault(word, role)
    return table


# "From", "Sent", "To", "Subject", "Cc" of a quoted header, by what they are.
HEADER_ROLES = _roles()

ORIGINAL_MESSAGE = frozenset(
    """original message|original|originalmessage|original-message|original mail|original email|original e-mail|quoted message|reply message|previous message|antwort nachricht
original-nachricht|originalnachricht|ursprüngliche nachricht|ursprüngliche mail|ursprüngliche e-mail|originale nachricht|original nachricht|ursprüngliche message|orginalnachricht
message d'origine|message d’origine|message original|message initial|message originel|mail original|courriel original
mensaje original|mensaje originario|correo original|mensagem original|missatge original|mensaxe orixinal
messaggio originale|messaggio originario|messaggio d'origine|origineel bericht|oorspronkelijk bericht|oorspronkelijke bericht|originele bericht
ursprungligt meddelande|originalmeddelande|ursprungsmeddelande|original meddelande|oprindelig meddelelse|original meddelelse|oprindelig besked|original besked
opprinnelig melding|original melding|opprinnelig e-post|alkuperäinen viesti|upprunaleg skilaboð|algne kiri|algne sõnum|algsõnum
wiadomość oryginalna|oryginalna wiadomość|wiadomosc oryginalna|původní zpráva|původní e-mail|původní email|puvodni zprava|pôvodná správa|pôvodný e-mail|povodna sprava
eredeti üzenet|eredeti levél|исходное сообщение|оригинальное сообщение|первоначальное сообщение|исходное письмо|вихідне повідомлення|оригінальне повідомлення|початкове повідомлення
оригинално съобщение|първоначално съобщение|оригинална порука|изворна порука|izvorna poruka|originalna poruka|izvirno sporočilo|prvotno sporočilo
αρχικό μήνυμα|αρχικό mήνυμα|orijinal mesaj|orjinal mesaj|özgün ileti|orijinal ileti|asıl mesaj|mesaj original|mesajul original|mesaj inițial|mesajul inițial
originalus laiškas|pradinis laiškas|sākotnējais ziņojums|oriģinālā ziņa|jatorrizko mezua
原始邮件|原始郵件|邮件原件|原邮件|原郵件|原始信息|回复的原邮件|原始訊息|原信件|元のメッセージ|オリジナルメッセージ|元のメール|원본 메일|원본 메시지|원본메시지|원본메일|원래 메시지
الرسالة الأصلية|رسالة أصلية|النص الأصلي|پیام اصلی|הודעה מקורית|ההודעה המקורית|ข้อความต้นฉบับ|ข้อความเดิม|tin nhắn gốc|thư gốc|thư ban đầu|pesan asli|mesej asal|मूल संदेश|orihinal na mensahe""".replace(
        "\n", "|"
    ).split("|")
)

FORWARDED = tuple(
    """forwarded message|begin forwarded message|forwarded by|forwarded mail|forwarded email|forward message|start of forwarded message|forwarded
weitergeleitete nachricht|anfang der weitergeleiteten nachricht|weitergeleitete mail|weitergeleitete e-mail|weitergeleitet von|weitergeleitete message
message transféré|début du message transféré|début du message réexpédié|message transmis|message réexpédié|transféré par|e-mail transféré|courriel transféré
mensaje reenviado|inicio del mensaje reenviado|reenviado por|correo reenviado|missatge reenviat|mensaxe reenviada
mensagem encaminhada|mensagem reencaminhada|início da mensagem reencaminhada|início da mensagem encaminhada|encaminhada por|messaggio inoltrato|inizio messaggio inoltrato|inoltrato da
doorgestuurd bericht|begin doorgestuurd bericht|doorgestuurd door|doorgestuurde bericht|doorgezonden bericht
vidarebefordrat meddelande|vidarebefordrat brev|vidarebefordrat mail|videresendt meddelelse|videresendt besked|videresendt melding|videresendt e-post|start på videresendt besked|påbegynt vidarebefordrat
välitetty viesti|edelleenlähetetty viesti|edelleen lähetetty viesti|alkaa välitetty viesti|áframsend skilaboð|edastatud kiri|edastatud sõnum
wiadomość przekazana|przekazana wiadomość|wiadomość przesłana dalej|początek przekazywanej wiadomości|treść przekazanej wiadomości|wiadomość przekazywana dalej
přeposlaná zpráva|přeposlaný e-mail|začátek přeposílané zprávy|preposlaná správa|posredovano sporočilo|proslijeđena poruka|prosleđena poruka|прослеђена порука
továbbított üzenet|továbbított levél|пересылаемое сообщение|пересланное сообщение|перенаправленное сообщение|начало переадресованного сообщения|пересланное письмо
перенаправлене повідомлення|переслане повідомлення|переадресоване повідомлення|препратено съобщение|προωθημένο μήνυμα|iletilen mesaj|yönlendirilmiş mesaj|i̇letilen mesaj|iletilmiş mesaj
mesaj redirecționat|mesaj redirectionat|mesaj transmis|mesaj înaintat|persiųstas laiškas|pārsūtīts ziņojums|pārsūtītā ziņa|birbidalitako mezua
转发的邮件|转发邮件|转发信息|轉寄郵件|轉寄訊息|轉寄的郵件|转发的消息|転送メッセージ|転送されたメッセージ|転送メール|전달된 메시지|전달된 메일|전달된메일
رسالة معاد توجيهها|الرسالة المعاد توجيهها|رسالة محولة|الرسالة المُعاد توجيهها|پیام ارسال شده|הודעה שהועברה|ההודעה שהועברה|ข้อความที่ส่งต่อ|ข้อความส่งต่อ
tin nhắn được chuyển tiếp|thư được chuyển tiếp|thư chuyển tiếp|pesan terusan|pesan yang diteruskan|mesej dimajukan|अग्रेषित संदेश|ipinasang mensahe""".replace(
        "\n", "|"
    ).split("|")
)

_FORWARD_PREFIXES = (
    "fwd fw wg tr rv renv reenv enc i doorst vb vl pd továbbítás tov пересл пересылка fs ilt i̇lt yml 转发 轉寄 轉發 転送 전달 הועבר"
    " πρθ trs fwd[1] fw[1] videresendt videresend vidarebef edasi pārsūt persiųsta прп дод إعادة-توجيه"
)
FORWARD_PREFIXES = frozenset(_FORWARD_PREFIXES.split())

# Someone who says this answers inside the quoted text, where the programs that mark nothing hide the answers.
ANSWERS_INSIDE = (
    "inline", "in-line", "see below", "answers below", "answer below", "comments below", "comment below",
    "replies below", "responses below", "response below", "reply below", "below in red", "in red.", "in red,", "in red ", "in blue", "in green",
    "siehe unten", "s. unten", "s.u.", "antworten unten", "unten im text", "im text", "in rot", "in blau", "in grün",
    "ci-dessous", "plus bas", "en rouge", "en bleu", "más abajo", "mas abajo", "en rojo", "en azul", "aquí abajo",
    "in rosso", "qui sotto", "in blu", "nel testo", "hieronder", "in rood", "in het blauw", "zie onder",
    "abaixo", "em vermelho", "em azul", "nedan", "i rött", "nedenfor", "med rødt", "i rødt", "alla olevat", "punaisella",
    "poniżej", "na czerwono", "níže", "červeně", "lentebb", "pirossal", "ниже", "красным", "нижче", "червоним",
    "aşağıda", "kırmızı", "παρακάτω", "κόκκινο", "见下", "見下", "红色", "紅色", "赤字", "아래에", "빨간",
    "mai jos", "roșu", "أدناه", "باللون", "להלן", "באדום", "ด้านล่าง", "bên dưới", "màu đỏ", "di bawah", "warna merah",
)  # fmt: skip

REPLY_ABOVE = (
    "reply above this line", "type your reply above", "write your reply above", "reply above the line", "please reply above",
    "antworten sie oberhalb dieser", "bitte antworten sie oberhalb", "antwort oberhalb dieser", "über dieser zeile",
    "répondez au-dessus de cette ligne", "répondre au-dessus de cette ligne", "réponse au-dessus de cette ligne",
    "responda por encima de esta línea", "escriba su respuesta por encima", "responder por encima de esta",
    "rispondi sopra questa riga", "rispondere sopra questa", "responda acima desta linha", "boven deze regel", "boven deze lijn",
    "svara ovanför", "svar over denne", "skriv dit svar over", "vastaa tämän rivin yläpuolelle", "powyżej tej linii", "nad tento řádek",
    "ответьте выше этой", "выше этой строки", "此行上方", "この行より上",
)  # fmt: skip
