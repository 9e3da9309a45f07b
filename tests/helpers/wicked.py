"""Texts that end a string, a line, a fence or a folder where they are put in as they are: all are names."""

CANARY = "canary-of-a-name"
_CALL = f"__import__('pathlib').Path('{CANARY}').touch()"

WICKED = {
    "closing quotes": f'"""\n{_CALL}\n"""',
    "closing quotes on a line": f'"""; {_CALL}; """',
    "single quotes": f"'''\n{_CALL}\n'''",
    "a quote at the end": 'ends in a "',
    "a backslash at the end": "ends in a \\",
    "a backslash before quotes": f'\\"""\n{_CALL}\n"""',
    "an escape that is none": "\\N{no such character} \\x \\u12",
    "lines": f"one\ntwo\r\nthree\r{_CALL}",
    "form feeds": f"one\f{_CALL}\v",
    "separators": f"one\u2028{_CALL}\u2029two\x85three",
    "a coding cookie": "\n# -*- coding: utf-7 -*-\n+AAo-import os",
    "a null byte": "one\x00two",
    "surrogates": "\ud800 and \udfff",
    "turned round": "\u202egnp.exe\u2066",
    "a terminal's orders": "\x1b]0;title\x07\x1b[2J\x1b[31m",
    "a path": "../../../../etc/passwd",
    "another path": "C:\\Windows\\..\\x",
    "Markdown": "[a](javascript:alert(1)) ![b](http://x/y) `c` | **d** $e$ :red[f]",
    "HTML": "<script>alert(1)</script><!-- &amp;",
    "a format": "{name} %s {0.__class__} {{",
    "SQL": "'; DROP TABLE runs; --",
    "a formula": '=HYPERLINK("http://x")',
    "a shell": "$(touch x); `touch y` & | > z",
    "nothing": "",
    "long": "a" * 10_000,
    "letters of all kinds": "Größe, 名前, שלום, 👩\u200d🔬",
}
