// The Ogg container (RFC 3533) for Swift. Nothing of libogg needs help: the header is all.
#pragma once

#include <ogg/ogg.h>
