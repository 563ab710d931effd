/// The text that puts names in order: Latin before Chinese, Chinese by pinyin, character by character.
public enum SortKey {
    /// The number of the way keys are made: a workspace whose keys were made in another way has them made anew when it is
    /// opened. It goes up with every change of `of` or of the readings of characters.
    public static let version = 2

    private static let limit = 120

    /// The key of a name, to be compared byte by byte. Case, width and punctuation do not count.
    ///
    /// At most 120 bytes, which are some twenty-four characters of Chinese: of each the place of its syllable among all
    /// in two bytes, then the character itself. Two indexes of every object hold it, so short ones make writing cheap.
    public static func of(_ name: String) -> String {
        key(of: name) { key, syllable in key.append(scalar: places[syllable]) }
    }

    /// The key in letters, as people type it: `~li 李~lei 雷`. In the same order, and twice as long.
    public static func spelled(_ name: String) -> String {
        key(of: name) { key, syllable in
            key.append(0x7E)
            key += Syllables.names[syllable].utf8
            key.append(0x20)
        }
    }

    /// By the number of a syllable, the character that stands for its place in the order of letters: behind all Latin
    /// letters and before all other scripts.
    private static let places: [UInt32] = {
        let names = Syllables.names
        var places = [UInt32](repeating: 0, count: names.count)
        let ordered = names.indices.sorted { names[$0].utf8.lexicographicallyPrecedes(names[$1].utf8) }
        for (place, number) in ordered.enumerated() { places[number] = 0x80 + UInt32(place) }
        return places
    }()

    @inline(__always)
    private static func key(of name: String, _ write: (inout [UInt8], Int) -> Void) -> String {
        let text = FoldedText(name, limit: limit)
        var key: [UInt8] = []
        // A character more than fits, before it is taken off again.
        key.reserveCapacity(limit + 16)
        for piece in text.pieces {
            if key.count >= limit { break }
            if !key.isEmpty { key.append(0x20) }
            if piece.kind == .word {
                for index in piece.range { key.append(scalar: text.scalars[index]) }
                if key.count > limit { key.removeLast(key.count - limit) }
                continue
            }
            let syllables = Reading.usual(of: text.scalars[piece.range], isWhole: text.pieces.count == 1)
            for index in piece.range {
                let end = key.count
                if let syllable = syllables[index - piece.range.lowerBound] { write(&key, syllable) }
                key.append(scalar: text.scalars[index])
                if key.count > limit {
                    key.removeLast(key.count - end)
                    return String(decoding: key, as: UTF8.self)
                }
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
