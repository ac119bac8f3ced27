/* What a program does to the files of one folder, written down in order: loaded before the C library.
 *
 * MONITOR_DISK_FOLDER names the folder, MONITOR_DISK_JOURNAL the file to write to. A line of the journal is
 * a head of five little-endian numbers (kind, length of path, offset, length of data, 0), the path and
 * the data. Kinds: 1 created, 2 written, 3 truncated (offset = new size), 4 synced, 5 removed, 6 folder synced.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOST 4096
enum { CREATED = 1, WRITTEN, TRUNCATED, SYNCED, REMOVED, FOLDER_SYNCED };

static char paths[MOST][512];
static int journal = -1;
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

static void put(const void *data, size_t length) {
    const char *at = data;
    while (length > 0) {
        long done = syscall(SYS_write, journal, at, length);
        if (done <= 0) _exit(97);
        at += done;
        length -= (size_t)done;
    }
}

static void tell(uint64_t kind, const char *path, uint64_t offset, const void *data, uint64_t length) {
    if (journal < 0) {
        const char *name = getenv("MONITOR_DISK_JOURNAL");
        if (name == NULL) return;
        journal = (int)syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (journal < 0) _exit(98);
    }
    uint64_t head[5] = {kind, strlen(path), offset, length, 0};
    put(head, sizeof head);
    put(path, strlen(path));
    if (length > 0) put(data, length);
}

static int ours(const char *path) {
    const char *folder = getenv("MONITOR_DISK_FOLDER");
    return folder != NULL && path != NULL && strncmp(path, folder, strlen(folder)) == 0;
}

static const char *path_of(int file) { return file >= 0 && file < MOST && paths[file][0] ? paths[file] : NULL; }

static int opened(int file, const char *path, int created) {
    if (file < 0 || file >= MOST) return file;
    paths[file][0] = 0;
    if (ours(path) && strlen(path) < sizeof paths[file]) {
        strcpy(paths[file], path);
        if (created) tell(CREATED, path, 0, NULL, 0);
    }
    return file;
}

static int really_open(int folder, const char *path, int flags, mode_t mode) {
    pthread_mutex_lock(&one_at_a_time);
    struct stat found;
    int created = (flags & O_CREAT) && ours(path) && stat(path, &found) != 0;
    int file = opened((int)syscall(SYS_openat, folder, path, flags, mode), path, created);
    pthread_mutex_unlock(&one_at_a_time);
    return file;
}

#define MODE_GIVEN                                                  \
    mode_t mode = 0;                                                \
    if (flags & O_CREAT) {                                          \
        va_list more;                                               \
        va_start(more, flags);                                      \
        mode = (mode_t)va_arg(more, int);                           \
        va_end(more);                                               \
    }

int open(const char *path, int flags, ...) { MODE_GIVEN return really_open(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE_GIVEN return really_open(AT_FDCWD, path, flags, mode); }
int openat(int folder, const char *path, int flags, ...) { MODE_GIVEN return really_open(folder, path, flags, mode); }

int close(int file) {
    pthread_mutex_lock(&one_at_a_time);
    if (file >= 0 && file < MOST) paths[file][0] = 0;
    int done = (int)syscall(SYS_close, file);
    pthread_mutex_unlock(&one_at_a_time);
    return done;
}

static ssize_t written(int file, const void *data, size_t length, off_t offset) {
    pthread_mutex_lock(&one_at_a_time);
    ssize_t done = (ssize_t)syscall(SYS_pwrite64, file, data, length, offset);
    if (done > 0 && path_of(file)) tell(WRITTEN, path_of(file), (uint64_t)offset, data, (uint64_t)done);
    pthread_mutex_unlock(&one_at_a_time);
    return done;
}

ssize_t pwrite(int file, const void *data, size_t length, off_t offset) { return written(file, data, length, offset); }
ssize_t pwrite64(int file, const void *data, size_t length, off_t offset) { return written(file, data, length, offset); }

ssize_t write(int file, const void *data, size_t length) {
    pthread_mutex_lock(&one_at_a_time);
    off_t at = path_of(file) ? lseek(file, 0, SEEK_CUR) : 0;
    ssize_t done = (ssize_t)syscall(SYS_write, file, data, length);
    if (done > 0 && path_of(file)) tell(WRITTEN, path_of(file), (uint64_t)at, data, (uint64_t)done);
    pthread_mutex_unlock(&one_at_a_time);
    return done;
}

static int cut(int file, off_t size) {
    pthread_mutex_lock(&one_at_a_time);
    int done = (int)syscall(SYS_ftruncate, file, size);
    if (done == 0 && path_of(file)) tell(TRUNCATED, path_of(file), (uint64_t)size, NULL, 0);
    pthread_mutex_unlock(&one_at_a_time);
    return done;
}

int ftruncate(int file, off_t size) { return cut(file, size); }
int ftruncate64(int file, off_t size) { return cut(file, size); }

static int synced(int file, long call) {
    pthread_mutex_lock(&one_at_a_time);
    struct stat found;
    int done = (int)syscall(call, file);
    if (done == 0 && path_of(file) && fstat(file, &found) == 0)
        tell(S_ISDIR(found.st_mode) ? FOLDER_SYNCED : SYNCED, path_of(file), 0, NULL, 0);
    pthread_mutex_unlock(&one_at_a_time);
    return done;
}

int fsync(int file) { return synced(file, SYS_fsync); }
int fdatasync(int file) { return synced(file, SYS_fdatasync); }

int unlink(const char *path) {
    pthread_mutex_lock(&one_at_a_time);
    int done = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    if (done == 0 && ours(path)) tell(REMOVED, path, 0, NULL, 0);
    pthread_mutex_unlock(&one_at_a_time);
    return done;
}
