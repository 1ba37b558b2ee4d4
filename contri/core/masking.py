"""Personal data as the desk shows it until somebody says why they need more."""

DOTS = "•••"


def masked_email(address: str) -> str:
    """`ada.okafor@example.ng` → `a•••@example.ng`."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}{DOTS}@{domain}" if domain else DOTS


def masked_phone(number: str | None) -> str:
    """`+2348012345678` → `+234•••78`."""
    return f"{number[:4]}{DOTS}{number[-2:]}" if number else ""


def masked_name(name: str) -> str:
    """`OKAFOR ADAEZE` → `O••• A•••`."""
    return " ".join(f"{word[0]}{DOTS}" for word in name.split())


def masked_address(address: str) -> str:
    """`203.0.113.7` → `203.0.•••`, `2001:db8::7` → `2001:db8:•••`: about where, not whose."""
    sign = ":" if ":" in address else "."
    return sign.join([*address.split(sign)[:2], DOTS]) if address else ""
