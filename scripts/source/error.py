"""The one exception of the readers."""


class SourceError(Exception):
    """A source that cannot be read as told; the message is for people and says where, what and what to do."""
