/// The text that puts names in order: Latin before Chinese, Chinese by pinyin, character by character.
public enum SortKey {
    /// The number of the way keys are made: a workspace whose keys were made in another way has them made anew when it is
    /// opened. It goes up with every change of `of` or of the readings of characters.
    public static let version = 1

    /// The key of a name, to be compared byte by byte. Case, width and punctuation do not count.
    ///
    /// At most 120 bytes, which are some fifteen characters of Chinese.
    public static func of(_ name: String) -> String {
        let limit = 120
        let text = FoldedText(name, limit: limit)
        var key: [UInt8] = []
        key.reserveCapacity(limit)
        for piece in text.pieces {
            var next: [UInt8] = []
            if !key.isEmpty { next.append(0x20) }
            if piece.kind == .word {
                for index in piece.range { next.append(scalar: text.scalars[index]) }
                while next.count + key.count > limit { next.removeLast() }
                key += next
                continue
            }
            key += next
            let syllables = Reading.usual(of: text.scalars[piece.range], isWhole: text.pieces.count == 1)
            for index in piece.range {
                next.removeAll(keepingCapacity: true)
                if let syllable = syllables[index - piece.range.lowerBound] {
                    next.append(0x7E)
                    next += Syllables.names[syllable].utf8
                    next.append(0x20)
                }
                next.append(scalar: text.scalars[index])
                if key.count + next.count > limit { return String(decoding: key, as: UTF8.self) }
                key += next
            }
        }
        return String(decoding: key, as: UTF8.self)
    }

    /// The beginning of the keys of all names that begin with a query; nil where readings differ from name to name, or
    /// the query is no single run of Chinese.
    public static func beginning(_ query: SearchQuery) -> String? {
        let text = FoldedText(query.folded, limit: 40)
        guard text.pieces.count == 1, let piece = text.pieces.first, piece.kind == .run else { return nil }
        for scalar in text.scalars[piece.range] {
            guard let facts = CharacterTable.facts(scalar), facts.syllable != nil, !facts.isPolyphone else {
                return nil
            }
        }
        let key = of(query.folded)
        return key.utf8.count < 100 ? key : nil
    }
}
