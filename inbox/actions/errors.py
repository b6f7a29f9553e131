"""What an action raises when it will not do what it was asked."""

from django.utils.translation import gettext as _


class Refused(Exception):  # reads as what happened
    """The action is not possible now. `str(error)` is a plain sentence for the person who asked, with what to do next."""


class Gone(Refused):
    """What the action was about does not exist (any more)."""


class Taken(Refused):
    """An address that was given belongs to somebody already: `customer_id`. Nothing was kept."""

    def __init__(self, customer_id: int) -> None:
        super().__init__(_("This address already belongs to another customer."))
        self.customer_id = customer_id


class Changed(Refused):
    """The thread has changed since the person last looked. `message_ids` are the entries they have not seen."""

    def __init__(self, reason: str, message_ids: list[int]) -> None:
        super().__init__(reason)
        self.message_ids = message_ids
