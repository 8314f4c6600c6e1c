"""The letters of tables are read as they were written, whichever code page they were saved in."""

from __future__ import annotations

import unicodedata

import pytest

from pipeline.catalogue.reading.tables.decoding import decode, encoding_of
from tests.support.growth import grows_in_step

POLISH = "Sukienka bawełniana w kwiaty, różowa, długi rękaw, kołnierzyk; spódnica żółta, biały"
CZECH = "Dámské šaty, přední kapsa, stříbrný, růžová, hnědá, bílé tričko, dětské kalhoty"
HUNGARIAN = "Női ruha, sötétkék, fűzős cipő, bővített méret, műszálas szövet, csőnadrág"
ROMANIAN = "Cămaşă bărbătească roşie, rochie neagră, ţesătură moale, pantaloni scurţi"
CROATIAN = "Muška košulja, ženska čizma, smeđa, svečana haljina, dječja odjeća, čađavo plavo"


@pytest.mark.parametrize("text", [POLISH, CZECH, HUNGARIAN, ROMANIAN, CROATIAN, "żółta", "Łódź"])
def test_central_european_letters_are_told(text: str) -> None:
    read, note = decode(f"file_name,title\na.png,{text}\n".encode("cp1250"))
    assert text in read
    assert "read as cp1250" in note


@pytest.mark.parametrize(
    "text",
    [
        "Robe d\u2019été à fleurs, déjà vu, crème, où êtes-vous, Noël, cœur, L\u2019Haÿ, mûr",
        "Vestido de niña, pingüino, camisón, ¿cómo?, ¡Año nuevo!, tacón, sofá, común",
        "Reconèixer, aparèixer, camisó, època, jersei de coll, què, açò, raïm, nºs",
        "Calças de algodão, botões, mãe, irmã, irmãs, põe, saia às bolinhas, três, avô, limões",
        "Maglione più caldo, città, perché, così, caffè, virtù, è",
        "Blå skjorte, grønn kjole, ærlig, Bjørn, fôr, allé, sølvgrå, RØD, smørrebrød",
        "Röd klänning, blå skjorta, idé, mössa, större, Ångström",
        "Grünes Kleid, weiß, Größe, Café, Décolleté, für Mädchen, Übergröße",
        "Blár kjóll, þykk peysa, skór með hæl, buxur, grænn, ýmis, fjólublár",
        "Roosa rõivad, püksid, jõulud, mütsid, õhuke, särk",
        "cotton 5 m³, 100 m², size 7½, nº 3, 1ª, ¾ sleeve, ±5 °C, £10, µm, Levi\u2019s®, ÷, 10 €",
        "Beyoncé São Paulo Häagen-Dazs Motörhead Pokémon Ñandú",
    ],
)
def test_western_letters_stay_western(text: str) -> None:
    read, note = decode(f"file_name,title\na.png,{text}\n".encode("cp1252"))
    assert text in read
    assert "read as cp1252" in note


# ruff: noqa: RUF001 the letters of other scripts are meant as they are written
SHOPS = {
    ("cp1250", "cs"): "Svetřík, Žluté tílko, Šála, Punčocháče, Černobílé, Plášť, Přední kapsa",
    ("cp1251", "ru"): "Красное платье, Тёмно-синий, Нижнее бельё, Пиджак, Объём, ОБУВЬ, Шарф",
    ("cp1251", "uk"): "Червона сукня, Їжачок, Жіноча спідниця, Піжама, ВЗУТТЯ, Щільна, Ґудзик",
    ("cp1251", "bg"): "Ръкавици, Къси панталони, Ъгъл, Щампа, Жълт, Бельо, Черен панталон",
    ("cp1252", "is"): "Þykk peysa með rúllukraga, Ný úlpa, Blýgrár, Síð pils, Íþróttabuxur, Stærð",
    ("cp1253", "el"): "Κόκκινο φόρεμα, Μπότες, Σκούρο μπλε, ΠΑΠΟΥΤΣΙΑ, Ροζ σακάκι, Λευκό τζιν",
    ("cp1254", "tr"): "Kırmızı elbise, Yeşil gömlek, Ayakkabı, Yağmurluk, İç çamaşırı, Kışlık bot",
    ("cp1255", "he"): "שמלה אדומה, חולצה לבנה, מכנסיים קצרים, מעיל גשם, צעיף, כחול כהה",
    ("cp1256", "ar"): "فستان أحمر, قميص أبيض, حذاء شتوي, قبعة صيفية, إكسسوارات, بلوزة",
    ("cp1257", "lt"): "Suknelė moteriška, Žalia kepurė, Šilti megztiniai, Ilgų rankovių, Mėlynos",
    ("cp1257", "lv"): "Sieviešu kleita, Zaļa cepure, Bērnu jaka, Kokvilnas zeķes, Ādas josta",
    ("cp1257", "et"): "Põlvpüksid, Žakett, Õhtukleit, Pidžaama, Šort, Dušigeel, Särk, Tüdrukutele",
    ("cp1258", "vi"): "Áo sơ mi trắng, Váy đỏ, Quần jean xanh, Mũ len, Giày thể thao, Kiểu dáng",
    ("cp874", "th"): "ชุดเดรสสีแดง, เสื้อเชิ้ตสีขาว, กางเกงยีนส์, หมวก, กระโปรง, เข็มขัดหนัง",
    ("koi8_r", "ru"): "Красное платье, Тёмно-синий, Нижнее бельё, Пиджак, Объём, ОБУВЬ, Шарф",
    ("cp932", "ja"): "シャツ 白, 赤いドレス, スニーカー, 手袋, 半袖Tシャツ 綿100%, ﾜﾝﾋﾟｰｽ, 帽子",
    ("euc_jp", "ja"): "シャツ 白, 赤いドレス, スニーカー, 手袋, 半袖Tシャツ 綿100%, 帽子",
    ("gb18030", "zh"): "红色连衣裙, 白衬衫, 蓝色牛仔裤, 短袖T恤 纯棉100%, 帽子, 深蓝",
    ("cp950", "tw"): "紅色連身裙, 白襯衫, 藍色牛仔褲, 短袖T恤 純棉100%, 帽子, 深藍",
    ("cp949", "ko"): "빨간 원피스, 흰색 셔츠, 청바지, 반팔 티셔츠 면100%, 모자, 속옷",
}


def saved(text: str, encoding: str) -> bytes:
    """As Excel saves it: the page of Vietnam has its five tones beside the letters."""
    if encoding == "cp1258":
        for tone in "\u0300\u0301\u0303\u0309\u0323":
            text = "".join(
                unicodedata.normalize("NFC", bare.replace(tone, "")) + tone if tone in bare else one
                for one in text
                for bare in [unicodedata.normalize("NFD", one)]
            )
    return text.encode(encoding)


@pytest.mark.parametrize("rows", [5, 60, 600])
@pytest.mark.parametrize(("encoding", "language"), SHOPS)
def test_a_shop_of_any_country_reads_its_own_letters(
    encoding: str, language: str, rows: int
) -> None:
    titles = SHOPS[encoding, language].split(", ")
    text = "file_name,title,size,price\r\n" + "".join(
        f"{row}.jpg,{titles[row % len(titles)]},M,{row}.90\r\n" for row in range(rows)
    )
    read, note = decode(saved(text, encoding))
    assert read == text
    assert f"read as {encoding}" in note
    assert encoding_of(saved(text, encoding)) == encoding


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "Шапка"),
        ("cp1254", "Yağmurluk, Şık"),
        ("cp932", "シャツ"),
        ("gb18030", "红色连衣裙"),
        ("cp950", "白襯衫"),
        ("cp949", "빨간 원피스, 흰색 셔츠"),
        ("cp1252", "66°Norður, Fjällräven, Hermès, Açaí, Curaçao"),
        ("cp1252", "Päähine, Vyö, Käsilaukku, 66°Norður, Työhousut"),
    ],
)
def test_a_few_words_tell_their_code_page(encoding: str, text: str) -> None:
    rows = "\n".join(f"{title},Blue,9.90" for title in text.split(", "))
    read, _ = decode(f"title,colour,price\n{rows}\n".encode(encoding))
    assert read.endswith(rows + "\n")


WESTERN = (
    "18 µm, Silk µ, 10µg, 5×5, 10×20cm, Ø40mm, Ø, 3°, 30°C, 38½, 8½”, ¾, cm², m³, 1ª, Nº5, "
    "€10, 10€, £5, ¥, §5, Lycra®, Polo®Shirt, Coton™, ©, Levi’s, Levi´s, Rock’n’Roll, "
    "“Été”, S–XL, à—é—à, Wool…, •, ±5, ÷, ¿Qué?, ¡Olé!, «Rosé», naïve, Noël, "
    "Señor, été, à, öö, ÆØÅ, ÄRMEL, Größe 38½, GRÖßE, STRAßE, WEIß, ß, Fjällräven, 66°Norður, Þór, "
    "Ærø, LéaRose, MAÇÃ"
)


@pytest.mark.parametrize("rows", [3, 60])
@pytest.mark.parametrize("word", WESTERN.split(", "))
def test_a_few_western_words_and_signs_are_no_other_script(word: str, rows: int) -> None:
    western = WESTERN.split(", ")
    place = western.index(word)
    for others in ([], [place - 1], [place - 7, place - 14], [place - 11, place - 22]):
        titles = [word, *(western[other] for other in others), *["Merino crew"] * rows][:rows]
        text = "ID;GRÖßE;TITLE\r\n" + "".join(f"a.png;M;{title}\r\n" for title in titles)
        for table in (text, text.replace("GRÖßE", "SIZE")):
            assert decode(table.encode("cp1252"))[0] == table


def test_a_run_of_tones_is_read_in_step_with_its_length() -> None:
    titles = SHOPS["cp1258", "vi"].split(", ")
    text = saved("title\n" + "".join(f"{title}\n" for title in titles * 30), "cp1258")

    def read(size: int) -> None:
        run = b"\xec\xf2" * size
        assert decode(text + b"a" + run)[0].endswith("a" + run.decode("cp1258"))
        decode(run[:16_000] + b"\n" + text + text)

    assert grows_in_step(read, 4000)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1251", "cp932"])
def test_the_encoding_of_a_sample_is_told_though_a_letter_is_cut(encoding: str) -> None:
    text = "赤いドレス\n" if encoding == "cp932" else "Красное платье\n"
    assert encoding_of((text * 9).encode(encoding)[:-2]) == encoding


def test_lines_of_any_code_page_may_be_pasted_into_utf8() -> None:
    read, note = decode(f"title\n{POLISH}\n".encode() + f"{POLISH}\n".encode("cp1250"))
    assert read == f"title\n{POLISH}\n{POLISH}\n"
    assert "but for 1 of its lines, which are read as cp1250" in note


def test_words_that_are_utf8_by_chance_do_not_make_a_table_of_it() -> None:
    text = "title\nPlášť\nČerný kabát\nPřední kapsa\n"
    assert decode(text.encode("cp1250"))[0] == text
