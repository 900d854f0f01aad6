"""The tokenizer: one token for each value of an answer together with its key and the JSON around them, each number and each English word in use.

Every other text falls back to single bytes, so nothing is unknown.
"""
import json
import re

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers

import vlm_advice as adv
import vlm_chat as chat
from vlm_answers import STEP
from vlm_words import CATEGORIES, CATEGORY_WORDS, COLOURS, COLOUR_WORDS, LENGTHS, PATTERNS, SLEEVES

SPECIAL = [
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>", "<|image_pad|>",
    "<|video_pad|>", "<|placeholder|>",
]
OPENS = {c: '[{"c":"' + c + '","b":[' for c in CATEGORIES}  # the first garment
GOES_ON = {c: ',{"c":"' + c + '","b":[' for c in CATEGORIES}  # another one
COLOURED = [before + f'"{c}"' for before in ('],"k":[', ",") for c in COLOURS]
SHAPED = [f',"s":{json.dumps(s)},"l":{json.dumps(length)}' for s in (None, *SLEEVES) for length in (None, *LENGTHS)]
PATTERNED = [f'],"p":"{p}"' for p in PATTERNS]
NO_GARMENT = "[]"
CLOSES = [',"t":""}', ',"t":""}]', '"}', '"}]']  # a garment without letters or with some, and whether it is the last
UNDERSTOOD = [f'{{"intent":"{intent}","about":{about}' for intent in chat.INTENTS for about in ('["', "[]}")]
SCAFFOLD = [
    *OPENS.values(), *GOES_ON.values(), *COLOURED, *PATTERNED, *SHAPED, *CLOSES, ',"t":"', NO_GARMENT,
    *UNDERSTOOD, '"]}', '","', '{"text":"', '.","suggestions":[{"text":"', '.","product_ids":["', '"]},{"text":"', '"]}]}',
]
PHRASES = [" " + w for w in (*CATEGORY_WORDS.values(), *COLOUR_WORDS.values()) if " " in w]
PRINTS = (
    "LINDEN NOVA SUN WILD HELLO OCEAN LOVE COOL STAR PARIS RUN YES SURF BOOM CITY MOON PEACE SMILE TEAM FREE DREAM ROCK CAMP ROMA OSLO "
    "LISBON GO UP HAPPY CIAO").split()
EXTRA = (
    "animal-print knee-length sleeveless sleeves with saying and the a an or in is are for to of it my me we you on at not no be do go "
    "day night work party wedding office summer winter spring autumn warm cool hot cold rain sun beach city formal casual smart sport "
    "nice new old big small under over more less good best help find look like love need want have something anything wear dress up "
    "evening morning weekend holiday travel garden dinner date school meeting interview colour bright dark light match please").split()
WORD = r" ?[A-Za-z]+(?:-[A-Za-z]+)*"


def known_words():
    sentences = [*adv.OPENINGS.values(), *adv.FIRST.values(), *adv.SECOND.values(), *adv.WISHES, *adv.ASKING]
    sentences += [t.format(s=s) for t in adv.TONES.values() for s in ("", "s")]
    sentences += ["give gives set sets frame frames", "The and both suit this look", "Choose or", "can carry this look alone"]
    sentences += ["Keep the rest simple around", "Advice Wish", " ".join(EXTRA)]
    sentences += [word for said in chat.words() for word in (said, said[:1].upper() + said[1:])]
    words = {w for s in sentences for w in re.findall("[A-Za-z]+(?:-[A-Za-z]+)*", re.sub(r"\{\w+\}", " ", s))}
    return sorted(words | {" " + w for w in words})


def pieces():
    found = [*SCAFFOLD, *PHRASES]
    found += [" " + w for w in (*CATEGORY_WORDS.values(), *COLOUR_WORDS.values(), *PATTERNS, *SLEEVES, *LENGTHS) if " " not in w]
    found += [f"{comma}{n}" for comma in ("", ",") for n in range(0, 1001, STEP)] + [f"p{n}" for n in range(1, 9)]
    found += ["user", "assistant", "Garments", *PRINTS, *(" " + w for w in PRINTS), *known_words()]
    return [p for p in dict.fromkeys(found) if len(p) > 1]


def build():
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    to_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    vocabulary = {letter: n for n, letter in enumerate(letters)}
    for piece in pieces():
        vocabulary.setdefault("".join(t for t, _ in to_bytes.pre_tokenize_str(piece)), len(vocabulary))
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[], ignore_merges=True))
    whole = sorted([*SCAFFOLD, *(p + r"\b" for p in PHRASES)], key=len, reverse=True)
    whole = "|".join(p if p.endswith(r"\b") else re.escape(p) for p in whole)
    pattern = rf"{whole}|p[1-8]\b|{WORD}|,?[0-9]+|[\s\S]"
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), "isolated"), to_bytes])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in SPECIAL])
    return tokenizer


def question(text):
    """A prompt as the chat template writes it, the picture's one token still to be repeated."""
    return f"<|im_start|>user\n<|vision_start|><|image_pad|><|vision_end|>{text}<|im_end|>\n<|im_start|>assistant\n"


PICTURE_AT = 4  # tokens before the picture's


def encode_question(tokenizer, text, picture_tokens):
    ids = tokenizer.encode(question(text)).ids
    assert ids[PICTURE_AT] == tokenizer.token_to_id("<|image_pad|>")
    return ids[:PICTURE_AT] + [ids[PICTURE_AT]] * picture_tokens + ids[PICTURE_AT + 1:]
