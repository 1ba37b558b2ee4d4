"""Payment providers: how Contri asks them to take money in and to pay it out, and how it reads what they answer."""
