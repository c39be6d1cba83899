#!/usr/bin/env python3
"""Writes Sources/Dialects/Capabilities/CapabilityTable+Data.swift from a file of price facts.

usage: scripts/derive-capabilities.py PRICES_JSON

PRICES_JSON holds {"as_of": date, "models": [{provider, model, kind, context_window, max_output,
prompt_cache_min_tokens?, capabilities: {name: bool}}]}. Only what the gateway asks for is taken over; a fact the
source does not state stays unstated. Prices have a table of their own and are not read here.
"""

import json
import pathlib
import sys

TARGET = pathlib.Path(__file__).resolve().parent.parent / "Sources/Dialects/Capabilities/CapabilityTable+Data.swift"

# Name in the source -> name in the table. CapabilityTable+Parsing.swift knows the latter.
CAPABILITIES = {
    "vision": "vision",
    "tools": "tools",
    "parallel_tools": "parallel",
    "json_schema": "schema",
    "pdf_input": "pdf",
    "audio_input": "audio",
    "reasoning": "reasoning",
    "sampling_params": "sampling",
    "assistant_prefill": "prefill",
    "forced_tool_use": "forced",
    "adaptive_thinking": "adaptive",
    "thinking_always_on": "always",
    "mid_conversation_system": "midsystem",
    "system_messages": "system",
    "effort_none": "none",
    "effort_minimal": "minimal",
    "effort_xhigh": "xhigh",
    "effort_max": "max",
}
# Facts nobody asks for: prompt caching shows in prompt_cache_min_tokens and in usage.
IGNORED = {"prompt_caching"}

HEADER = '''\
extension CapabilityTable {{
    /// What models can do, one per line: provider, model, kind, context window, maximum output, prompt cache
    /// minimum (tokens; `-` where the source says nothing), abilities (`!` in front: stated not to be there).
    ///
    /// Derived from the project's price facts of {as_of} by `scripts/derive-capabilities.py`. Do not edit.
    static let data: StaticString = """
'''
FOOTER = '''\
        """
}
'''


def row(model):
    unknown = set(model.get("capabilities", {})) - set(CAPABILITIES) - IGNORED
    if unknown:
        sys.exit(f"{model['model']}: unknown capabilities {sorted(unknown)}; name them in CAPABILITIES or IGNORED")
    abilities = [
        ("" if model["capabilities"][source] else "!") + name
        for source, name in CAPABILITIES.items()
        if source in model.get("capabilities", {})
    ]
    numbers = [model.get(name) for name in ("context_window", "max_output", "prompt_cache_min_tokens")]
    fields = [model["provider"], model["model"], model["kind"]]
    fields += ["-" if number is None else str(int(number)) for number in numbers]
    fields.append(",".join(abilities) or "-")
    if any(" " in field or "\\" in field or '"' in field for field in fields):
        sys.exit(f"{model['model']}: a field holds a separator")
    return " ".join(fields)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    facts = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
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
