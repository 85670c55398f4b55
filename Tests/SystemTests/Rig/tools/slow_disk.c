/* A disk that takes its time: preloaded, it lets fdatasync() wait SLOW_DISK_MS milliseconds and appends a line to SLOW_DISK_LOG for each: the
 * monotonic time in seconds and the file. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int fdatasync(int descriptor) {
    const char *wait = getenv("SLOW_DISK_MS"), *log = getenv("SLOW_DISK_LOG");
    long milliseconds = wait ? atol(wait) : 0;
    struct timespec pause = {milliseconds / 1000, milliseconds % 1000 * 1000000}, now;
    nanosleep(&pause, NULL);
    int code = (int)syscall(SYS_fdatasync, descriptor);
    clock_gettime(CLOCK_MONOTONIC, &now);
    char link[64], path[512] = "", line[640];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    if (readlink(link, path, sizeof path - 1) < 0) path[0] = 0;
    int length = snprintf(line, sizeof line, "%ld.%03ld %s\n", (long)now.tv_sec, now.tv_nsec / 1000000, path);
    int file = log ? open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    if (file >= 0) {
        if (write(file, line, length) < 0) code = -1;
        close(file);
    }
    return code;
}
