"""Texts that somebody might type, import or put into an address, each of which means something to Markdown."""

import re

ELSEWHERE = "http://elsewhere.invalid"
"""A host that no page of the playground may ask for anything."""

HOSTILE = (
    f"[sign in]({ELSEWHERE}/login)",
    f"![seen]({ELSEWHERE}/pixel.png)",
    f"<img src={ELSEWHERE}/pixel.png onerror=alert(1)>",
    "<script>window.broken = 1</script><h1>Your session has expired</h1>",
    f"{ELSEWHERE}/plain",
    "see HTTPS://elsewhere.invalid/a_b or www.elsewhere.invalid, ask me@elsewhere.invalid",
    f"<{ELSEWHERE}/angle> <me@elsewhere.invalid>",
    f"[ref][1] [1]: {ELSEWHERE}/ref",
    f"[^1] [^1]: {ELSEWHERE}/foot",
    "# Your session has expired",
    "Your session has expired\n===",
    "ended\n\n- item\n- item\n\n> quoted",
    "- item",
    "+ item",
    "* item",
    "1. item",
    "27) item",
    "> quoted",
    "---",
    "***",
    "- [x] done",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "    indented as code",
    "```\nfenced",
    "~~~ fenced",
    "`code`",
    "``co`de``",
    "*a* **b** _c_ __d__ snake_case_ a__b__ _e_f_ ~e~ ~~f~~ a*b*c",
    "$x^2$ and $$y$$ cost $5 or $6",
    r"\(x\) \[y\] \*a\* \\ \ C:\new\temp",
    ":red[alert] :red-background[a] :blue-badge[b] :small[c] :rainbow[d] :color[e]{foreground=red}",
    ":material/delete: :material_delete: :streamlit: :smile: :+1: :-1: :100: :shortcode:",
    "::leaf[a] :::box",
    ":name[label]{#id .class}",
    "a -> b <- c <-> d -- e >= f <= g ~= h",
    "->",
    "--",
    "&amp; &lt;b&gt; &#42;a&#42; &copy; (c) \u2014 1...2",
    "line\r\nbreak\u2028and\u0085more  \nhard\\\nend",
    "tab\tand\x0bother\xa0spaces",
    "name\u202egnp.exe",
    "hid\u200bden\ufeff",
    "\x1b[31mred\x1b[0m\x00\x07\x9b",
    "half \ud800 a character",
    "\u05e9\u05dc\u05d5\u05dd *a*",
    "family \U0001f468\u200d\U0001f469\u200d\U0001f467",
    "caf\u00e9 \u8863\u670d",
    "%{x} {y} %s {{z}}",
    "'\"`;--",
    '"""\nimport os',
    "long " * 40,
    "</ul></div><b>out",
    "javascript:alert(1)",
    "[a](javascript:alert(1))",
    "data:text/html,<b>",
)


def seen(markdown: str) -> str:
    """Markdown as a reader sees it where signs are there as signs: tests/e2e/test_texts.py asks a browser."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", re.sub("[\u200b\u2068\u2069]", "", markdown))
