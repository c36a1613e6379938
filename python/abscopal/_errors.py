"""Exceptions: a class for each status of the library, with the place in the file at fault."""

from __future__ import annotations

import os

from . import _structures as c


class _Placed:
    """What every exception of the library says."""

    def __init__(self, message: str, file: str = "", line: int = 0, column: int = 0) -> None:
        place = ":".join([file, *(str(number) for number in (line, column) if number > 0)]) if file else ""
        super().__init__(f"{place}: {message}" if place else message)
        self.message = message
        """What is wrong and what to write instead, without the place."""
        self.file = file
        """The file at fault, or an empty text."""
        self.line = line
        """From 1; 0 where there is none."""
        self.column = column
        """From 1; 0 where there is none."""


class Error(_Placed, Exception):
    """What abscopal could not do."""


class BadInput(Error, ValueError):
    """A file or an argument says something wrong, or a file cannot be read."""


class NoMemory(Error, MemoryError):
    """There was not enough memory."""


class NotIntegrated(Error, ArithmeticError):
    """The solver gave up on the one patient that was asked for. In a run that is a status of the patient instead."""


class OutputFailed(Error):
    """A result could not be written; nothing half-written is left."""


class Interrupted(_Placed, KeyboardInterrupt):
    """Ctrl-C, or a progress function that returned True, stopped a run. No subclass of Exception, as KeyboardInterrupt
    is none: a loop that catches errors ends, too."""


_OF_STATUS = {c.BAD_INPUT: BadInput, c.NO_MEMORY: NoMemory, c.NOT_INTEGRATED: NotIntegrated,
              c.OUTPUT_FAILED: OutputFailed, c.INTERRUPTED: Interrupted}


def error_of(error: c.Error, status: int | None = None) -> BaseException:
    """The exception of a filled-in struct abscopal_error."""
    kind = _OF_STATUS.get(error.status if status is None else status, Error)
    message = error.message.decode("utf-8", "replace") or "failed without a message"
    return kind(message, os.fsdecode(error.file), error.line, error.column)


def check(status: int, error: c.Error) -> None:
    """Raises unless the status says that all went well."""
    if status != c.OK:
        raise error_of(error, status)
