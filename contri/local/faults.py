"""The one way anything here refuses to go on."""


class LocalFault(Exception):
    """One clear sentence for the person at the terminal. It ends the command with a non-zero exit, without a traceback."""
