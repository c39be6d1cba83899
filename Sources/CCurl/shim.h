#pragma once

// libcurl's setters and getters are variadic, which Swift cannot call. Each wrapper below fixes the argument type, so that a
// mismatch between an option and its value is a compile-time error here instead of undefined behaviour at run time.

#include <curl/curl.h>
#include <stddef.h>

#ifdef __linux__
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

/// Names the calling thread; prctl is variadic too.
static inline void martlet_name_thread(const char *name) {
    prctl(PR_SET_NAME, name, 0L, 0L, 0L);
}
#endif

typedef size_t (*martlet_data_callback)(char *bytes, size_t size, size_t count, void *context);
typedef int (*martlet_seek_callback)(void *context, curl_off_t offset, int origin);
typedef int (*martlet_socket_callback)(CURL *easy, curl_socket_t socket, int what, void *context, void *socket_context);
typedef int (*martlet_timer_callback)(CURLM *multi, long milliseconds, void *context);

static inline CURLcode martlet_easy_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode martlet_easy_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode martlet_easy_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

/// For options that take an object or context pointer, and for POSTFIELDS and COPYPOSTFIELDS.
static inline CURLcode martlet_easy_set_pointer(CURL *easy, CURLoption option, const void *value) {
    return curl_easy_setopt(easy, option, (void *)value);
}

static inline CURLcode martlet_easy_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}

/// WRITEFUNCTION, HEADERFUNCTION and READFUNCTION share one shape.
static inline CURLcode martlet_easy_set_data_callback(CURL *easy, CURLoption option, martlet_data_callback callback) {
    return curl_easy_setopt(easy, option, callback);
}

static inline CURLcode martlet_easy_set_seek(CURL *easy, martlet_seek_callback callback) {
    return curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, callback);
}

static inline CURLcode martlet_easy_set_open_socket(CURL *easy, curl_opensocket_callback callback) {
    return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, callback);
}

static inline CURLcode martlet_easy_set_close_socket(CURL *easy, curl_closesocket_callback callback) {
    return curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, callback);
}

static inline CURLcode martlet_easy_set_prerequest(CURL *easy, curl_prereq_callback callback) {
    return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, callback);
}

static inline CURLcode martlet_easy_set_resolver_start(CURL *easy, curl_resolver_start_callback callback) {
    return curl_easy_setopt(easy, CURLOPT_RESOLVER_START_FUNCTION, callback);
}

static inline CURLcode martlet_easy_get_long(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode martlet_easy_get_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode martlet_easy_get_pointer(CURL *easy, CURLINFO info, void **value) {
    return curl_easy_getinfo(easy, info, (char **)value);
}

/// The socket of the last connection used, or CURL_SOCKET_BAD.
static inline CURLcode martlet_easy_get_socket(CURL *easy, curl_socket_t *value) {
    return curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, value);
}

static inline CURLMcode martlet_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

static inline CURLMcode martlet_multi_set_socket(CURLM *multi, martlet_socket_callback callback, void *context) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, callback);
    return code != CURLM_OK ? code : curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
}

static inline CURLMcode martlet_multi_set_timer(CURLM *multi, martlet_timer_callback callback, void *context) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, callback);
    return code != CURLM_OK ? code : curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
}

static inline CURLSHcode martlet_share_add(CURLSH *share, curl_lock_data kind) {
    return curl_share_setopt(share, CURLSHOPT_SHARE, kind);
}

/// The finished transfer of a DONE message, or NULL; its result lies in a union that Swift would have to reach into.
static inline CURL *martlet_multi_next_done(CURLM *multi, CURLcode *result) {
    int left = 0;
    CURLMsg *message;
    while((message = curl_multi_info_read(multi, &left)) != NULL) {
        if(message->msg == CURLMSG_DONE) {
            *result = message->data.result;
            return message->easy_handle;
        }
    }
    return NULL;
}
