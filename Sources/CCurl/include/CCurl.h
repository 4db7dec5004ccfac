// Mail by SMTP through libcurl. It is loaded only where mail is set up: it brings 25 libraries and 6 MiB.
#pragma once

#include <stdbool.h>
#include <stddef.h>

/// A mail to one recipient, and the server that takes it. What is NULL is not used.
struct MailTransfer {
    /// smtp:// or smtps://, host and port; no user.
    const char *_Nonnull url;
    const char *_Nullable user;
    const char *_Nullable password;
    /// Of the envelope, without angle brackets.
    const char *_Nonnull from;
    const char *_Nonnull to;
    /// PEM; NULL for those of the system.
    const char *_Nullable certificates;
    /// Whether smtp:// needs STARTTLS and a certificate that holds; else both are used as far as they are there.
    bool needsTLS;
    /// Headers and text, with CRLF.
    const void *_Nonnull bytes;
    size_t count;
    long connectingSeconds;
    long allSeconds;
    /// Asked at least once a second: whether to give up.
    bool (*_Nonnull isCancelled)(void *_Nonnull context);
    void *_Nonnull context;
};

/// A refusal is of this mail, for good (5xx); any failure but that may be over at the next try.
enum MailOutcome { MAIL_ACCEPTED, MAIL_REFUSED, MAIL_FAILED };

/// Room for a reason, with its final zero.
enum { MAIL_REASON_ROOM = 512 };

/// Whether the library is there, which sending needs. reason then says nothing, else why not.
bool mail_available(char *_Nonnull reason);

/// Blocks until the server has taken the mail, or not. reason: what libcurl says, and the server's last words if it
/// refused; no secret is in it.
enum MailOutcome mail_send(const struct MailTransfer *_Nonnull mail, char *_Nonnull reason);
