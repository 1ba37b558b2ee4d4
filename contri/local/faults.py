"""The one way anything here refuses to go on."""


class LocalFaultError(Exception):
    """One clear sentence for the person at the terminal; it ends the command with a non-zero exit and no traceback."""
