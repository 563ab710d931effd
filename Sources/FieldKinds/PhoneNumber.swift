import Values

/// A telephone number: E.164, and the extension behind a switchboard.
public struct PhoneNumber: Sendable, Hashable {
    /// `+8613900001234`.
    public let e164: String
    /// The extension's digits.
    public let extensionNumber: String?

    /// The stored form: `+8657180000001` or `+8657180000001;ext=802`.
    public var stored: String { extensionNumber.map { e164 + ";ext=" + $0 } ?? e164 }

    /// The stored form of the first number in a text; `country` is where numbers without a code belong.
    public static func normalised(_ text: String, country: String = "CN") throws(ValueFailure) -> String {
        if country == "CN", let mobile = plainMobile(text) { return mobile }
        return try parse(text, country: country).stored
    }

    /// Eleven digits without anything else, which most cells of an import hold.
    private static func plainMobile(_ text: String) -> String? {
        let bytes = text.utf8
        guard bytes.count == 11, bytes.first == 0x31, bytes.dropFirst().first ?? 0 > 0x32,
            bytes.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return "+86" + text
    }

    /// The first number in a text such as `手机：139 0000 1234（微信同号）` or `0571-80000001转802`.
    ///
    /// Throws `damaged_number`, `missing_area_code` or `invalid_phone`.
    public static func parse(_ text: String, country: String = "CN") throws(ValueFailure) -> PhoneNumber {
        let numbers = try parseAll(text, country: country)
        guard let first = numbers.first else { throw invalid }
        return first
    }

    /// All numbers in a text, such as the two in `13900001234/0571-80000001`; at least one.
    public static func parseAll(_ text: String, country: String = "CN") throws(ValueFailure) -> [PhoneNumber] {
        let folded = Fold.fold(String(text.prefix(500)))
        if isScientific(folded) { throw damaged }
        let country = country.uppercased()
        var numbers: [PhoneNumber] = []
        var reason = invalid
        for candidate in PhoneCandidate.all(in: folded, letters: country == "US" || country == "CA") {
            let found = resolve(candidate, country)
            if found.isEmpty, candidate.isLocal, country == "CN" { reason = missingArea }
            for number in found where !numbers.contains(number) { numbers.append(number) }
        }
        if numbers.isEmpty { throw reason }
        return numbers
    }

    private init(e164: String, extensionNumber: String?) {
        self.e164 = e164
        self.extensionNumber = extensionNumber
    }

    private static func resolve(_ candidate: PhoneCandidate, _ country: String) -> [PhoneNumber] {
        let groups = candidate.groups
        if let e164 = e164(groups, isInternational: candidate.hasPlus, country) {
            return [PhoneNumber(e164: e164, extensionNumber: candidate.extensionNumber)]
        }
        // A switchboard and its extension: 0571-80000001-802.
        if candidate.extensionNumber == nil, groups.count > 1, candidate.endsWithDash, let last = groups.last,
            last.utf8.count < 7,
            let e164 = e164(Array(groups.dropLast()), isInternational: candidate.hasPlus, country)
        {
            return [PhoneNumber(e164: e164, extensionNumber: last)]
        }
        // Two numbers with only a space between them.
        let each = groups.compactMap { group in
            group.utf8.count < 7 ? nil : e164([group], isInternational: false, country)
        }
        return each.count == groups.count ? each.map { PhoneNumber(e164: $0, extensionNumber: nil) } : []
    }

    private static func e164(_ groups: [String], isInternational: Bool, _ country: String) -> String? {
        let digits = groups.joined()
        if isInternational { return international(Substring(digits)) }
        if digits.hasPrefix("00"), let found = international(digits.dropFirst(2)) { return found }
        if country == "CN" {
            // 852-51000001: the code of a neighbour, without its plus.
            if groups.count > 1, ["852", "853", "886"].contains(groups[0]), let found = international(Substring(digits))
            {
                return found
            }
            if let national = ChinesePhone.national(digits) { return "+86" + national }
            guard digits.hasPrefix("86"), digits.utf8.count > 11 else { return nil }
            return international(Substring(digits))
        }
        guard let known = PhoneCountry.named(country) else { return nil }
        var national = Substring(digits)
        if !known.trunk.isEmpty, national.hasPrefix(known.trunk) { national = national.dropFirst(known.trunk.count) }
        if known.lengths.contains(national.utf8.count) { return "+" + known.code + national }
        return digits.hasPrefix(known.code) ? international(Substring(digits)) : nil
    }

    /// Digits after a plus.
    private static func international(_ digits: Substring) -> String? {
        guard let code = PhoneCountry.code(of: digits) else { return nil }
        var national = digits.dropFirst(code.count)
        if code == "86" { return ChinesePhone.national(String(national), afterCode: true).map { "+86" + $0 } }
        guard let known = PhoneCountry.coded(code) else {
            return (7...15).contains(digits.utf8.count) ? "+" + digits : nil
        }
        // +44 (0)20…: the zero is for callers at home.
        if known.trunk == "0", national.first == "0" { national = national.dropFirst() }
        return known.lengths.contains(national.utf8.count) ? "+" + code + national : nil
    }

    /// `1.39E+10`: what spreadsheets make of a number.
    private static func isScientific(_ text: String) -> Bool {
        let parts = text.filter { !$0.isWhitespace }.split(separator: "e", omittingEmptySubsequences: false)
        guard parts.count == 2, let first = parts[0].first, first.isASCII, first.isNumber else { return false }
        let exponent = parts[1].drop { $0 == "+" || $0 == "-" }
        return !exponent.isEmpty && exponent.utf8.count < 4 && exponent.allSatisfy { $0.isASCII && $0.isNumber }
            && parts[0].allSatisfy { $0.isASCII && ($0.isNumber || $0 == "." || $0 == ",") }
    }

    private static let invalid = ValueFailure(
        "invalid_phone",
        Label(
            "This is no telephone number. Write 139 0000 1234, 021-6000 0003 or, for abroad, +1 415 555 2671.",
            zh: "电话号码不正确。请填写手机号、带区号的座机号；境外号码请以 + 和国家代码开头。"
        )
    )
    private static let damaged = ValueFailure(
        "damaged_number",
        Label(
            "A spreadsheet has damaged this number. Format the column as text and enter the number again.",
            zh: "号码已被表格软件变成科学计数，无法还原。请把该列设为“文本”格式后重新填写。"
        )
    )
    private static let missingArea = ValueFailure(
        "missing_area_code",
        Label(
            "The area code is missing. Write it in front, as in 021-6000 0003.",
            zh: "缺少区号，请在前面加上区号，例如 021-6000 0003。"
        )
    )
}
