#pragma once

#include <stddef.h>

/// A file of `Sources/RoomServer/Page` as it stands there, in the program itself: there is nothing to be found at run
/// time, and editing the file is enough to rebuild the program.
typedef struct {
    const unsigned char *bytes;
    size_t size;
} zego_page_file;

extern const zego_page_file zego_page_html;
extern const zego_page_file zego_page_script;
extern const zego_page_file zego_page_style;
