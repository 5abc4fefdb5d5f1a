"""Credit codes that pass GB 32100-2015 and, inside, GB 11714: a fresh one for every number."""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
# Districts that belong to their province and to no city with independent planning.
REGIONS = {
    "北京市": "110108",
    "江苏省": "320505",
    "湖南省": "430111",
    "四川": "510107",
    "宁波市": "330203",
    "Shenzhen": "440305",
    "河南": "410105",
}


def organisation_check(body: str) -> str:
    """The ninth character of an organisation code: digits count themselves, A counts 10 and so on."""
    weighted = sum(int(char, 36) * weight for char, weight in zip(body, ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - weighted % 11]


def check_character(body: str) -> str:
    """The eighteenth character: weights are the powers of 3 modulo 31."""
    weighted = sum(ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(body))
    return ALPHABET[-weighted % 31]


def credit_code(number: int, province: str) -> str:
    body, rest = "", number
    for _ in range(8):
        rest, digit = divmod(rest, len(ALPHABET))
        body = ALPHABET[digit] + body
    code = f"91{REGIONS[province]}{body}{organisation_check(body)}"
    return code + check_character(code)
