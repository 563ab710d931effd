import Values

/// A text without the differences that search ignores (case, width, traditional forms, marks on Latin letters), cut
/// into words and runs.
struct FoldedText {
    /// What a piece is made of.
    enum Kind: Equatable {
        /// Letters and digits of a script with spaces.
        case word
        /// Characters of a script without: Chinese, Japanese, Korean, Thai.
        case run
    }

    /// Scalars that belong together.
    struct Piece {
        var kind: Kind
        var range: Range<Int>
    }

    private(set) var scalars: [UInt32] = []
    private(set) var pieces: [Piece] = []
    private var open: Kind?
    private var start = 0
    private var before: UInt32 = 0x20

    /// Folds at most `limit` scalars of the text.
    init(_ text: String, limit: Int = .max) {
        scalars.reserveCapacity(min(text.utf8.count, limit))
        pieces.reserveCapacity(4)
        var left = limit
        for scalar in text.unicodeScalars {
            if left == 0 { break }
            left -= 1
            add(scalar)
        }
        close(at: 0x20)
    }

    private mutating func add(_ scalar: Unicode.Scalar) {
        var value = scalar.value
        if value >= 0x80 {
            value = Fold.fold(scalar).value
            if let letters = LatinTable.letters(value) {
                for letter in letters { put(letter, .word) }
                return
            }
        } else if value >= 0x41, value <= 0x5A {
            value += 0x20
        }
        if value < 0x80 {
            let isWord = (value >= 0x61 && value <= 0x7A) || (value >= 0x30 && value <= 0x39)
            return isWord ? put(value, .word) : close(at: value)
        }
        if let facts = CharacterTable.facts(value) { return put(facts.simplified, .run) }
        if (0x300...0x36F).contains(value) { return }
        switch kind(of: value) {
        case .some(let kind): put(value, kind)
        case nil: close(at: value)
        }
    }

    private mutating func put(_ value: UInt32, _ kind: Kind) {
        if open != kind {
            if open != nil { close(at: value) }
            open = kind
            start = scalars.count
        }
        scalars.append(value)
    }

    /// Ends the open piece, whose next scalar is `separator`.
    private mutating func close(at separator: UInt32) {
        if let kind = open {
            let range = start..<scalars.count
            if kind == .run || !isNoise(range, after: before, before: separator) {
                pieces.append(Piece(kind: kind, range: range))
            }
            open = nil
        }
        before = separator
    }

    /// True for the parts of addresses that every address has: they would be in the index a million times.
    private func isNoise(_ range: Range<Int>, after: UInt32, before: UInt32) -> Bool {
        guard after == 0x2E || before == 0x2E || before == 0x3A, (2...5).contains(range.count) else { return false }
        let word = String(String.UnicodeScalarView(scalars[range].compactMap(Unicode.Scalar.init)))
        switch word {
        case "com", "cn", "net", "org": return after == 0x2E
        case "www": return before == 0x2E
        case "http", "https": return before == 0x3A
        default: return false
        }
    }

    private func kind(of value: UInt32) -> Kind? {
        switch value {
        case 0x3005...0x3007, 0x3040...0x30FA, 0x30FC...0x318F, 0x31A0...0x31BF, 0x31F0...0x31FF, 0xAC00...0xD7A3,
            0x1100...0x11FF, 0xF900...0xFAFF, 0xFF66...0xFF9F, 0x20000...0x3FFFD, 0xE00...0xE7F, 0xE80...0xEFF,
            0x1000...0x109F, 0x1780...0x17D2:
            return .run
        // Private use: the index writes syllables there.
        case 0x80..<0xAA, 0x2000...0x206F, 0x3000...0x303F, 0xE000...0xF8FF, 0xFE00...0xFE0F, 0xFF00...0xFFEF:
            return nil
        default: break
        }
        guard let scalar = Unicode.Scalar(value) else { return nil }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .decimalNumber, .letterNumber:
            return .word
        default: return nil
        }
    }
}

extension [UInt8] {
    /// Appends a scalar as UTF-8.
    mutating func append(scalar value: UInt32) {
        switch value {
        case 0..<0x80: append(UInt8(value))
        case 0x80..<0x800:
            append(UInt8(0xC0 | value >> 6))
            append(UInt8(0x80 | value & 0x3F))
        case 0x800..<0x10000:
            append(UInt8(0xE0 | value >> 12))
            append(UInt8(0x80 | value >> 6 & 0x3F))
            append(UInt8(0x80 | value & 0x3F))
        default:
            append(UInt8(0xF0 | value >> 18))
            append(UInt8(0x80 | value >> 12 & 0x3F))
            append(UInt8(0x80 | value >> 6 & 0x3F))
            append(UInt8(0x80 | value & 0x3F))
        }
    }
}
