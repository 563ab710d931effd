public import Values

extension PhoneNumber {
    /// A stored number as people at home in `country` read it: `138 0000 1234`, `021-6000 0003`, `+1 415-555-2671`.
    public static func display(_ stored: String, country: String = "CN", language: Language = .zh) -> String {
        let parts = stored.split(separator: ";", maxSplits: 1)
        guard let e164 = parts.first, e164.first == "+" else { return stored }
        let digits = e164.dropFirst()
        guard let code = PhoneCountry.code(of: digits) else { return stored }
        let national = String(digits.dropFirst(code.count))
        let number: String
        switch code {
        case "86": number = country == "CN" ? chinese(national) : "+86 " + groups(national).joined(separator: " ")
        case "1" where national.utf8.count == 10: number = "+1 " + cut(national, [3, 3, 4]).joined(separator: "-")
        default: number = "+" + code + " " + groups(national).joined(separator: " ")
        }
        guard parts.count == 2, parts[1].hasPrefix("ext=") else { return number }
        return number + (language == .zh ? " 转 " : " ext. ") + parts[1].dropFirst(4)
    }

    private static func chinese(_ national: String) -> String {
        if ChinesePhone.isMobile(national) { return cut(national, [3, 4, 4]).joined(separator: " ") }
        if ChinesePhone.isService(national) {
            return national.utf8.count == 10 ? cut(national, [3, 3, 4]).joined(separator: "-") : national
        }
        let area = ChinesePhone.areaLength(national)
        guard area > 0, national.utf8.count > area else { return national }
        let number = national.dropFirst(area)
        let rest = cut(String(number), number.utf8.count == 8 ? [4, 4] : [3, 4])
        return "0" + national.prefix(area) + "-" + rest.joined(separator: " ")
    }

    private static func groups(_ national: String) -> [String] {
        if ChinesePhone.isMobile(national) { return cut(national, [3, 4, 4]) }
        switch national.utf8.count {
        case 0...5: return [national]
        case 8: return cut(national, [4, 4])
        case 10: return cut(national, [3, 3, 4])
        case 11: return cut(national, [3, 4, 4])
        default: return cut(national, [3, 3, 3, 3, 3, 3])
        }
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
