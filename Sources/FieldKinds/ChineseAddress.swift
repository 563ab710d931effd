import Values

/// The parts of a postal address.
public struct AddressParts: Sendable, Hashable {
    /// Street, house and room.
    public var street: String?
    /// The country, where it was named.
    public var country: String?
    /// The full name of the province: 浙江省, 内蒙古自治区.
    public var province: String?
    /// The full name of the city; nil in Beijing, Tianjin, Shanghai and Chongqing and for counties without a city.
    public var city: String?
    /// The full name of the district, county or county-level city.
    public var district: String?
    /// The postal code.
    public var postalCode: String?

    /// An address of which nothing is known yet.
    public init() {}
}

/// Addresses of China written in one line.
public enum ChineseAddress {
    /// The parts of a line such as `浙江省杭州市西湖区文三路90号`; nil when it names no division of China, as abroad.
    ///
    /// The province and the city may be missing or be said in short; 鼓楼区 alone, of which there are four, says too
    /// little. `province`, `city` and `district` are what is known already; a line that contradicts them gives nil.
    public static func split(
        _ line: String,
        province: String? = nil,
        city: String? = nil,
        district: String? = nil
    ) -> AddressParts? {
        var parts = AddressParts()
        var rest = Substring(plain(line))
        parts.postalCode = takePostalCode(&rest)
        parts.country = takeCountry(&rest)
        let known = AddressSearch.Known(province: province, city: city, district: district)
        guard let found = AddressSearch.best(in: rest, known: known) else {
            if parts.postalCode == nil && parts.country == nil { return nil }
            guard province != nil || parts.country != nil else { return nil }
            parts.street = text(rest)
            return parts
        }
        (parts.province, parts.city, parts.district) = (found.province.name, found.city?.name, found.district?.name)
        parts.street = text(found.rest)
        return parts
    }

    /// The line with digits and Latin letters in their usual width, without blanks at its ends.
    private static func plain(_ line: String) -> String {
        var text = String.UnicodeScalarView()
        for scalar in line.unicodeScalars {
            switch scalar.value {
            case 0xFF10...0xFF19, 0xFF21...0xFF3A, 0xFF41...0xFF5A:
                text.append(Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar)
            case 0x3000, 0xA0: text.append(" ")
            default: text.append(scalar)
            }
        }
        return String(text).trimmedSpaces
    }

    /// True for what stands between the parts of an address.
    static func isSeparator(_ character: Character) -> Bool {
        switch character {
        case " ", ",", "，", "、", "。", ";", "；", "/", "|", "·", "-", "—": true
        default: false
        }
    }

    private static func text(_ rest: Substring) -> String? {
        let street = String(rest.drop(while: isSeparator)).trimmedSpaces
        return street.isEmpty ? nil : street
    }

    /// Six digits at the start or the end, or after 邮编.
    private static func takePostalCode(_ rest: inout Substring) -> String? {
        for mark in ["邮政编码", "邮编"] {
            guard let place = rest.firstRange(of: mark) else { continue }
            let after = rest[place.upperBound...].drop { $0 == ":" || $0 == "：" || $0 == " " }
            guard let code = sixDigits(after) else { continue }
            let before = rest[..<place.lowerBound]
            let open: Set<Character> = ["(", "（", " ", ",", "，"]
            var end = before
            while let last = end.last, open.contains(last) { end.removeLast() }
            let tail = after.dropFirst(6).drop { $0 == ")" || $0 == "）" || isSeparator($0) }
            rest = Substring(end + tail)
            return code
        }
        if let code = sixDigits(rest), !"号室栋弄".contains(rest.dropFirst(6).first ?? " ") {
            rest = rest.dropFirst(6).drop(while: isSeparator)
            return code
        }
        let tail = rest.suffix(7)
        guard tail.count == 7, let first = tail.first, isSeparator(first), let code = sixDigits(tail.dropFirst())
        else { return nil }
        rest = rest.dropLast(7)
        while let last = rest.last, isSeparator(last) { rest.removeLast() }
        return code
    }

    private static func sixDigits(_ text: Substring) -> String? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        return digits.count == 6 ? String(digits) : nil
    }

    private static func takeCountry(_ rest: inout Substring) -> String? {
        for name in ["中华人民共和国", "中国"] where rest.hasPrefix(name) {
            let after = rest.dropFirst(name.count)
            // 中国银行 is no country.
            guard after.first.map(isSeparator) ?? true || AddressSearch.best(in: after, known: .init()) != nil
            else { return nil }
            rest = after.drop(while: isSeparator)
            return "中国"
        }
        return nil
    }
}
