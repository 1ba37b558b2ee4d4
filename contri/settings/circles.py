"""What new circles start from."""

from datetime import time

# Africa/Lagos. Goes into a circle's charter when it is made; circles that exist keep theirs.
CIRCLE_DUE_TIME = time(18)
