"""Property tests draw the same examples everywhere, and take the time that a busy machine needs."""

from hypothesis import settings

settings.register_profile("fixed", derandomize=True, deadline=None)
settings.load_profile("fixed")
