// Preloaded into a server, it stands between it and the system calls on its storage folder (DRILL_ROOT). It makes one
// of them fail, cuts it short or kills the process at it, and sets the clock, as the file named by DRILL_CONTROL says;
// and it writes what was done to the folder, in its order, into the file named by DRILL_TRACE. shim.py is the other end
// of both.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

// In the order of shim.py.
enum operation {
    OPEN, CREATE, READ, WRITE, TRUNCATE, SYNC, LINK, RENAME, UNLINK, MKDIR, SENDFILE, ALLOCATE, MAP, THREAD, OPERATIONS
};
enum scope { BYTES = 1, INDEX = 2, PROCESS = 4 };
enum way { FAIL, CUT_SHORT, KILL_BEFORE, KILL_AFTER };
enum { ANSWER = OPERATIONS, SYNC_ALL };

struct control {
    uint32_t operations;  // a bit for each
    uint32_t scopes;
    int32_t skip;         // how many pass first
    int32_t left;         // how many are hit then
    int32_t error;
    uint32_t way;
    uint32_t hits;
    uint32_t seen[3][OPERATIONS];
    int32_t ahead;        // of the clock, in seconds
};

struct record { uint32_t kind, length; uint64_t inode; int64_t offset, since; };

static struct control *control;
static const char *root;
static int trace = -1;
static int64_t traced;
// Names change and are noted under it, so the trace has their order.
static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static _Thread_local int dies_after;

#define REAL(name) ({ static __typeof__(&name) real; if (!real) real = dlsym(RTLD_NEXT, #name); real; })

__attribute__((constructor)) static void begin(void) {
    const char *name = getenv("DRILL_CONTROL");
    root = getenv("DRILL_ROOT");
    if (!root || !name) return;
    int file = syscall(SYS_openat, AT_FDCWD, name, O_RDWR | O_CLOEXEC);
    control = (void *)syscall(SYS_mmap, NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, (off_t)0);
    if (file < 0 || control == MAP_FAILED) abort();
    if ((name = getenv("DRILL_TRACE"))) trace = syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_APPEND | O_CLOEXEC);
    // Several processes may write one trace, one after another.
    if (trace >= 0) traced = syscall(SYS_lseek, trace, (off_t)0, SEEK_END);
}

// Paths

static const char *inside(const char *path) {
    size_t length = root ? strlen(root) : 0;
    if (!length || strncmp(path, root, length) || (path[length] && path[length] != '/')) return NULL;
    return path + length;
}

static int path_of(int fd, char *path) {
    char link[40];
    if (!control || fd < 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    path[length < 0 ? 0 : length] = 0;
    return inside(path) != NULL;
}

static int path_at(int folder, const char *name, char *path) {
    if (!control || !name) return 0;
    if (name[0] == '/') {
        snprintf(path, PATH_MAX, "%s", name);
    } else if (folder != AT_FDCWD && path_of(folder, path)) {
        size_t length = strlen(path);
        snprintf(path + length, PATH_MAX - length, "/%s", name);
    } else {
        return 0;
    }
    return inside(path) != NULL;
}

static uint64_t inode_of(int fd) {
    struct stat status;
    return fstat(fd, &status) == 0 ? status.st_ino : 0;
}

static uint64_t inode_at(const char *path) {
    struct stat status;
    return lstat(path, &status) == 0 ? status.st_ino : 0;
}

// Trace

static void note(uint32_t kind, uint64_t inode, int64_t offset, int64_t since, const struct iovec *parts, int count) {
    if (trace < 0) return;
    struct record record = {kind, 0, inode, offset, since};
    struct iovec all[16] = {{&record, sizeof record}};
    for (int i = 0; i < count; i++) record.length += parts[i].iov_len, all[i + 1] = parts[i];
    pthread_mutex_lock(&lock);
    if (syscall(SYS_writev, trace, all, count + 1) != (ssize_t)(sizeof record + record.length)) abort();
    traced += sizeof record + record.length;
    pthread_mutex_unlock(&lock);
}

static void note_names(uint32_t kind, uint64_t inode, const char *from, const char *to) {
    struct iovec parts[] = {{(void *)inside(from), strlen(inside(from)) + 1}, {(void *)"", 0}};
    if (to) parts[1] = (struct iovec){(void *)inside(to), strlen(inside(to)) + 1};
    note(kind, inode, 0, 0, parts, 2);
}

static int64_t traced_so_far(void) {
    pthread_mutex_lock(&lock);
    int64_t position = traced;
    pthread_mutex_unlock(&lock);
    return position;
}

// Faults

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

static enum scope scope_of(const char *path) {
    return !path ? PROCESS : strstr(path, "/index.sqlite") ? INDEX : BYTES;
}

// What is to happen at this call: 0 for nothing, an error number, or -1 for a short count.
static int fault(enum operation operation, const char *path) {
    if (!control) return 0;
    enum scope scope = scope_of(path);
    __atomic_fetch_add(&control->seen[scope / 2][operation], 1, __ATOMIC_RELAXED);
    if (!(control->operations >> operation & 1) || !(control->scopes & scope)) return 0;
    if (__atomic_fetch_sub(&control->skip, 1, __ATOMIC_SEQ_CST) > 0) return 0;
    if (__atomic_fetch_sub(&control->left, 1, __ATOMIC_SEQ_CST) <= 0) return 0;
    __atomic_fetch_add(&control->hits, 1, __ATOMIC_SEQ_CST);
    if (control->way == KILL_BEFORE || (control->way == KILL_AFTER && operation >= MAP)) die();
    dies_after = control->way == KILL_AFTER;
    return control->way == FAIL ? control->error : control->way == CUT_SHORT ? -1 : 0;
}

static int fails(enum operation operation, const char *path) {
    int error = fault(operation, path);
    if (error > 0) errno = error;
    return error > 0;
}

static void after(void) {
    if (dies_after) die();
    dies_after = 0;
}

static void refuse(const char *what, const char *path) {
    fprintf(stderr, "faults.c does not know %s on %s\n", what, path);
    abort();
}

// Files

static int open_at(int folder, const char *name, int flags, mode_t mode) {
    char path[PATH_MAX];
    int creates = (flags & O_CREAT) != 0;
    if (!path_at(folder, name, path)) return REAL(openat)(folder, name, flags, mode);
    if (fails(creates ? CREATE : OPEN, path)) return -1;
    pthread_mutex_lock(&lock);
    int existed = !creates || inode_at(path) != 0;
    int fd = REAL(openat)(folder, name, flags, mode);
    if (fd >= 0 && !existed) note_names(CREATE, inode_of(fd), path, NULL);
    if (fd >= 0 && existed && flags & O_TRUNC) note(TRUNCATE, inode_of(fd), 0, 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    after();
    return fd;
}

#define MODE(flags) ({ mode_t mode = 0; if ((flags) & O_CREAT) { va_list rest; va_start(rest, flags); \
    mode = va_arg(rest, mode_t); va_end(rest); } mode; })

int open(const char *name, int flags, ...) { return open_at(AT_FDCWD, name, flags, MODE(flags)); }
int open64(const char *name, int flags, ...) { return open_at(AT_FDCWD, name, flags, MODE(flags)); }
int openat(int folder, const char *name, int flags, ...) { return open_at(folder, name, flags, MODE(flags)); }
int openat64(int folder, const char *name, int flags, ...) { return open_at(folder, name, flags, MODE(flags)); }

static ssize_t read_at(int fd, void *bytes, size_t count, off_t offset) {
    char path[PATH_MAX];
    if (!path_of(fd, path)) return REAL(pread)(fd, bytes, count, offset);
    if (fails(READ, path)) return -1;
    ssize_t done = REAL(pread)(fd, bytes, count, offset);
    after();
    return done;
}

ssize_t pread(int fd, void *bytes, size_t count, off_t offset) { return read_at(fd, bytes, count, offset); }
ssize_t pread64(int fd, void *bytes, size_t count, off_t offset) { return read_at(fd, bytes, count, offset); }

static ssize_t write_at(int fd, const void *bytes, size_t count, off_t offset, const char *path) {
    int error = fault(WRITE, path);
    if (error > 0) return errno = error, -1;
    if (error < 0 && count > 1) count /= 2;
    ssize_t done = REAL(pwrite)(fd, bytes, count, offset);
    if (done > 0) note(WRITE, inode_of(fd), offset, 0, &(struct iovec){(void *)bytes, done}, 1);
    after();
    return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
    char path[PATH_MAX];
    if (!path_of(fd, path)) return REAL(pwrite)(fd, bytes, count, offset);
    return write_at(fd, bytes, count, offset, path);
}
ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t offset) { return pwrite(fd, bytes, count, offset); }

// An answer counts from before its first byte leaves.
static void note_answer(const struct iovec *parts, int count) {
    if (trace < 0 || count < 1 || parts[0].iov_len < 12 || memcmp(parts[0].iov_base, "HTTP/1.1 2", 10)) return;
    note(ANSWER, 0, 0, 0, parts, count < 8 ? count : 8);
}

ssize_t write(int fd, const void *bytes, size_t count) {
    char path[PATH_MAX];
    if (!path_of(fd, path)) {
        note_answer(&(struct iovec){(void *)bytes, count}, 1);
        return REAL(write)(fd, bytes, count);
    }
    off_t offset = lseek(fd, 0, SEEK_CUR);
    ssize_t done = write_at(fd, bytes, count, offset, path);
    if (done > 0) lseek(fd, offset + done, SEEK_SET);
    return done;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    char path[PATH_MAX];
    if (path_of(fd, path)) refuse("writev", path);
    note_answer(parts, count);
    return REAL(writev)(fd, parts, count);
}

static int truncate_to(int fd, off_t size) {
    char path[PATH_MAX];
    if (!path_of(fd, path)) return REAL(ftruncate)(fd, size);
    if (fails(TRUNCATE, path)) return -1;
    int result = REAL(ftruncate)(fd, size);
    if (result == 0) note(TRUNCATE, inode_of(fd), size, 0, NULL, 0);
    after();
    return result;
}

int ftruncate(int fd, off_t size) { return truncate_to(fd, size); }
int ftruncate64(int fd, off_t size) { return truncate_to(fd, size); }

int posix_fallocate(int fd, off_t offset, off_t size) {
    char path[PATH_MAX];
    int error = path_of(fd, path) ? fault(ALLOCATE, path) : 0;
    if (error > 0) return error;
    error = REAL(posix_fallocate)(fd, offset, size);
    after();
    return error;
}

// Foundation copies files so.
static ssize_t copy_to(int out, int in, off_t *offset, size_t count, const char *path) {
    char bytes[1 << 16];
    off_t from = offset ? *offset : lseek(in, 0, SEEK_CUR);
    ssize_t done = REAL(pread)(in, bytes, count < sizeof bytes ? count : sizeof bytes, from);
    if (done <= 0) return done;
    off_t start = lseek(out, 0, SEEK_CUR);
    done = write_at(out, bytes, done, start, path);
    if (done <= 0) return done;
    lseek(out, start + done, SEEK_SET);
    if (offset) *offset += done;
    else lseek(in, done, SEEK_CUR);
    return done;
}

ssize_t sendfile(int out, int in, off_t *offset, size_t count) {
    char path[PATH_MAX];
    if (path_of(out, path)) return copy_to(out, in, offset, count, path);
    if (!path_of(in, path)) return REAL(sendfile)(out, in, offset, count);
    int error = fault(SENDFILE, path);
    if (error > 0) return errno = error, -1;
    if (error < 0 && count > 1) count /= 2;
    ssize_t done = REAL(sendfile)(out, in, offset, count);
    after();
    return done;
}
ssize_t sendfile64(int out, int in, off_t *offset, size_t count) { return sendfile(out, in, offset, count); }

void *mmap(void *where, size_t length, int protection, int flags, int fd, off_t offset) {
    char path[PATH_MAX];
    if (control && fd >= 0 && path_of(fd, path)) {
        if (fails(MAP, path)) return MAP_FAILED;
        // The index of the log is made anew after a power loss, so what is in it need not be traced.
        int writes = protection & PROT_WRITE && flags & MAP_SHARED;
        if (writes && !strstr(path, "/index.sqlite-shm")) refuse("mmap", path);
    }
    return (void *)syscall(SYS_mmap, where, length, protection, flags, fd, offset);
}
void *mmap64(void *where, size_t length, int protection, int flags, int fd, off_t offset) {
    return mmap(where, length, protection, flags, fd, offset);
}

// Flushes: what counts is what was there when they began.

static int sync_file(int fd, int (*flush)(int), uint32_t kind) {
    char path[PATH_MAX];
    if (!path_of(fd, path)) return flush(fd);
    int64_t since = traced_so_far();
    if (fails(SYNC, path)) return -1;
    int result = flush(fd);
    if (result == 0) {
        struct iovec name = {(void *)inside(path), strlen(inside(path)) + 1};
        note(kind, inode_of(fd), 0, since, &name, 1);
    }
    after();
    return result;
}

int fsync(int fd) { return sync_file(fd, REAL(fsync), SYNC); }
int fdatasync(int fd) { return sync_file(fd, REAL(fdatasync), SYNC); }
int syncfs(int fd) { return sync_file(fd, REAL(syncfs), SYNC_ALL); }

// Names

int linkat(int from, const char *old, int to, const char *new, int flags) {
    char source[PATH_MAX], target[PATH_MAX];
    if (!path_at(from, old, source) || !path_at(to, new, target)) return REAL(linkat)(from, old, to, new, flags);
    if (fails(LINK, target)) return -1;
    pthread_mutex_lock(&lock);
    int result = REAL(linkat)(from, old, to, new, flags);
    if (result == 0) note_names(LINK, inode_at(target), target, NULL);
    pthread_mutex_unlock(&lock);
    after();
    return result;
}

int renameat(int from, const char *old, int to, const char *new) {
    char source[PATH_MAX], target[PATH_MAX];
    if (!path_at(from, old, source) || !path_at(to, new, target)) return REAL(renameat)(from, old, to, new);
    if (fails(RENAME, target)) return -1;
    pthread_mutex_lock(&lock);
    int result = REAL(renameat)(from, old, to, new);
    if (result == 0) note_names(RENAME, inode_at(target), source, target);
    pthread_mutex_unlock(&lock);
    after();
    return result;
}
int rename(const char *old, const char *new) { return renameat(AT_FDCWD, old, AT_FDCWD, new); }

int unlinkat(int folder, const char *name, int flags) {
    char path[PATH_MAX];
    if (!path_at(folder, name, path)) return REAL(unlinkat)(folder, name, flags);
    if (fails(UNLINK, path)) return -1;
    pthread_mutex_lock(&lock);
    uint64_t inode = inode_at(path);
    int result = REAL(unlinkat)(folder, name, flags);
    if (result == 0) note_names(UNLINK, inode, path, NULL);
    pthread_mutex_unlock(&lock);
    after();
    return result;
}
int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }
int rmdir(const char *name) { return unlinkat(AT_FDCWD, name, AT_REMOVEDIR); }
int remove(const char *name) {
    int result = unlink(name);
    return result && errno == EISDIR ? rmdir(name) : result;
}

int mkdirat(int folder, const char *name, mode_t mode) {
    char path[PATH_MAX];
    if (!path_at(folder, name, path)) return REAL(mkdirat)(folder, name, mode);
    if (fails(MKDIR, path)) return -1;
    pthread_mutex_lock(&lock);
    int result = REAL(mkdirat)(folder, name, mode);
    if (result == 0) note_names(MKDIR, 0, path, NULL);
    pthread_mutex_unlock(&lock);
    after();
    return result;
}
int mkdir(const char *name, mode_t mode) { return mkdirat(AT_FDCWD, name, mode); }

int pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*body)(void *), void *argument) {
    int error = fault(THREAD, NULL);
    return error > 0 ? error : REAL(pthread_create)(thread, how, body, argument);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int result = REAL(clock_gettime)(clock, time);
    if (control && clock == CLOCK_REALTIME) time->tv_sec += __atomic_load_n(&control->ahead, __ATOMIC_RELAXED);
    return result;
}

time_t time(time_t *seconds) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (seconds) *seconds = now.tv_sec;
    return now.tv_sec;
}
