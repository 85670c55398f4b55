#include "CPage.h"

// C23, and an extension of clang 19 and later for C before that. (SwiftPM's `.embedInCode` writes an array literal of
// Swift instead, which costs 15 s of compiling for 60 KB.)
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char html[] = {
#embed "../RoomServer/Page/index.html"
};

static const unsigned char script[] = {
#embed "../RoomServer/Page/page.js"
};

static const unsigned char style[] = {
#embed "../RoomServer/Page/page.css"
};

const zego_page_file zego_page_html = {html, sizeof html};
const zego_page_file zego_page_script = {script, sizeof script};
const zego_page_file zego_page_style = {style, sizeof style};
