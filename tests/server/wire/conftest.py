"""Settings of the property tests here."""

from hypothesis import settings

# No deadline: how long an example takes is the machine's business.
settings.register_profile("loquent", deadline=None)
settings.load_profile("loquent")
