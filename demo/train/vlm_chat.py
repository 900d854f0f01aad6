"""What a customer writes in a chat, and how it should be understood: what is wanted, and which of the products shown are meant."""
import json
import re

from vlm_advice import line, named
from vlm_words import CATEGORIES, CATEGORY_WORDS, COLOUR_WORDS, COLOURS, PLURAL, article

INTENTS = ["find", "refine", "compare", "ask_product", "ask_order", "small_talk", "hand_over"]
ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth"]
OCCASIONS = ["a wedding", "work", "the office", "a party", "the beach", "winter", "summer", "school", "a date", "a job interview", "travel",
             "the weekend", "my sister", "a dinner", "the garden", "rainy days", "cold evenings", "a holiday"]
SIZES = ["XS", "S", "M", "L", "XL", "34", "36", "38", "40", "42", "44", "46"]
PRICES = ["20", "25", "30", "40", "50", "60", "80", "100", "150"]

# {x}: a kind with its article or as a pair; {k}: a kind; {c}: a colour; {o} and {q}: products shown, by their place or by their words;
# {n}: an order's number. One template in five is kept for tests alone.
TEMPLATES = {
    "find": [
        "I am looking for {x}", "show me {x}", "do you have {x}", "I need {x} for {e}", "can you find me {x}", "{x} please", "I want to buy {x}",
        "any {k} for {e}", "what can I wear to {e}", "something like this", "find this for me", "where can I buy this", "do you sell these",
        "what goes with this", "help me find an outfit for {e}", "I would like {x} in {c}", "got any {c} {k}", "I saw this on the street, do you have it",
        "what do you have for {e}", "is there {x} in your shop", "we are searching for {x}", "looking for a gift for {e}", "a {c} {k} for {e}",
        "could you suggest {x}", "I need something warm for {e}", "please search for {x}", "which {k} do you have", "my photo shows what I want",
        "here is a picture, find it please", "I love this look, where do I get it",
    ],
    "refine": [
        "the {o} in {c}", "{o} but in {c}", "do you have {o} in {c}", "same in {c}", "in size {s} please", "cheaper please", "under {p} euro",
        "not so expensive", "only {c} ones", "more like {o}", "show me other colours", "in {c}, size {s}", "any in {c}", "something longer",
        "without the print", "do you have it in {s}", "less than {p}", "{o} in size {s}", "I would prefer {c}", "a bit shorter please",
        "like {o} but cheaper", "show more of these", "no {c} please", "another colour for {o}", "anything under {p} euro", "and in {c}",
        "similar to {o} in {s}", "can I see {o} in {c}", "less colourful please", "more formal ones", "with long sleeves", "plain ones only",
    ],
    "compare": [
        "which is better, {o} or {q}", "what is the difference between {o} and {q}", "compare {o} and {q}", "is {o} warmer than {q}",
        "{o} or {q}", "which one is cheaper, {o} or {q}", "how does {o} compare with {q}", "should I take {o} or {q}", "{o} against {q}",
        "is {q} better than {o}", "which would you choose, {o} or {q}", "help me decide between {o} and {q}", "what speaks for {o} over {q}",
        "does {o} look more formal than {q}", "put {o} next to {q}",
    ],
    "ask_product": [
        "what is {o} made of", "how much is {o}", "is {o} in stock", "which sizes does {o} come in", "does {o} run small", "who makes {o}",
        "what does {o} cost", "is {o} lined", "can I wash {o} in the machine", "tell me more about {o}", "which colours does {o} have",
        "is {o} still available", "what brand is {o}", "how warm is {o}", "is {o} waterproof", "what material is {o}", "do you have {o} left in my size",
        "how long is {o}", "does {o} have pockets", "is {o} on sale", "what is the price of {o}", "can you describe {o}",
    ],
    "ask_order": [
        "where is my order", "when will my parcel arrive", "I want to return my {k}", "how do I send it back", "my package is late",
        "I was charged twice", "can I change my delivery address", "cancel my order please", "I have not received my refund",
        "what is your return policy", "how long does shipping take", "my order number is {n}", "the {k} I ordered is broken", "track order {n}",
        "you sent me the wrong {k}", "how can I pay", "do you ship abroad", "the parcel never came", "when do I get my money back",
        "I want to exchange the {k} I bought", "is my order {n} on its way", "my invoice is missing", "the delivery is incomplete",
        "how much is delivery", "I ordered the wrong size last week",
    ],
    "small_talk": [
        "hello", "hi there", "thanks a lot", "good morning", "how are you", "you are great", "bye", "nice", "okay", "who are you",
        "are you a robot", "have a nice day", "thank you very much", "good evening", "that is lovely", "see you later", "cool",
        "what can you do", "I am just looking around", "perfect, thanks", "hey", "great help", "no thanks", "what is your name", "ok good",
    ],
    "hand_over": [
        "I want to talk to a person", "can I speak to someone", "get me a human", "this is useless, give me an agent", "I want to complain",
        "connect me with customer service", "let me talk to your manager", "you do not understand me", "call me back please",
        "I need a real person", "stop this bot", "is there anybody I can talk to", "put me through to staff", "I want to file a complaint",
        "this is the worst service ever", "transfer me to support", "can an employee help me", "I am very angry about this",
        "a human please", "I would rather write to a person",
    ],
}
UNFILLED = [re.sub(r"\{\w\}", " ", template) for templates in TEMPLATES.values() for template in templates]
WORDS = sorted({word for said in UNFILLED for word in re.findall("[A-Za-z]+", said)})
BEFORE = ["", "", "", "", "hi, ", "hello, ", "please, ", "sorry, ", "okay, ", "and ", "so "]
AFTER = ["", "", "", "", "?", "!", ".", " thanks", ", thank you", " please"]
SLIPS = 0.1  # share of a careless message's words that are left out, and the same again of those that are others


def kept_for_tests(template_number):
    return template_number % 5 == 4


def thing(category):
    words = CATEGORY_WORDS[category]
    return f"a pair of {words}" if category in PLURAL else f"{article(words)} {words}"


def shown(rng):
    """Products shown, (category, colours) each, no two of them called the same: 0 to 6."""
    count = int(rng.integers(0, 7))
    items, names = [], set()
    while len(items) < count:
        item = (str(rng.choice(CATEGORIES)), [str(rng.choice(COLOURS))])
        if named(item) not in names:
            names.add(named(item))
            items.append(item)
    return items


def called(rng, items, at):
    """Words for the product at this place: its place, its kind where no other is of it, or its colour and kind."""
    category = items[at][0]
    ways = [f"the {ORDINALS[at]} one", f"the {ORDINALS[at]}", f"number {at + 1}", f"the {named(items[at])}"]
    if sum(item[0] == category for item in items) == 1:
        ways.append(f"the {CATEGORY_WORDS[category]}")
    if at == len(items) - 1 and len(items) > 1:
        ways.append("the last one")
    return ways[int(rng.integers(len(ways)))]


def carelessly(rng, template):
    """The template with words left out or taken for others, so that no single word is what a message is known by."""
    written = []
    for word in template.split(" "):
        luck = 1 if "{" in word else rng.random()
        if luck >= 2 * SLIPS:
            written.append(word)
        elif luck >= SLIPS:
            written.append(WORDS[int(rng.integers(len(WORDS)))])
    return " ".join(written) or template


def draw(rng, held_out=False, careless=False):
    """Products shown, a message, and how it is to be understood: an intent and the places of those that are meant."""
    while True:
        intent = INTENTS[int(rng.integers(len(INTENTS)))]
        numbers = [n for n in range(len(TEMPLATES[intent])) if kept_for_tests(n) == held_out]
        template = TEMPLATES[intent][numbers[int(rng.integers(len(numbers)))]]
        items = shown(rng)
        needs = ("{o}" in template) + ("{q}" in template)
        if needs > len(items):
            continue
        meant = [int(i) for i in rng.choice(len(items), needs, replace=False)] if needs else []
        fill = {"x": thing(str(rng.choice(CATEGORIES))), "k": CATEGORY_WORDS[str(rng.choice(CATEGORIES))], "c": COLOUR_WORDS[str(rng.choice(COLOURS))],
                "e": str(rng.choice(OCCASIONS)), "s": str(rng.choice(SIZES)), "p": str(rng.choice(PRICES)), "n": str(int(rng.integers(10000, 99999)))}
        for letter, at in zip("oq", meant):
            fill[letter] = called(rng, items, at)
        template = template.replace("the {o}", "{o}")
        text = (carelessly(rng, template) if careless else template).format(**fill)
        text = str(rng.choice(BEFORE)) + text + str(rng.choice(AFTER))
        if rng.random() < 0.5:
            text = text[0].upper() + text[1:]
        return items, text, intent, sorted(meant)


def prompt(items, text):
    return "Chat:\n" + "".join(f"p{i + 1} {line(item)}\n" for i, item in enumerate(items)) + f"Says: {text}\n"


def answer(intent, meant):
    return json.dumps({"intent": intent, "about": [f"p{i + 1}" for i in meant]}, separators=(",", ":"))


def words():
    """Everything that may be said."""
    said = [*OCCASIONS, *BEFORE, *AFTER, *(f"the {o} one" for o in ORDINALS), "number", "the last one", "a pair of", "Chat Says"]
    return said + UNFILLED
