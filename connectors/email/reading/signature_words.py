"""Lines that phones, mail programs and virus scanners add below a text; all casefolded."""

SENT_FROM = (
    "sent from", "sent via", "sent with", "sent using", "sent by", "get outlook for", "download outlook", "von meinem", "von meiner",
    "gesendet von", "gesendet mit", "gesendet über", "gesendet aus", "diese nachricht wurde von meinem", "outlook für", "holen sie sich outlook",
    "laden sie outlook", "envoyé de", "envoyé depuis", "envoyé à partir", "envoyé avec", "envoyé par", "envoyé via", "télécharger outlook",
    "télécharger pour", "obtenir outlook", "obtenez outlook", "obtener outlook", "obtenga outlook", "descargar outlook", "enviado desde", "enviado do", "enviado de",
    "enviado a partir", "enviado com", "enviado con", "enviado via", "enviado através", "obter o outlook", "obter outlook", "baixe o outlook", "transfira o outlook",
    "inviato da", "inviato dal", "inviato con", "inviato tramite", "ottieni outlook", "scarica outlook", "verzonden vanaf", "verstuurd vanaf", "verzonden met",
    "verstuurd met", "verzonden vanuit", "outlook voor", "download outlook voor", "skickat från", "skickades från", "skaffa outlook", "hämta outlook",
    "sendt fra", "sendt via", "sendt med", "hent outlook", "få outlook", "skaff deg outlook", "lähetetty", "hanki outlook", "sent úr", "wysłane z", "wysłano z", "wysłane za",
    "pobierz outlook", "pobierz program outlook", "odesláno z", "odesláno ze", "poslané z", "odoslané z", "získejte outlook", "získať outlook", "stáhnout outlook",
    "elküldve", "küldve", "отправлено с", "отправлено из", "отправлено со", "скачать outlook", "скачайте outlook", "надіслано з", "надіслано із",
    "изпратено от", "изтегляне на outlook", "στάλθηκε από", "εστάλη από", "λήψη του outlook", "gönderildi", "outlook'u edinin", "trimis de pe", "trimis din",
    "descărcați outlook", "obțineți outlook", "poslano s", "poslano iz", "poslano sa", "poslato sa", "enviat des", "bidalia", "išsiųsta iš", "nosūtīts no", "saadetud",
    "发自", "發自", "从我的", "從我的", "获取", "取得", "來自", "보낸", "나의", "내", "iphoneから", "ipadから", "androidから", "スマートフォンから", "outlook for",
    "أُرسلت من", "مرسل من", "أرسل من", "أرسلت من", "تم الإرسال من", "ارسال شده از", "נשלח מ", "השג את outlook", "ส่งจาก", "đã gửi từ", "được gửi từ", "gửi từ", "tải outlook",
    "dikirim dari", "dapatkan outlook", "dihantar dari",
)  # fmt: skip

SENT_FROM_ENDS = ("から送信", "에서 보냄", "gönderildi", "から送信されました", "보냄", "küldve", "vysláno")

# A brand, or "my" and a device: without these a line is somebody's own sentence.
BRANDS = (
    "iphon", "ipad", "ipod", "android", "samsung", "galaxy", "huawei", "xiaomi", "redmi", "oneplus", "blackberry", "windows", "outlook",
    "yahoo", "gmail", "nokia", "pixel", "proton", "spark", "airmail", "aol", "gmx", "web.de", "telekom", "1&1", "vodafone", "verizon",
    "t-mobile", "orange mail", "at&t", "macbook", "tutanota", "tuta", "thunderbird", "bluemail", "k-9", "fairemail", "hey.com", "zoho",
    "fastmail", "superhuman", "boxer", "xperia", "htc", "honor", "oppo", "vivo", "realme", "motorola", "lenovo", "nexus", "typeapp",
    "edison", "canary", "yandex", "яндекс", "mail.ru", "mail for", "mail app", "mailbird", "sparrow", "mimestream", "missive", "front app",
    "邮箱大师", "qq邮箱", "网易", "手机", "手機", "email app", "smartphone", "mobile device", "mobilgerät", "acompli",
)  # fmt: skip
MINE = (
    "my ",
    "mein",
    "mon ",
    "ma ",
    "mi ",
    "mio",
    "meu",
    "minha",
    "mijn",
    "min ",
    "mit ",
    "mojego",
    "mojej",
    "mého",
    "môjho",
    "моего",
    "мого",
    "моего",
    "mým",
    "moim",
    "mobilem",
)
DEVICES = (
    "mobile", "mobil", "phone", "fon", "handy", "tablet", "móvil", "movil", "celular", "telemóvel", "cellulare", "portable", "device", "gerät",
    "apparaat", "smart", "telefon", "telefoon", "телефон", "apple", "watch", "lg ", "sony",
)  # fmt: skip
