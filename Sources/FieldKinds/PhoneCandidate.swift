/// A part of a text that may be a telephone number: its groups of digits, before anybody asks what they mean.
struct PhoneCandidate {
    /// Runs of digits.
    var groups: [String] = []
    /// True when a plus stands before the digits.
    var hasPlus = false
    /// The digits after 转, 分机, ext or #.
    var extensionNumber: String?
    /// True when the last group follows a dash.
    var endsWithDash = false
    /// What stands between it and the candidate above: words, or what divides numbers.
    var between = ""

    /// How many digits it has.
    var length: Int { groups.reduce(0) { $0 + $1.utf8.count } }
    /// Seven or eight digits: a number within a city.
    var isLocal: Bool { !hasPlus && (7...8).contains(length) }
    /// True when it stands beside another number or alone, with no word that says what it is.
    var isBeside: Bool { between.allSatisfy(PhoneCandidate.dividers.contains) }

    /// What people write between two numbers.
    private static let dividers: Set<Character> = ["/", "\\", "|", ";", ",", "、", "。", "或", "和", "及", "与", "&", "\n"]

    /// The candidates of a folded text, in order. Words around them are left out; `letters` reads `FLOWERS` as digits.
    static func all(in text: String, letters: Bool) -> [PhoneCandidate] {
        var scanner = PhoneScanner(text: Array(text), letters: letters)
        return scanner.candidates()
    }
}

private struct PhoneScanner {
    let text: [Character]
    let letters: Bool
    var position = 0
    var candidate = PhoneCandidate()
    var found: [PhoneCandidate] = []
    var group = ""
    var separator: Character = " "
    var between = ""

    init(text: [Character], letters: Bool) {
        self.text = text
        self.letters = letters
    }

    mutating func candidates() -> [PhoneCandidate] {
        while position < text.count {
            let character = text[position]
            if let digit = digit(character) {
                group.append(digit)
            } else if isFloatEnd {
                position += 1
            } else if !step(character) {
                finish()
                between.append(character)
            }
            position += 1
        }
        finish()
        return found
    }

    /// Takes a character between digits; false when it ends the number.
    private mutating func step(_ character: Character) -> Bool {
        closeGroup()
        // Behind a whole number a plus begins the next one.
        if character == "+", candidate.groups.isEmpty || candidate.length > 6 {
            finish()
            candidate.hasPlus = true
            return true
        }
        if !candidate.groups.isEmpty, let length = marker() {
            position += length - 1
            readExtension()
            finish()
            return true
        }
        switch character {
        case "-", "–", "—", "‐", "‑", "－", "−", "~":
            separator = "-"
            return true
        case " ", "\t", "\u{A0}", "(", ")", ".", "·", "[", "]":
            separator = " "
            return true
        default: return false
        }
    }

    private func digit(_ character: Character) -> Character? {
        guard let value = character.asciiValue else { return nil }
        if (0x30...0x39).contains(value) { return character }
        guard letters, !candidate.groups.isEmpty || !group.isEmpty, (0x61...0x7A).contains(value), marker() == nil
        else {
            return nil
        }
        let keys: [Character] = Array("22233344455566677778889999")
        return keys[Int(value) - 0x61]
    }

    /// The `.0` of a whole number that was written as a float.
    private var isFloatEnd: Bool {
        text[position] == "." && position + 2 == text.count && text[position + 1] == "0" && candidate.groups.isEmpty
            && group.utf8.count > 6
    }

    private static let markers: [[Character]] = [";ext=", "extension", "ext", "x", "#", "转分机", "分机号", "分机", "内线", "转"]
        .map {
            Array($0)
        }

    /// The length of the extension's mark that stands here.
    private func marker() -> Int? {
        PhoneScanner.markers.first { text[position...].starts(with: $0) && hasDigits(after: position + $0.count) }?
            .count
    }

    private func hasDigits(after start: Int) -> Bool {
        var index = start
        while index < text.count, index < start + 4, " .:：-号".contains(text[index]) { index += 1 }
        return index < text.count && text[index].isASCII && text[index].isNumber
    }

    private mutating func readExtension() {
        position += 1
        while position < text.count, " .:：-号".contains(text[position]) { position += 1 }
        var digits = ""
        while position < text.count, text[position].isASCII, text[position].isNumber {
            digits.append(text[position])
            position += 1
        }
        position -= 1
        if (1...8).contains(digits.utf8.count) { candidate.extensionNumber = digits }
    }

    private mutating func closeGroup() {
        if group.isEmpty { return }
        candidate.groups.append(group)
        candidate.endsWithDash = separator == "-"
        group = ""
    }

    private mutating func finish() {
        closeGroup()
        if !candidate.groups.isEmpty {
            candidate.between = between
            found.append(candidate)
            between = ""
        }
        candidate = PhoneCandidate()
        separator = " "
    }
}
