public import Values

extension PhoneNumber {
    /// A stored number as people at home in `country` read it, and with its country code when it lies elsewhere:
    /// `138 0000 1234`, `021 6000 0003`, `+1 415-555-2671`.
    public static func display(_ stored: String, country: String = "CN", language: Language = .zh) -> String {
        let parts = stored.split(separator: ";", maxSplits: 1)
        guard let first = parts.first, first.first == "+" else { return stored }
        let e164 = String(first)
        let number: String
        if country == "CN", e164.hasPrefix("+86") {
            number = chinese(String(e164.dropFirst(3)))
        } else {
            let isNational = PhoneLibrary.countryCode(of: country).map { e164.hasPrefix("+" + $0) } ?? false
            number = (isNational ? national(e164, in: country) : international(e164)) ?? e164
        }
        guard parts.count == 2, parts[1].hasPrefix("ext=") else { return number }
        return number + (language == .zh ? " 转 " : " ext. ") + parts[1].dropFirst(4)
    }

    /// A number in E.164 as it is written abroad: `+44 20 7946 0958`. Nil when it is none.
    public static func international(_ e164: String) -> String? { PhoneLibrary.format(e164, national: false) }

    /// A number in E.164 as libphonenumber writes it in its own country: `020 7946 0958`. Nil when it is none.
    public static func national(_ e164: String) -> String? { PhoneLibrary.format(e164, national: true) }

    /// The region that a stored number belongs to, ISO 3166: `CN`, `HK`. Nil when its range is not in use.
    public static func region(_ stored: String) -> String? {
        guard let region = PhoneLibrary.lookUp(e164(of: stored))?.region, region != PhoneLibrary.noRegion else {
            return nil
        }
        return region.isEmpty ? nil : region
    }

    /// True when a stored number lies in a range that is in use, as far as libphonenumber and Chinese custom know. A
    /// number in another one is kept; it may be new, or a slip.
    public static func isKnown(_ stored: String) -> Bool {
        let e164 = e164(of: stored)
        if e164.hasPrefix("+86") {
            let national = String(e164.dropFirst(3))
            if ChinesePhone.isService(national) { return true }
            if ChinesePhone.isMobile(national) { return knownMobiles.contains(String(national.prefix(3))) }
        }
        return PhoneLibrary.lookUp(e164)?.isValid ?? false
    }

    /// What is to be said beside a stored number; nil when nothing speaks against it.
    public static func doubt(_ stored: String) -> Label? {
        if isKnown(stored) { return nil }
        let e164 = e164(of: stored)
        if e164.hasPrefix("+86"), ChinesePhone.isMistypedMobile(String(e164.dropFirst(3))) {
            let count = e164.utf8.count - 3
            return Label(
                "A Chinese mobile has 11 digits; this one has \(count). Check the number.",
                zh: "手机号应为 11 位，现在是 \(count) 位，请核对。"
            )
        }
        return Label("range not in use, please check", zh: "号段未启用，请核对")
    }

    /// The beginnings of Chinese mobiles that are in use; asked once, for lists show many numbers.
    private static let knownMobiles = Set(
        (130...199).map(String.init).filter { PhoneLibrary.lookUp("+86" + $0 + "00001234")?.isValid == true }
    )

    /// True for the number of a mobile; false also where mobiles and land lines cannot be told apart.
    public static func isMobile(_ stored: String) -> Bool {
        let e164 = e164(of: stored)
        if e164.hasPrefix("+86") { return ChinesePhone.isMobile(String(e164.dropFirst(3))) }
        return PhoneLibrary.lookUp(e164)?.type == PhoneLibrary.mobile
    }

    /// How stored numbers may begin that begin with `digits` at home, where the 0 in front may be one for calls at home.
    public static func beginnings(of digits: String, country: String) -> [String] {
        let code = PhoneLibrary.countryCode(of: country) ?? ""
        let local = digits.hasPrefix("0") ? [String(digits.dropFirst()), digits] : [digits]
        return local.map { "+" + code + $0 } + ["+" + digits]
    }

    /// True for the code of a country or region that has telephone numbers, in upper case: `CN`, `HK`.
    public static func isCountry(_ code: String) -> Bool {
        code.utf8.count == 2 && code != PhoneLibrary.noRegion && PhoneLibrary.countryCode(of: code) != nil
    }

    private static func e164(of stored: String) -> String { String(stored.prefix { $0 != ";" }) }

    /// The national form where the number is in that country; +1 and +7 are shared by several.
    private static func national(_ e164: String, in country: String) -> String? {
        guard let region = region(e164), region != country else { return national(e164) }
        return international(e164)
    }

    private static func chinese(_ national: String) -> String {
        if ChinesePhone.isMobile(national) { return cut(national, [3, 4, 4]).joined(separator: " ") }
        if ChinesePhone.isService(national) {
            return national.utf8.count == 10 ? cut(national, [3, 3, 4]).joined(separator: " ") : national
        }
        let area = ChinesePhone.areaLength(national)
        guard area > 0, national.utf8.count > area else { return national }
        let number = national.dropFirst(area)
        let rest = cut(String(number), number.utf8.count == 8 ? [4, 4] : [3, 4])
        return "0" + national.prefix(area) + " " + rest.joined(separator: " ")
    }

    private static func cut(_ digits: String, _ lengths: [Int]) -> [String] {
        var rest = Substring(digits)
        var parts: [String] = []
        for length in lengths where !rest.isEmpty {
            parts.append(String(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return parts
    }
}
