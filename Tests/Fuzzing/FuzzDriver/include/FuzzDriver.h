#pragma once
#include <stddef.h>
#include <stdint.h>

/* libFuzzer's way in for programs with a main of their own (compiler-rt, FuzzerInterface). */
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*test)(const uint8_t *data, size_t size));
