#pragma once

// Only hiredis' reply reader is used. Its connections, its blocking calls and its own reply objects are not, so the
// one header that declares the reader is enough. pkg-config's include path names the directory itself; the plain
// system path is for builds without pkg-config.

#if __has_include(<hiredis/read.h>)
#include <hiredis/read.h>
#else
#include <read.h>
#endif
