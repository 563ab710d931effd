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
        var text = text
        text.withUTF8 { bytes in
            scalars.reserveCapacity(min(bytes.count, limit))
            pieces.reserveCapacity(4)
            var left = limit
            var index = 0
            while index < bytes.count, left > 0 {
                left -= 1
                index += add(bytes, at: index)
            }
        }
        close(at: 0x20)
    }

    /// Adds the scalar that begins at a byte; the answer is how many bytes it has. A text is always whole UTF-8.
    @inline(__always)
    private mutating func add(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
        let first = UInt32(bytes[index])
        func part(_ offset: Int) -> UInt32 { UInt32(bytes[index + offset]) & 0x3F }
        if first < 0x80 {
            addASCII(first)
            return 1
        }
        if first < 0xE0 {
            add((first & 0x1F) << 6 | part(1))
            return 2
        }
        if first < 0xF0 {
            add((first & 0x0F) << 12 | part(1) << 6 | part(2))
            return 3
        }
        add((first & 0x07) << 18 | part(1) << 12 | part(2) << 6 | part(3))
        return 4
    }

    private mutating func addASCII(_ value: UInt32) {
        switch value {
        case 0x41...0x5A: put(value + 0x20, .word)
        case 0x61...0x7A, 0x30...0x39: put(value, .word)
        default: close(at: value)
        }
    }

    private mutating func add(_ given: UInt32) {
        // Nearly all that is not ASCII is Chinese, of which nothing is folded.
        if let facts = CharacterTable.facts(given) { return put(facts.simplified, .run) }
        guard let scalar = Unicode.Scalar(given) else { return }
        let value = Fold.fold(scalar).value
        if let letters = LatinTable.letters(value) {
            for letter in letters { put(letter, .word) }
            return
        }
        if value < 0x80 { return addASCII(value) }
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
        var word: UInt64 = 0
        for scalar in scalars[range] {
            guard scalar < 0x80 else { return false }
            word = word << 8 | UInt64(scalar)
        }
        if FoldedText.endings.contains(word) { return after == 0x2E }
        if FoldedText.beginnings.contains(word) { return before == 0x2E }
        return FoldedText.schemes.contains(word) && before == 0x3A
    }

    private static let endings = ["com", "cn", "net", "org"].map(number)
    private static let beginnings = ["www"].map(number)
    private static let schemes = ["http", "https"].map(number)

    /// A short word as a number.
    private static func number(_ word: String) -> UInt64 { word.utf8.reduce(0) { $0 << 8 | UInt64($1) } }

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
