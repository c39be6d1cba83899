#!/usr/bin/env python3
"""Writes Sources/Prices/PriceTable+Data.swift from a file of price facts.

usage: scripts/derive-prices.py PRICES_JSON

PRICES_JSON holds {"as_of": date, "models": [{provider, model, kind, input, output, …}]}: US dollars per million
tokens, or per unit where the name begins with `per_`. The table holds integers: nano-dollars per million units.
What the source states as null stays out of the table: unknown is not free.
"""

import decimal
import json
import pathlib
import sys

TARGET = pathlib.Path(__file__).resolve().parent.parent / "Sources/Prices/PriceTable+Data.swift"

# Name in the source -> name in the table. PriceTable+Parsing.swift knows the latter.
PER_MILLION = {
    "input": "in",
    "cached_input": "cached",
    "cache_write": "write",
    "cache_write_1h": "write1h",
    "output": "out",
    "reasoning": "reasoning",
    "input_audio_tokens": "audioin",
    "output_audio_tokens": "audioout",
    "input_image_tokens": "imagein",
    "output_image_tokens": "imageout",
}
PER_UNIT = {
    "per_image": "image",
    "per_input_image": "inputimage",
    "per_audio_second": "second",
    "per_input_character": "char",
}
LONG_CONTEXT = {"input": "longin", "cached_input": "longcached", "cache_write": "longwrite", "output": "longout"}
# Facts of the capability table, and remarks.
IGNORED = {
    "provider", "model", "kind", "long_context", "context_window", "max_output", "prompt_cache_min_tokens",
    "capabilities", "dimensions", "retires", "source", "as_of",
}

HEADER = '''\
extension PriceTable {{
    /// The day the facts were collected; ledger rows keep it.
    static let asOf = "{as_of}"

    /// What models cost, one per line: provider, model, kind, prices in nano-dollars per million units
    /// (`PriceTable+Parsing.swift` explains the names; a price the source does not state is left out).
    ///
    /// Derived from the project's price facts of {as_of} by `scripts/derive-prices.py`. Do not edit.
    static let data: StaticString = """
'''
FOOTER = '''\
        """
}
'''


def nanodollars(model, name, value, factor):
    amount = decimal.Decimal(str(value)) * factor
    if amount < 0 or amount != amount.to_integral_value() or amount > 10**18:
        sys.exit(f"{model}: {name} {value} is no price")
    return int(amount)


def row(model):
    name = model["model"]
    unknown = set(model) - set(PER_MILLION) - set(PER_UNIT) - IGNORED
    if unknown:
        sys.exit(f"{name}: unknown members {sorted(unknown)}; name them in the tables of this script")
    prices = []
    for names, factor in ((PER_MILLION, 10**9), (PER_UNIT, 10**15)):
        for source, short in names.items():
            if model.get(source) is not None:
                prices.append(f"{short}={nanodollars(name, source, model[source], factor)}")
    tier = model.get("long_context")
    if tier:
        if set(tier) - set(LONG_CONTEXT) - {"above_input_tokens"}:
            sys.exit(f"{name}: unknown members in long_context")
        prices.append(f"above={int(tier['above_input_tokens'])}")
        for source, short in LONG_CONTEXT.items():
            if tier.get(source) is not None:
                prices.append(f"{short}={nanodollars(name, source, tier[source], 10**9)}")
    fields = [model["provider"], name, model["kind"], ",".join(prices) or "-"]
    if any(" " in field or "\\" in field or '"' in field for field in fields):
        sys.exit(f"{name}: a field holds a separator")
    return " ".join(fields)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    text = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
    facts = json.loads(text, parse_float=decimal.Decimal)
    if not facts["as_of"] or any(letter in facts["as_of"] for letter in '"\\ '):
        sys.exit("as_of is no date")
    rows = sorted(row(model) for model in facts["models"])
    lines = []
    for text in rows:
        # A backslash at the end of a line continues it; the formatter's limit is 120 columns.
        while len(text) > 104:
            cut = text.rindex(",", 0, 104) + 1
            lines.append(text[:cut] + "\\")
            text = text[cut:]
        lines.append(text)
    body = "".join(f"        {line}\n" for line in lines)
    TARGET.write_text(HEADER.format(as_of=facts["as_of"]) + body + FOOTER, encoding="utf-8")
    print(f"{TARGET.name}: {len(rows)} models")


if __name__ == "__main__":
    main()
