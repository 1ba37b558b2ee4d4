"""How long tests wait for a provider that hangs on purpose."""

# Every other call has to answer within it too, also on a machine that does three things at once.
GIVEN_UP_AFTER_SECONDS = 1.5


def give_up_sooner(settings, kind):
    """Where a fault of this kind makes the provider hang, it is given up on sooner than usual."""
    if kind.startswith("timeout"):
        settings.PROVIDER_TIMEOUT_SECONDS = GIVEN_UP_AFTER_SECONDS
