/// Cuts texts into the tokens of the index, which are separated by spaces.
///
/// A word is one token. A run of Chinese is its overlapping pairs, `我们在` as `我们 们在`, so that a query of two and
/// more characters is a phrase; its single characters follow at the end, so that a query of one is a term too.
public struct Tokenizer: Sendable {
    /// The most scalars of one text that are indexed.
    public static let limit = 20_000

    /// The tokens of texts, such as the names of a record or its descriptions.
    public static func tokens(_ texts: [String]) -> String {
        var writer = TokenWriter()
        writer.bytes.reserveCapacity(512)
        for text in texts { writer.write(FoldedText(text, limit: limit)) }
        writer.writeSingles()
        return writer.text
    }

    /// The tokens of a telephone number, from E.164 or as it was written: three digits each, then the whole number.
    ///
    /// A Chinese number is indexed as it is dialled at home: `021…` for a land line, without `+86`.
    public static func digitTokens(_ phone: String) -> String {
        var writer = TokenWriter()
        writer.write(phone: phone)
        return writer.text
    }
}

/// Collects tokens as bytes.
struct TokenWriter {
    var bytes: [UInt8] = []
    private var singles: [UInt32] = []

    /// The mark before a whole telephone number; it keeps the numbers out of the way of words with digits.
    static let wholeNumber: Unicode.Scalar = "№"
    /// A syllable is written as one private character: it is short and can be no word.
    static let firstSyllable: UInt32 = 0xE000

    var text: String { String(decoding: bytes, as: UTF8.self) }

    mutating func space() {
        if !bytes.isEmpty { bytes.append(0x20) }
    }

    mutating func write(_ text: FoldedText) {
        for piece in text.pieces {
            let range = piece.range
            if piece.kind == .run {
                singles.append(contentsOf: text.scalars[range])
                for index in range.dropLast() {
                    space()
                    bytes.append(scalar: text.scalars[index])
                    bytes.append(scalar: text.scalars[index + 1])
                }
            } else {
                space()
                for index in range { bytes.append(scalar: text.scalars[index]) }
                writeNumbers(within: text.scalars[range])
            }
        }
    }

    /// `erp2024` is found by `2024` too.
    private mutating func writeNumbers(within word: ArraySlice<UInt32>) {
        for index in word.indices.dropFirst()
        where word[index] < 0x3A && word[index - 1] > 0x39 && word.endIndex - index < 12 {
            space()
            for position in index..<word.endIndex { bytes.append(scalar: word[position]) }
        }
    }

    /// The characters of all runs so far, each once.
    mutating func writeSingles() {
        singles.sort()
        var last: UInt32 = 0
        for scalar in singles where scalar != last {
            space()
            bytes.append(scalar: scalar)
            last = scalar
        }
        singles.removeAll(keepingCapacity: true)
    }

    mutating func write(phone: String) {
        let number = DialledNumber(phone)
        guard !number.digits.isEmpty else { return }
        for index in number.digits.indices.dropLast(2) {
            space()
            bytes.append(contentsOf: number.digits[index..<index + 3])
        }
        space()
        bytes.append(scalar: TokenWriter.wholeNumber.value)
        bytes.append(contentsOf: number.digits)
    }
}

/// The digits of a telephone number as one would type them.
struct DialledNumber {
    let digits: [UInt8]

    /// From E.164, with an extension or without, or from anything with digits.
    init(_ phone: String) {
        var digits: [UInt8] = []
        for scalar in phone.unicodeScalars {
            let value = scalar.value
            if value == 0x3B { break }
            if value >= 0x30, value <= 0x39 { digits.append(UInt8(value)) }
            if value >= 0xFF10, value <= 0xFF19 { digits.append(UInt8(value - 0xFF10 + 0x30)) }
            if digits.count == 40 { break }
        }
        guard phone.utf8.first == 0x2B, digits.starts(with: [0x38, 0x36]) else {
            self.digits = digits
            return
        }
        let national = digits.dropFirst(2)
        let first = national.first ?? 0
        let isMobile = first == 0x31 && national.dropFirst().first != 0x30
        let isService =
            national.count < 9 || national.starts(with: [0x34, 0x30, 0x30])
            || national.starts(with: [0x38, 0x30, 0x30])
        self.digits = isMobile || isService || first == 0x30 ? Array(national) : [0x30] + national
    }
}
