"""The outcome that follows from a mail server's answer: the mail is refused for good, or tried again later."""

import smtplib


class Refused(Exception):
    """The mail server refuses a message for good, so that it isn't tried again."""


class NotNow(Exception):
    """A message couldn't be sent this time, but a later attempt may succeed."""


class PerhapsTaken(Exception):
    """The connection ended after the server had the message and before it said so: the message may have arrived."""


def judge(problem: Exception) -> Refused | NotNow:
    """Return the error to raise for a failed send: Refused if the failure is final, otherwise NotNow.

    A 5xx response to the recipient or to the content is final (RFC 5321, 4.2.1). A 5xx response to the login or to
    the sender is a mistake of the deployment. The mail then waits until the mistake is corrected.
    """
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(problem.recipients.values()))
        message = f"{code} {text.decode('utf-8', 'replace')}"
        return Refused(message) if 500 <= code < 600 else NotNow(message)
    if isinstance(problem, smtplib.SMTPDataError):
        message = f"{problem.smtp_code} {_text(problem.smtp_error)}"
        return Refused(message) if 500 <= problem.smtp_code < 600 else NotNow(message)
    if isinstance(problem, smtplib.SMTPResponseException):
        return NotNow(f"{problem.smtp_code} {_text(problem.smtp_error)}")
    return NotNow(f"{type(problem).__name__}: {problem}")


def _text(response: bytes | str) -> str:
    return response.decode("utf-8", "replace") if isinstance(response, bytes) else response
