import Values

/// A telephone number: E.164, and the extension behind a switchboard.
public struct PhoneNumber: Sendable, Hashable {
    /// `+8613900001234`.
    public let e164: String
    /// The extension's digits.
    public let extensionNumber: String?

    /// The stored form: `+8657180000001` or `+8657180000001;ext=802`.
    public var stored: String { extensionNumber.map { e164 + ";ext=" + $0 } ?? e164 }

    /// The stored form of the one number in a text; `country` (ISO 3166) is where numbers without a code belong.
    ///
    /// Throws what `parse` does, and `several_numbers` where there is more than one: none of them is lost unsaid.
    public static func normalised(_ text: String, country: String = "CN") throws(ValueFailure) -> String {
        if country == "CN", let usual = usualChinese(text) { return usual }
        let numbers = try parseAll(text, country: country)
        guard let first = numbers.first else { throw invalid }
        guard numbers.count == 1 else { throw severalNumbers(numbers.count) }
        return first.stored
    }

    /// The numbers in a text that holds more than one; nil for one alone and for what cannot be read.
    public static func several(in text: String, country: String = "CN") -> [PhoneNumber]? {
        if country == "CN", usualChinese(text) != nil { return nil }
        guard let numbers = try? parseAll(text, country: country), numbers.count > 1 else { return nil }
        return numbers
    }

    /// The first number in a text such as `手机：139 0000 1234（微信同号）` or `0571-80000001转802`.
    ///
    /// A number of a length that exists is accepted although its range may not be in use; `isKnown` tells. Throws
    /// `damaged_number`, `missing_area_code` or `invalid_phone`.
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
        let candidates = PhoneCandidate.all(in: folded, letters: country == "US" || country == "CA")
        var numbers: [PhoneNumber] = []
        var lost: PhoneCandidate?
        for candidate in candidates {
            var found = resolve(candidate, country)
            if found.isEmpty, candidate.isBeside, candidate.length > 6 {
                found = [neighbour(candidate, numbers.last) ?? possible(candidate, country)].compactMap(\.self)
                if found.isEmpty { lost = lost ?? candidate }
            }
            for number in found where !numbers.contains(number) { numbers.append(number) }
        }
        // One number that is understood must not hide another that is not.
        if !numbers.isEmpty, let lost { throw lost.isLocal && country == "CN" ? missingArea : invalid }
        if numbers.isEmpty { numbers = candidates.compactMap { possible($0, country) } }
        guard numbers.isEmpty else { return numbers }
        if country == "CN" {
            if candidates.contains(where: \.isLocal) { throw missingArea }
        }
        throw invalid
    }

    private init(e164: String, extensionNumber: String?) {
        self.e164 = e164
        self.extensionNumber = extensionNumber
    }

    /// What most cells of an import hold, without the work of understanding words: digits of a Chinese number with
    /// nothing but spaces, dashes and brackets. Nil for all else.
    private static func usualChinese(_ text: String) -> String? {
        guard text.utf8.count < 24 else { return nil }
        var digits = ""
        var hasPlus = false
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39: digits.unicodeScalars.append(Unicode.Scalar(byte))
            case 0x20, 0x28, 0x29, 0x2D:
                // 852-51000001 is the code of a neighbour.
                if digits.utf8.count == 3, !hasPlus, neighbours.contains(digits) { return nil }
            case 0x2B where digits.isEmpty && !hasPlus: hasPlus = true
            default: return nil
            }
        }
        if hasPlus {
            guard digits.hasPrefix("86") else { return nil }
            return ChinesePhone.national(String(digits.dropFirst(2)), afterCode: true).map { "+86" + $0 }
        }
        if digits.hasPrefix("00") { return nil }
        return ChinesePhone.national(digits).map { "+86" + $0 }
    }

    private static let neighbours = ["852", "853", "886"]

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
        // Several numbers with only blanks between them.
        let shortest = country == "CN" ? 10 : 7
        guard (2...12).contains(groups.count),
            let each = split(groups[...], isInternational: candidate.hasPlus, shortest, country)
        else { return [] }
        return each.enumerated().map { index, number in
            let isLast = index == each.count - 1
            return PhoneNumber(e164: number, extensionNumber: isLast ? candidate.extensionNumber : nil)
        }
    }

    /// Groups as whole numbers, one after another; nil where something is left that is none.
    private static func split(
        _ groups: ArraySlice<String>,
        isInternational: Bool,
        _ shortest: Int,
        _ country: String
    ) -> [String]? {
        var length = 0
        for (index, group) in groups.enumerated() {
            length += group.utf8.count
            guard length >= shortest,
                let first = e164(Array(groups.prefix(index + 1)), isInternational: isInternational, country)
            else { continue }
            let rest = groups.dropFirst(index + 1)
            if rest.isEmpty { return [first] }
            if let others = split(rest, isInternational: false, shortest, country) { return [first] + others }
        }
        return nil
    }

    /// The second of two numbers of one place, of which only the first has the area: `0571-80000001/80000002`.
    private static func neighbour(_ candidate: PhoneCandidate, _ above: PhoneNumber?) -> PhoneNumber? {
        guard candidate.isLocal, let above, above.e164.hasPrefix("+86") else { return nil }
        let national = String(above.e164.dropFirst(3))
        guard !ChinesePhone.isMobile(national), !ChinesePhone.isService(national), ChinesePhone.isLandLine(national)
        else { return nil }
        let area = national.prefix(ChinesePhone.areaLength(national))
        guard let found = ChinesePhone.national("0" + area + candidate.groups.joined()) else { return nil }
        return PhoneNumber(e164: "+86" + found, extensionNumber: candidate.extensionNumber)
    }

    private static func e164(_ groups: [String], isInternational: Bool, _ country: String) -> String? {
        let digits = groups.joined()
        if isInternational { return international(Substring(digits)) }
        if digits.hasPrefix("00"), let found = international(digits.dropFirst(2)) { return found }
        guard country == "CN" else {
            let found = PhoneLibrary.read(groups.joined(separator: " "), region: country)
            return found?.isWhole == true ? found?.e164 : nil
        }
        if groups.count > 1, neighbours.contains(groups[0]), let found = international(Substring(digits)) {
            return found
        }
        if let national = ChinesePhone.national(digits) { return "+86" + national }
        guard digits.hasPrefix("86"), digits.utf8.count > 11 else { return nil }
        return international(Substring(digits))
    }

    /// Digits after a plus.
    private static func international(_ digits: Substring) -> String? {
        if digits.hasPrefix("86") {
            return ChinesePhone.national(String(digits.dropFirst(2)), afterCode: true).map { "+86" + $0 }
        }
        guard digits.utf8.count <= 17, let found = PhoneLibrary.read("+" + digits), found.isWhole else { return nil }
        return found.e164
    }

    /// A number that no convention explains but whose length exists: a mobile with a digit too few or too many is kept as
    /// it was given, and `doubt` says so. Seven or eight digits lack their area.
    private static func possible(_ candidate: PhoneCandidate, _ country: String) -> PhoneNumber? {
        let digits = candidate.groups.joined()
        guard country == "CN", !candidate.isLocal, digits.utf8.count <= 17,
            let found = PhoneLibrary.read((candidate.hasPlus ? "+" : "") + digits, region: country), found.isWhole,
            found.e164.hasPrefix("+86")
        else { return nil }
        return PhoneNumber(e164: found.e164, extensionNumber: candidate.extensionNumber)
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
    private static func severalNumbers(_ count: Int) -> ValueFailure {
        let words = count == 2 ? "Two numbers" : "\(count) numbers"
        return ValueFailure(
            "several_numbers",
            Label(
                "\(words), one field. Put each number into a field of its own.",
                zh: "一个字段只能填一个号码，这里有 \(count) 个。请把其余号码填到其他字段。"
            )
        )
    }
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
