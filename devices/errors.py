"""What can go wrong with a terminal, told apart so that a caller knows whether to try again."""


class DeviceError(Exception):
    """A contact with a terminal failed.

    `code` is stable and translated at the edge; `values` fill the translated sentence. They never
    hold names, card numbers or a peer's raw text. `permanent` says that trying again soon is
    useless until a person changes something.
    """

    permanent = False

    def __init__(self, code: str, **values: object) -> None:
        """Keep the code and the values for the edge; the message is for logs only."""
        super().__init__(code, values)
        self.code = code
        self.values = values

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way back from another process, which the default would not (keyword values)."""
        return _rebuilt, (type(self), self.code, self.values, self.__dict__)


def _rebuilt(
    kind: type[DeviceError], code: str, values: dict[str, object], state: dict[str, object]
) -> DeviceError:
    error = kind(code, **values)
    error.__dict__.update(state)
    return error


class Unreachable(DeviceError):
    """Nobody answers at the address, or the contact broke off or took too long."""


class BadCredentials(DeviceError):
    """The terminal refuses the comm key or password."""

    permanent = True


class BadCertificate(DeviceError):
    """Somebody answers over TLS who does not prove to be the terminal; nothing was said to it."""

    permanent = True


class BadReply(DeviceError):
    """The terminal answered something that cannot be trusted; nothing of it was used.

    `raw` are the bytes of the refused log, kept for a person to look at; b"" when none came whole.
    """

    def __init__(self, code: str, *, raw: bytes = b"", **values: object) -> None:
        """Keep the refused bytes beside the code and its values."""
        super().__init__(code, **values)
        self.raw = raw


class NotSupported(DeviceError):
    """The terminal, or this driver, cannot do what was asked."""

    permanent = True


CODES = {
    # Nobody answers: try again later.
    "unreachable": "no connection to the address, or it was reset",
    "timed_out": "silence for longer than the timeout, or not done at the deadline",
    "broken_off": "the terminal closed the connection in the middle",
    "contact_failed": "the reading process ended without a word, for instance for want of memory",
    # A person has to change something.
    "bad_credentials": "the terminal refuses the comm key, or the user and password",
    "credentials_missing": "no user name is entered for a source that asks for one",
    "no_permission": "the account may sign in and may not read the log",
    "sign_in_not_supported": "the source asks for a way of signing in that would show the password",
    "not_supported": "the source does not know the request",
    "serial_missing": "one server holds many terminals, and no serial number says which is meant",
    "terminal_unknown": "the server has no terminal of this serial number",
    "not_an_address": "the host is not an IPv4 address (names are never looked up)",
    "transport_unknown": "this kind is not spoken to in this way",
    "ca_file_unreadable": "the configured file of certificate authorities cannot be read",
    "wrong_certificate": "another certificate than the pinned one; `found` is its SHA-256",
    "certificate_not_trusted": "no authority vouches for the certificate, or not for this address",
    "tls_failed": "the terminal does not speak TLS, or none that is still safe",
    "address_not_allowed": "the address lies outside the networks the server's configuration allows",
    "unknown_kind": "no such kind of terminal",
    "kind_not_readable": "this kind delivers by itself or as files and cannot be asked",
    "command_not_allowed": "a command other than reading was about to be sent, and was not",
    # Another terminal, or one that does not say which.
    "wrong_serial": "another serial number answers at this address",
    "bad_serial": "the serial number is missing or has characters no serial has",
    # The conversation cannot be trusted.
    "bad_frame": "bytes that are no packet of the protocol",
    "bad_checksum": "a packet whose checksum does not fit",
    "stray_replies": "only answers to other requests came",
    "command_refused": "the terminal answered a reading command with an error",
    "bad_reply": "an answer in a form nobody knows",
    "too_large": "more bytes than the limit, announced or sent",
    "redirected": "the source sends the reader to another address, which is never followed",
    "http_error": "the source answered with an error status",
    "log_incomplete": "fewer records came than the source counts, or no page led on",
    # The log cannot be trusted; its bytes are kept.
    "size_mismatch": "bytes received, announced and written in front of the log differ",
    "count_fell": "the record counter fell while the log was read",
    "log_missing": "the terminal counts records and sent none",
    "no_layout_fits": "no known record layout makes sense of the log",
    "ambiguous_layout": "more than one record layout makes sense, with different punches",
    "layout_changed": "another record layout than the one proven for this serial number",
    "users_missing": "the log holds slot numbers and the user list could not be read",
    "user_list_size_mismatch": "bytes received, announced and written in front of the users differ",
    "user_list_unreadable": "no known user layout makes sense of the list",
}
"""What each code of a terminal's contact means, for developers; people read a translation."""
