"""Django's settings, by topic. There is no dev/prod pair: the difference is the environment (contri.env)."""

from contri.settings.api import *
from contri.settings.apps import *
from contri.settings.background import *
from contri.settings.backups import *
from contri.settings.circles import *
from contri.settings.data import *
from contri.settings.files import *
from contri.settings.observing import *
from contri.settings.security import *
