"""What an action raises when it will not do what it was asked."""


class Refused(Exception):  # reads as what happened
    """The action is not possible now. `str(error)` is a plain sentence for the person who asked, with what to do next."""


class Gone(Refused):
    """What the action was about does not exist (any more)."""


class Changed(Refused):
    """The thread has changed since the person last looked. `message_ids` are the entries they have not seen."""

    def __init__(self, reason: str, message_ids: list[int]) -> None:
        super().__init__(reason)
        self.message_ids = message_ids
