#ifndef C_PHONE_NUMBER_H
#define C_PHONE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// libphonenumber for Swift: plain texts in, plain texts out, safe to call from any thread.

// The longest text that is written, with its closing zero.
enum { phone_text_size = 64 };

enum phone_style { phone_international = 0, phone_national = 1 };

// The library's kinds of numbers, by its own figures.
enum phone_type {
    phone_fixed_line = 0,
    phone_mobile = 1,
    phone_fixed_line_or_mobile = 2,
    phone_toll_free = 3,
    phone_premium_rate = 4,
    phone_shared_cost = 5,
    phone_voip = 6,
    phone_personal = 7,
    phone_pager = 8,
    phone_uan = 9,
    phone_voicemail = 10,
    phone_unknown = 11
};

struct phone_number {
    char e164[phone_text_size];
    char extension[phone_text_size];
    // True when a number of that length exists.
    bool is_possible;
    // True when it exists with its area, and not only within one.
    bool is_whole;
};

struct phone_facts {
    char region[phone_text_size];
    bool is_possible;
    bool is_valid;
    enum phone_type type;
};

// Reads `length` bytes of UTF-8 as a number written in `region`. False when they are none.
bool phone_parse(const char *text, size_t length, const char *region, struct phone_number *number);

// What is known of a number in E.164. False when it is none.
bool phone_look_up(const char *e164, struct phone_facts *facts);

// Writes a number in E.164 as people write it. False when it is none or does not fit.
bool phone_format(const char *e164, enum phone_style style, char text[phone_text_size]);

// The country code of a region, 0 for a region that is unknown.
int phone_country_code(const char *region);

#ifdef __cplusplus
}
#endif

#endif
