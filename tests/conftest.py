"""Property tests draw the same examples everywhere, and take the time that a busy machine needs.

Programs that tests start hear Ctrl-C even where a shell runs the tests in the background, which ignores it and lets its
children inherit that.
"""

import signal

from hypothesis import settings

settings.register_profile("fixed", derandomize=True, deadline=None)
settings.load_profile("fixed")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
