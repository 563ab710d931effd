#include <gd.h>

/* Says nothing about pictures that cannot be read. */
static void kehu_gd_ignore(int priority, const char *format, va_list arguments) {
    (void)priority;
    (void)format;
    (void)arguments;
}

static inline void kehu_gd_quiet(void) { gdSetErrorMethod(kehu_gd_ignore); }
