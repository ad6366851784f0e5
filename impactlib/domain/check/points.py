"""Points or per cent: a change of a rate that can be read in two ways.

"Ten per cent more" is plain of a quantity and open of a rate; "from 20 to 22 per cent" and "2 points" settle it.
"""

from __future__ import annotations

import re

from impactlib.domain.check.words import CHANGE, PER_CENT, POINTS, QUANTITY, RATE, THE, is_rate, one_of
from impactlib.domain.hypotheses import Hypothesis

_SO_MUCH = r"(?<!\d)(?:\d{1,4}(?:[.,]\d+)?|cinq|dix|quinze|vingt|trente|five|ten|fifteen|twenty|thirty)"
_ABOUT = "(?:environ |au moins |pres de |plus de |about |at least |around |some |more than |over )?"
_SO_MANY_PER_CENT = rf"{_ABOUT}{_SO_MUCH} ?(?:%|pour ?cents?\b|per ?cent\b)"
_MOVES = r"\b" + one_of(
    "augment | accroi | hauss | baiss | abaiss | diminu | redui | reduc | gagn | gain | progress | amelior",
    "croi | mont",
    "remont | recul | chut | perd | perte | elev | relev | boost | dop | bond | increas | rais | lift | push",
    "expand",
    "improv | cut | lower | drop | shrink | halv | slash | gr[eo]w | ris[ei] | rose | decreas | declin | fall | fell",
    "climb | jump | los[et]",
)
_MOVES += r"\w*"
_MOVED = one_of(
    r"plus\b | moins\b | mieux\b | supplementaire | en plus | en moins | hausse | baisse | augmentation",
    r"increase | rise",
    r"drop | fall\b | improvement | reduction | decrease | gain | growth | cut\b | higher | lower | better",
    r"more\b | less\b",
    "fewer",
)
_AMONG = " (?:des|de nos|d'entre|of) "
_MOVES_BY = re.compile(
    rf"{_MOVES} (?:de |d'|by |of )?{_SO_MANY_PER_CENT}(?! (?:a|to) \d)"
    rf"|{_MOVES}(?:\W+[^\W\d]+){{1,9}}?\W+(?:de |d'|by ){_SO_MANY_PER_CENT}(?! (?:a|to) \d|{_AMONG})"
    rf"|{_MOVES} (?:[\w'-]+ ){{1,6}}?(?:rates?|taux|percentages?) {_SO_MANY_PER_CENT}(?! (?:a|to) \d)"
    rf"|\b(?:up|down) (?:by )?{_SO_MANY_PER_CENT}"
    rf"|(?:^|[\s(:,])[+−–-] ?{_SO_MANY_PER_CENT}"
    rf"|{_SO_MANY_PER_CENT} (?:de |d')?{_MOVED}"
    rf"|{_SO_MANY_PER_CENT}(?: \w+){{1,5}}? (?:en plus|en moins|supplementaire)",
)
_SETTLED = re.compile(
    rf"{POINTS.pattern}|\brelati|valeur absolue|absolute"
    r"|\b(?:de|from) \d+(?:[.,]\d+)? ?(?:%|per ?cent|pour ?cent)? ?(?:a|to) \d"
)
_CHANGE_OF_A_RATE = re.compile(
    rf"{CHANGE.pattern}(?: \w+)? (?:of|in|de|du|des|d') ?{THE}(?:[\w-]+ ){{0,3}}?{RATE.pattern}"
    r"|\brate (?:change|increase|decrease|growth|variation)"
)


def points_or_percent(row: Hypothesis) -> bool:
    if _CHANGE_OF_A_RATE.search(row.metric) and (not row.unit or PER_CENT.search(row.unit)):
        return not _SETTLED.search(f"{row.metric} {row.unit}")
    texts = (words for words in (row.statement, row.metric, row.objective) if not _SETTLED.search(words))
    sentences = (sentence for words in texts for sentence in re.split(r"[.;:!?](?!\d)", words))
    return any(
        _of_a_rate(sentence, found.end(), row) for sentence in sentences for found in _MOVES_BY.finditer(sentence)
    )


_CLAUSE = re.compile(r", |\b(?:mais|but|tandis que|alors que|while|whereas)\b")


def _of_a_rate(sentence: str, moved: int, row: Hypothesis) -> bool:
    """Whether what moves by so much, as said up to `moved`, is a rate."""
    bounds = [0, *(found.start() for found in _CLAUSE.finditer(sentence)), len(sentence)]
    # "The delay falls by 10 %, and the take-up rate is stable" is plain.
    clause = sentence[max(at for at in bounds if at < moved) : min(at for at in bounds if at >= moved)]
    if RATE.search(clause):
        return True
    if QUANTITY.search(clause):
        return False
    return bool(RATE.search(sentence)) or (bool(row.metric) and is_rate(row) and not QUANTITY.search(sentence))
