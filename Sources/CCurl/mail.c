#include "CCurl.h"

// Its checks of types are for calls by name.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#undef curl_easy_setopt
#undef curl_easy_getinfo

static struct {
    __typeof__(curl_global_init) *global_init;
    __typeof__(curl_easy_init) *easy_init;
    __typeof__(curl_easy_setopt) *setopt;
    __typeof__(curl_easy_getinfo) *getinfo;
    __typeof__(curl_easy_perform) *perform;
    __typeof__(curl_easy_strerror) *strerror;
    __typeof__(curl_easy_cleanup) *cleanup;
    __typeof__(curl_slist_append) *slist_append;
    __typeof__(curl_slist_free_all) *slist_free_all;
    bool is_there;
} library;

static void load(void) {
    void *handle = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!handle) return;
    const struct { const char *name; void *place; } wanted[] = {
        {"curl_global_init", &library.global_init}, {"curl_easy_init", &library.easy_init},
        {"curl_easy_setopt", &library.setopt}, {"curl_easy_getinfo", &library.getinfo},
        {"curl_easy_perform", &library.perform}, {"curl_easy_strerror", &library.strerror},
        {"curl_easy_cleanup", &library.cleanup}, {"curl_slist_append", &library.slist_append},
        {"curl_slist_free_all", &library.slist_free_all},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        void *symbol = dlsym(handle, wanted[i].name);
        if (!symbol) return;
        memcpy(wanted[i].place, &symbol, sizeof symbol);
    }
    library.is_there = library.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

bool mail_available(char *reason) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    const char *problem = library.is_there ? "" : "libcurl.so.4 is not there; install it (Debian: libcurl4)";
    snprintf(reason, MAIL_REASON_ROOM, "%s", problem);
    return library.is_there;
}

/// How much of a mail has been sent, and the last refusal of the server.
struct Progress {
    const struct MailTransfer *mail;
    size_t sent;
    char refusal[MAIL_REASON_ROOM - CURL_ERROR_SIZE - 8];
};

static size_t give(char *room, size_t size, size_t count, void *context) {
    struct Progress *progress = context;
    const size_t left = progress->mail->count - progress->sent, taken = left < size * count ? left : size * count;
    memcpy(room, (const char *)progress->mail->bytes + progress->sent, taken);
    progress->sent += taken;
    return taken;
}

/// A line of the server; what may reach a log is cut to visible ASCII.
static size_t hear(char *line, size_t size, size_t count, void *context) {
    struct Progress *progress = context;
    const size_t length = size * count, room = sizeof progress->refusal - 1;
    if (length == 0 || (line[0] != '4' && line[0] != '5')) return length;
    size_t end = 0;
    for (; end < length && end < room && line[end] != '\r' && line[end] != '\n'; end++) {
        progress->refusal[end] = line[end] >= ' ' && line[end] <= '~' ? line[end] : '?';
    }
    progress->refusal[end] = 0;
    return length;
}

static int watch(void *context, curl_off_t all, curl_off_t now, curl_off_t up, curl_off_t upNow) {
    const struct MailTransfer *mail = ((struct Progress *)context)->mail;
    (void)all, (void)now, (void)up, (void)upNow;
    return mail->isCancelled(mail->context);
}

/// Whom to connect to, how safely, and for how long.
static bool connects(CURL *curl, const struct MailTransfer *mail) {
    const long verified = mail->needsTLS;
    return !library.setopt(curl, CURLOPT_URL, mail->url)
        && !library.setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        && !library.setopt(curl, CURLOPT_NOPROXY, "*")
        && !library.setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED)
        && !library.setopt(curl, CURLOPT_NOSIGNAL, 1L)
        && !library.setopt(curl, CURLOPT_USE_SSL, (long)(mail->needsTLS ? CURLUSESSL_ALL : CURLUSESSL_TRY))
        && !library.setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2)
        && !library.setopt(curl, CURLOPT_SSL_VERIFYPEER, verified)
        && !library.setopt(curl, CURLOPT_SSL_VERIFYHOST, verified * 2)
        && (!mail->certificates || !library.setopt(curl, CURLOPT_CAINFO, mail->certificates))
        && (!mail->user || !library.setopt(curl, CURLOPT_USERNAME, mail->user))
        && (!mail->password || !library.setopt(curl, CURLOPT_PASSWORD, mail->password))
        && !library.setopt(curl, CURLOPT_CONNECTTIMEOUT, mail->connectingSeconds)
        && !library.setopt(curl, CURLOPT_TIMEOUT, mail->allSeconds);
}

/// What is sent, and who is asked meanwhile.
static bool carries(CURL *curl, struct Progress *progress, struct curl_slist *to, char *problem) {
    const struct MailTransfer *mail = progress->mail;
    return to && !library.setopt(curl, CURLOPT_MAIL_FROM, mail->from)
        && !library.setopt(curl, CURLOPT_MAIL_RCPT, to)
        && !library.setopt(curl, CURLOPT_UPLOAD, 1L)
        && !library.setopt(curl, CURLOPT_READFUNCTION, give)
        && !library.setopt(curl, CURLOPT_READDATA, progress)
        && !library.setopt(curl, CURLOPT_HEADERFUNCTION, hear)
        && !library.setopt(curl, CURLOPT_HEADERDATA, progress)
        && !library.setopt(curl, CURLOPT_XFERINFOFUNCTION, watch)
        && !library.setopt(curl, CURLOPT_XFERINFODATA, progress)
        && !library.setopt(curl, CURLOPT_NOPROGRESS, 0L)
        && !library.setopt(curl, CURLOPT_ERRORBUFFER, problem);
}

/// A server that denies login or TLS has not looked at the mail yet: its password may be right at the next try.
static enum MailOutcome outcome(CURLcode code, long status) {
    if (code == CURLE_OK) return MAIL_ACCEPTED;
    if (code == CURLE_LOGIN_DENIED || code == CURLE_USE_SSL_FAILED) return MAIL_FAILED;
    return status >= 500 && status <= 599 ? MAIL_REFUSED : MAIL_FAILED;
}

enum MailOutcome mail_send(const struct MailTransfer *mail, char *reason) {
    if (!mail_available(reason)) return MAIL_FAILED;
    long status = 0;
    struct Progress progress = {.mail = mail};
    char problem[CURL_ERROR_SIZE] = "";
    CURL *curl = library.easy_init();
    struct curl_slist *to = library.slist_append(NULL, mail->to);
    CURLcode code = CURLE_FAILED_INIT;
    if (curl && connects(curl, mail) && carries(curl, &progress, to, problem)) code = library.perform(curl);
    if (curl) library.getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    const char *words = *problem ? problem : library.strerror(code);
    const char *refusal = code == CURLE_OK ? "" : progress.refusal;
    snprintf(reason, MAIL_REASON_ROOM, *refusal ? "%s (%s)" : "%s%s", words, refusal);
    library.slist_free_all(to);
    if (curl) library.cleanup(curl);
    return outcome(code, status);
}
