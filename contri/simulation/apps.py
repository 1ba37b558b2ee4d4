from django.apps import AppConfig


class SimulationConfig(AppConfig):
    """Runs the real services through weeks of trouble in seconds."""

    name = "contri.simulation"
    label = "simulation"
