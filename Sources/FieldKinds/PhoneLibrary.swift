import CPhoneNumber

/// libphonenumber, which knows the numbers of every country.
enum PhoneLibrary {
    /// What the library makes of a text.
    struct Reading {
        /// `+442079460958`.
        let e164: String
        /// The extension's digits.
        let extensionNumber: String?
        /// True when a number of that length exists there; whether the range is in use is another question.
        let isPossible: Bool
        /// True when such a number exists with its area, and not only within one.
        let isWhole: Bool
    }

    /// The region of numbers that carry their own country code.
    static let noRegion = "ZZ"
    /// The library's figure for mobiles.
    static let mobile = phone_mobile.rawValue

    /// A number as it is written in `region`; nil for a text that is none.
    static func read(_ text: String, region: String = noRegion) -> Reading? {
        var text = text
        var number = phone_number()
        let isNumber = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                guard let start = characters.baseAddress, !characters.isEmpty else { return false }
                return phone_parse(start, characters.count, region, &number)
            }
        }
        guard isNumber else { return nil }
        let extensionNumber = string(number.extension)
        return Reading(
            e164: string(number.e164),
            extensionNumber: extensionNumber.isEmpty ? nil : extensionNumber,
            isPossible: number.is_possible,
            isWhole: number.is_whole
        )
    }

    /// A number in E.164 as people write it at home or from abroad; nil when it is none.
    static func format(_ e164: String, national: Bool) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(phone_text_size)) { text in
            guard let start = text.baseAddress else { return nil }
            let style = national ? phone_national : phone_international
            return phone_format(e164, style, start) ? String(cString: start) : nil
        }
    }

    /// What is known of a number in E.164; nil when it is none.
    static func lookUp(_ e164: String) -> (region: String, isPossible: Bool, isValid: Bool, type: UInt32)? {
        var facts = phone_facts()
        guard phone_look_up(e164, &facts) else { return nil }
        return (string(facts.region), facts.is_possible, facts.is_valid, facts.type.rawValue)
    }

    /// The country code of a region, as in `86`; nil for a region that has none.
    static func countryCode(of region: String) -> String? {
        let code = phone_country_code(region)
        return code > 0 ? String(code) : nil
    }

    /// The text of an array of characters that ends with zero.
    private static func string(_ characters: some Any) -> String {
        withUnsafeBytes(of: characters) { bytes in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
