"""Three-letter codes of the languages in `summit.core.languages.language_choices`, which Akoma Ntoso requires.

They are the codes of ISO 639-2/T, or of ISO 639-3 for languages without a code in ISO 639-2/T.
"""

THREE = {
    "af": "afr", "am": "amh", "ar": "ara", "ast": "ast", "az": "aze", "be": "bel", "bg": "bul", "bn": "ben",
    "br": "bre", "bs": "bos", "ca": "cat", "ckb": "ckb", "cs": "ces", "cy": "cym", "da": "dan", "de": "deu",
    "dsb": "dsb", "el": "ell", "en": "eng", "es": "spa", "et": "est", "eu": "eus", "fa": "fas", "fi": "fin",
    "fil": "fil", "fr": "fra", "fy": "fry", "ga": "gle", "gd": "gla", "gl": "glg", "ha": "hau", "he": "heb",
    "hi": "hin", "hr": "hrv", "hsb": "hsb", "hu": "hun", "hy": "hye", "id": "ind", "ig": "ibo", "is": "isl",
    "it": "ita", "ja": "jpn", "ka": "kat", "kab": "kab", "kk": "kaz", "km": "khm", "kn": "kan", "ko": "kor",
    "ky": "kir", "lb": "ltz", "lo": "lao", "lt": "lit", "lv": "lav", "mk": "mkd", "ml": "mal", "mn": "mon",
    "mr": "mar", "ms": "msa", "mt": "mlt", "my": "mya", "ne": "nep", "nl": "nld", "no": "nor", "os": "oss",
    "pa": "pan", "pl": "pol", "prs": "prs", "ps": "pus", "pt": "por", "ro": "ron", "ru": "rus", "si": "sin",
    "sk": "slk", "sl": "slv", "so": "som", "sq": "sqi", "sr": "srp", "sv": "swe", "sw": "swa", "ta": "tam",
    "te": "tel", "tg": "tgk", "th": "tha", "ti": "tir", "tk": "tuk", "tr": "tur", "tt": "tat", "udm": "udm",
    "ug": "uig", "uk": "ukr", "ur": "urd", "uz": "uzb", "vi": "vie", "yo": "yor", "zh": "zho",
}  # fmt: skip
UNDETERMINED = "und"


def three(language: str) -> str:
    """Return the three-letter code of a language, or "und" (undetermined) for an unknown language."""
    return THREE.get(language, UNDETERMINED)
