// Preloaded (LD_PRELOAD) into a test process: counts what the audio thread asks of the allocator, by the thread's name.
// The test finds `malloc_count_of_audio_thread` with dlsym.
//
// Built with: gcc -O2 -shared -fPIC -o malloc_count.so malloc_count.c

#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *memory);

static atomic_long calls;

static void note(void) {
    // Once known, a thread stays the audio thread; another one is asked each time, because it may get its name later.
    static _Thread_local int is_audio;
    char name[17] = "";
    if (!is_audio) {
        prctl(PR_GET_NAME, name);
        is_audio = !strcmp(name, "zego-audio");
    }
    if (is_audio) atomic_fetch_add(&calls, 1);
}

long malloc_count_of_audio_thread(void) { return atomic_load(&calls); }

void *malloc(size_t size) {
    note();
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    note();
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
    note();
    return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    note();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    note();
    *memory = __libc_memalign(alignment, size);
    return *memory ? 0 : 12;
}

void free(void *memory) {
    if (memory) note();
    __libc_free(memory);
}
