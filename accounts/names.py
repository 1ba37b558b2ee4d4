"""When two spellings are one person's name: banks and registers turn words around, shout, and drop accents."""

import unicodedata


def words_of(name: str) -> set[str]:
    """The words of a name, without case, accents, apostrophes and order; Ada-Grace is two words, as ADA GRACE is."""
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(letter)
    )
    # O'Brien and OBRIEN are one name.
    plain = plain.replace("'", "").replace("’", "")
    return set("".join(letter if letter.isalnum() else " " for letter in plain).split())


def may_be_one(one: str, other: str) -> bool:
    """Whether one of two names has all words of the other: somebody with and without their second name."""
    these, those = words_of(one), words_of(other)
    return these <= those or those <= these
