#pragma once

// Debian keeps libpq's headers in a directory of their own; pkg-config's include path names that directory itself.

#if __has_include(<postgresql/libpq-fe.h>)
#include <postgresql/libpq-fe.h>
#else
#include <libpq-fe.h>
#endif

#ifdef __linux__
#include <sys/prctl.h>
#else
#include <pthread.h>
#endif

/// Names the calling thread. Swift cannot call prctl, which is variadic.
static inline void martlet_name_storage_thread(const char *name) {
#ifdef __linux__
    prctl(PR_SET_NAME, name, 0L, 0L, 0L);
#else
    pthread_setname_np(name);
#endif
}
