/// The readings of a run of Chinese in a name.
struct Reading {
    /// The usual syllables, in order.
    private(set) var usual: [Int]
    /// The positions of characters that have other readings, with them.
    private(set) var others: [(position: Int, syllables: [Int])] = []

    /// The readings of scalars that all have one; `isWhole` when they are a whole name and may begin with a surname.
    private init(_ scalars: ArraySlice<UInt32>, _ facts: [CharacterFacts], isWhole: Bool) {
        usual = facts.map { $0.syllable ?? 0 }
        guard facts.contains(where: \.isPolyphone) else { return }
        let first = scalars.startIndex
        if isWhole, (2...4).contains(facts.count), let surname = Syllables.surnames[scalars[first]] {
            usual[0] = surname
        }
        for length in [2, 3] where length <= facts.count {
            for offset in 0...(facts.count - length) {
                let word = Syllables.word(scalars[first + offset..<first + offset + length])
                guard let syllables = Syllables.wordReadings[word], syllables.count == length else { continue }
                usual.replaceSubrange(offset..<offset + length, with: syllables)
            }
        }
        for (position, fact) in facts.enumerated() where fact.isPolyphone {
            let all = Syllables.readings[fact.simplified] ?? []
            others.append((position, all.filter { $0 != usual[position] }))
        }
    }

    /// The readings of the parts of a run that can be read. 𠮷 and kana cannot, and part it.
    static func parts(of scalars: ArraySlice<UInt32>, isWhole: Bool) -> [(range: Range<Int>, reading: Reading)] {
        var parts: [(Range<Int>, Reading)] = []
        var facts: [CharacterFacts] = []
        facts.reserveCapacity(scalars.count)
        var start = scalars.startIndex
        for index in scalars.indices {
            if let fact = CharacterTable.facts(scalars[index]), fact.syllable != nil {
                facts.append(fact)
                continue
            }
            if !facts.isEmpty {
                parts.append((start..<index, Reading(scalars[start..<index], facts, isWhole: false)))
                facts.removeAll(keepingCapacity: true)
            }
            start = index + 1
        }
        if !facts.isEmpty {
            let isWhole = isWhole && start == scalars.startIndex
            parts.append((start..<scalars.endIndex, Reading(scalars[start...], facts, isWhole: isWhole)))
        }
        return parts
    }

    /// The usual syllable of each scalar of a run; nil for those that cannot be read.
    static func usual(of scalars: ArraySlice<UInt32>, isWhole: Bool) -> [Int?] {
        var syllables: [Int?] = []
        syllables.reserveCapacity(scalars.count)
        var hasPolyphone = false
        for scalar in scalars {
            let facts = CharacterTable.facts(scalar)
            hasPolyphone = hasPolyphone || facts?.isPolyphone == true
            syllables.append(facts?.syllable)
        }
        // Only where a character has several readings do its neighbours matter.
        guard hasPolyphone else { return syllables }
        for part in parts(of: scalars, isWhole: isWhole) {
            for (index, syllable) in zip(part.range, part.reading.usual) {
                syllables[index - scalars.startIndex] = syllable
            }
        }
        return syllables
    }

    /// All sequences under which the run is found: every combination while there are few, otherwise each other
    /// reading by itself and all of them together. At most nine.
    var sequences: [[Int]] {
        guard !others.isEmpty else { return [usual] }
        if others.reduce(1, { $0 * ($1.syllables.count + 1) }) <= 4 {
            return others.reduce([usual]) { sequences, other in
                sequences
                    + other.syllables.flatMap { syllable in sequences.map { Self.replace($0, other.position, syllable) }
                    }
            }
        }
        var together = usual
        var sequences = [usual]
        for other in others {
            if let first = other.syllables.first { together[other.position] = first }
            for syllable in other.syllables where sequences.count < 8 {
                sequences.append(Self.replace(usual, other.position, syllable))
            }
        }
        return others.count > 1 ? sequences + [together] : sequences
    }

    private static func replace(_ syllables: [Int], _ position: Int, _ syllable: Int) -> [Int] {
        var syllables = syllables
        syllables[position] = syllable
        return syllables
    }
}

extension TokenWriter {
    /// The most characters of a run that are read.
    static let readLimit = 64

    /// Writes how a name sounds: of each run the syllables, the pairs of first letters (`bj jf fx` of 北京分享) and the
    /// first letter; of each word the first letter and the first two.
    mutating func writeSounds(_ name: FoldedText) {
        for piece in name.pieces {
            if piece.kind == .word {
                writeBeginnings(of: name.scalars[piece.range])
            } else {
                let run = name.scalars[piece.range].prefix(TokenWriter.readLimit)
                for part in Reading.parts(of: run, isWhole: name.pieces.count == 1) {
                    let isFirst = part.range.lowerBound == piece.range.lowerBound
                    for sequence in part.reading.sequences { write(sequence, isFirst: isFirst) }
                }
            }
        }
    }

    private mutating func write(_ syllables: [Int], isFirst: Bool) {
        for syllable in syllables {
            space()
            bytes.append(scalar: TokenWriter.firstSyllable + UInt32(syllable))
        }
        for index in 0..<max(0, syllables.count - 1) {
            space()
            bytes.append(Syllables.initials[syllables[index]])
            bytes.append(Syllables.initials[syllables[index + 1]])
        }
        if isFirst, let first = syllables.first {
            space()
            bytes.append(Syllables.initials[first])
        }
    }

    private mutating func writeBeginnings(of word: ArraySlice<UInt32>) {
        guard let first = word.first else { return }
        space()
        bytes.append(scalar: first)
        if let second = word.dropFirst().first {
            space()
            bytes.append(scalar: first)
            bytes.append(scalar: second)
        }
    }
}
