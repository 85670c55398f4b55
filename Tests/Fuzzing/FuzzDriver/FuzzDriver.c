#include "FuzzDriver.h"

/* libFuzzer comes with a main of its own, which nobody calls; this is what that one would run. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    (void)data;
    (void)size;
    return 0;
}
