#include "CPhoneNumber.h"

#include <cstring>
#include <string>

#include <phonenumbers/phonenumberutil.h>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

namespace {

const PhoneNumberUtil &library() {
    static const PhoneNumberUtil &only = *PhoneNumberUtil::GetInstance();
    return only;
}

bool copy(const std::string &text, char (&into)[phone_text_size]) {
    if (text.size() >= phone_text_size) return false;
    std::memcpy(into, text.c_str(), text.size() + 1);
    return true;
}

bool parse(const std::string &text, const std::string &region, PhoneNumber *number) {
    return library().Parse(text, region, number) == PhoneNumberUtil::NO_PARSING_ERROR;
}

}  // namespace

bool phone_parse(const char *text, size_t length, const char *region, struct phone_number *number) {
    PhoneNumber found;
    if (!parse(std::string(text, length), region, &found)) return false;
    std::string e164;
    library().Format(found, PhoneNumberUtil::E164, &e164);
    number->is_possible = library().IsPossibleNumber(found);
    number->is_whole = library().IsPossibleNumberWithReason(found) == PhoneNumberUtil::IS_POSSIBLE;
    return copy(e164, number->e164) && copy(found.extension(), number->extension);
}

bool phone_look_up(const char *e164, struct phone_facts *facts) {
    PhoneNumber number;
    if (!parse(e164, "ZZ", &number)) return false;
    std::string region;
    library().GetRegionCodeForNumber(number, &region);
    facts->is_possible = library().IsPossibleNumber(number);
    facts->is_valid = library().IsValidNumber(number);
    facts->type = static_cast<phone_type>(library().GetNumberType(number));
    return copy(region, facts->region);
}

bool phone_format(const char *e164, enum phone_style style, char text[phone_text_size]) {
    PhoneNumber number;
    if (!parse(e164, "ZZ", &number)) return false;
    std::string shown;
    library().Format(number, style == phone_national ? PhoneNumberUtil::NATIONAL : PhoneNumberUtil::INTERNATIONAL, &shown);
    if (shown.size() >= phone_text_size) return false;
    std::memcpy(text, shown.c_str(), shown.size() + 1);
    return true;
}

int phone_country_code(const char *region) { return library().GetCountryCodeForRegion(region); }
