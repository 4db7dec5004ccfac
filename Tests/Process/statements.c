// Preloaded into a test run, it writes each statement that SQLite compiles into the file that STATEMENTS names, once,
// and a NUL after it.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { SLOTS = 1 << 16, LONGEST = 1 << 16 };

// FNV-1a, and never 0.
static uint64_t hash(const char *text, size_t length) {
    uint64_t sum = 0xcbf29ce484222325;
    for (size_t i = 0; i < length; i++) sum = (sum ^ (unsigned char)text[i]) * 0x100000001b3;
    return sum | 1;
}

static int is_new(const char *text, size_t length) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static uint64_t seen[SLOTS];
    static int count;
    uint64_t sum = hash(text, length);
    pthread_mutex_lock(&lock);
    int slot = sum % SLOTS;
    while (seen[slot] && seen[slot] != sum) slot = (slot + 1) % SLOTS;
    int found = seen[slot] == 0 && count < SLOTS / 2;
    if (found) seen[slot] = sum, count++;
    pthread_mutex_unlock(&lock);
    return found;
}

static void note(const char *text, size_t length) {
    const char *name = getenv("STATEMENTS");
    // SwiftPM has an index of its own, and texts of that length are what a test made up.
    if (!name || !strstr(program_invocation_short_name, ".xctest") || length > LONGEST || !is_new(text, length)) return;
    int file = open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    struct iovec parts[] = {{(void *)text, length}, {"", 1}};
    if (file < 0 || writev(file, parts, 2) < 0) abort();
    close(file);
}

int sqlite3_prepare_v3(void *db, const char *sql, int length, unsigned flags, void **statement, const char **rest) {
    int (*real)(void *, const char *, int, unsigned, void **, const char **) = dlsym(RTLD_NEXT, __func__);
    note(sql, length < 0 ? strlen(sql) : strnlen(sql, length));
    return real(db, sql, length, flags, statement, rest);
}
