"""The service model's regular expressions, which are Java's, in the syntax of Python's `re`.

Read with `re.ASCII` (Java's `\\w`, `\\d`, `\\s` are ASCII) and as full matches. A translation is either exact or, for
the Unicode categories that `re` cannot name, wider: it may let characters pass that the service refuses, never the
reverse.
"""

from __future__ import annotations

import re
import warnings

_SEPARATORS = r" \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"  # \p{Z}, complete since Unicode 6.3

_REWRITES = (
    # Astral characters are surrogate pairs in Java.
    (r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010ffff"),
    (r"\p{Alnum}", "A-Za-z0-9"),
    # Under a full match `$` once is `$` many times; `re` refuses to repeat it.
    (r"${1,128}", ""),
    (r"${1,256}", ""),
    # Python's Unicode \w is exactly \p{L}, \p{N} and the underscore.
    (r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", rf"(?u:[\w{_SEPARATORS}.:/=+\-@]*)"),
    (r"[\p{L}\p{Z}\p{N}_.:\/=+\-@]*", rf"(?u:[\w{_SEPARATORS}.:/=+\-@]*)"),
    # The same, without exponentially many ways to read a hyphen.
    (r"(-*[a-zA-Z0-9\+\-\.])*", r"[a-zA-Z0-9\+\-\.]*"),
    # Wider: the original tries exponentially many ways to read a text that it refuses in the end.
    (r"amazonaws(.[0-9A-Za-z]{2,4})+/", r"amazonaws.{3,}/"),
    # Wider: everything but control characters; the second also without ASCII's symbols, \p{S}.
    (r"[\p{L}\p{M}\p{Z}\p{S}\p{N}\p{P}]", r"[^\x00-\x1f\x7f-\x9f]"),
    (r"[\p{L}\p{M}\p{Z}\p{N}\p{P}]", r"[^\x00-\x1f\x7f-\x9f$+<=>^`|~]"),
)

# Means something else to `re`, or nothing: class intersection and nested classes, \Q…\E, \h \R \X \G \Z \z, other \p.
_JAVA_ONLY = re.compile(r"&&|\\[QEhHRXGZzpPN]|(?<!\\)\[\^?(?:\\.|[^\]\\\[])*\[")


def to_python(pattern: str) -> str | None:
    """The pattern for `re.compile(..., re.ASCII).fullmatch`, or None where there is no honest translation."""
    for java, python in _REWRITES:
        pattern = pattern.replace(java, python)
    return pattern if not _JAVA_ONLY.search(pattern) and _compiles(pattern) else None


def _compiles(pattern: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            re.compile(pattern, re.ASCII)
        except (re.error, FutureWarning, DeprecationWarning):
            return False
    return True
