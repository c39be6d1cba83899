#pragma once

// Linking is all: the library's malloc takes the place of the C library's. A request makes some forty small allocations
// on each of two threads, which free each other's; that is where the C library's allocator is slow.
