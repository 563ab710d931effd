#include <curl/curl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Swift cannot call functions with a variable number of arguments: these name the kinds of arguments. */

static inline CURLcode kehu_curl_text(CURL *call, CURLoption option, const char *value) {
    return curl_easy_setopt(call, option, value);
}

static inline CURLcode kehu_curl_number(CURL *call, CURLoption option, long value) {
    return curl_easy_setopt(call, option, value);
}

static inline CURLcode kehu_curl_headers(CURL *call, struct curl_slist *headers) {
    return curl_easy_setopt(call, CURLOPT_HTTPHEADER, headers);
}

static inline CURLcode kehu_curl_post(CURL *call, const void *body, size_t size) {
    curl_easy_setopt(call, CURLOPT_POST, 1L);
    curl_easy_setopt(call, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)size);
    return curl_easy_setopt(call, CURLOPT_COPYPOSTFIELDS, body);
}

typedef size_t (*kehu_curl_received)(char *bytes, size_t size, size_t count, void *context);
typedef curl_socket_t (*kehu_curl_connecting)(void *context, curlsocktype purpose, struct curl_sockaddr *address);

static inline CURLcode kehu_curl_receive(CURL *call, kehu_curl_received receive, void *context) {
    curl_easy_setopt(call, CURLOPT_WRITEDATA, context);
    return curl_easy_setopt(call, CURLOPT_WRITEFUNCTION, receive);
}

static inline CURLcode kehu_curl_connect(CURL *call, kehu_curl_connecting connecting, void *context) {
    curl_easy_setopt(call, CURLOPT_OPENSOCKETDATA, context);
    return curl_easy_setopt(call, CURLOPT_OPENSOCKETFUNCTION, connecting);
}

static inline long kehu_curl_status(CURL *call) {
    long status = 0;
    curl_easy_getinfo(call, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

/* Seconds to wait, as the answer says; 0 when it says nothing. */
static inline long long kehu_curl_retry_after(CURL *call) {
    curl_off_t seconds = 0;
    curl_easy_getinfo(call, CURLINFO_RETRY_AFTER, &seconds);
    return seconds;
}

/* Copies the bytes of the address that is about to be connected to; the answer is how many: 4, 16, or 0. */
static inline int kehu_curl_address(const struct curl_sockaddr *address, unsigned char *bytes) {
    if (address->family == AF_INET) {
        memcpy(bytes, &((const struct sockaddr_in *)&address->addr)->sin_addr, 4);
        return 4;
    }
    if (address->family == AF_INET6) {
        memcpy(bytes, &((const struct sockaddr_in6 *)&address->addr)->sin6_addr, 16);
        return 16;
    }
    return 0;
}

static inline curl_socket_t kehu_curl_socket(const struct curl_sockaddr *address) {
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static inline curl_socket_t kehu_curl_no_socket(void) { return CURL_SOCKET_BAD; }
