/// Letters read as pinyin in the ways that are likely: `bjfx`, `fenxiang`, `zhangw`, `beijingfx`.
struct PinyinQuery {
    /// The most letters that are read as pinyin.
    static let limit = 40
    private static let most = 8

    /// The expressions, of which one must match.
    let alternatives: [String]

    private enum Part: Equatable {
        /// A whole syllable, as it was typed.
        case syllable(String)
        /// One letter (or `zh`, `ch`, `sh`) for a syllable.
        case initial(UInt8)
        /// The beginning of the last syllable, of two letters and more.
        case beginning(String)

        var letter: UInt8 {
            switch self {
            case .syllable(let text), .beginning(let text): text.utf8.first ?? 0
            case .initial(let letter): letter
            }
        }
    }

    /// Reads lower-case letters.
    init(_ word: String) {
        let letters = Array(word.utf8)
        var alternatives: [String] = []
        if letters.count > 2, letters.allSatisfy(Self.isInitial) { alternatives.append(Self.initials(letters)) }
        for parts in Self.divisions(of: letters) where alternatives.count < Self.most {
            let expression = Self.expression(parts)
            if !alternatives.contains(expression) { alternatives.append(expression) }
        }
        self.alternatives = alternatives
    }

    private static func isInitial(_ letter: UInt8) -> Bool { ![0x69, 0x75, 0x76].contains(letter) }

    private static let beginnings: Set<String> = {
        var found: Set<String> = []
        for name in Syllables.typed.keys where name.utf8.count > 2 {
            for length in 2..<name.utf8.count { found.insert(String(name.prefix(length))) }
        }
        return found
    }()

    /// The divisions into the fewest single letters, at most eight; from the end to the start, the best of each rest.
    private static func divisions(of letters: [UInt8]) -> [[Part]] {
        var best: [(cost: Int, ways: [[Part]])] = Array(repeating: (.max, []), count: letters.count + 1)
        best[letters.count] = (0, [[]])
        for start in letters.indices.reversed() {
            for length in stride(from: min(6, letters.count - start), through: 1, by: -1) {
                let rest = best[start + length]
                guard rest.cost < .max else { continue }
                let text = String(decoding: letters[start..<start + length], as: UTF8.self)
                let isLast = start + length == letters.count
                guard let (part, cost) = part(text, isLast: isLast) else { continue }
                if rest.cost + cost > best[start].cost { continue }
                if rest.cost + cost < best[start].cost { best[start] = (rest.cost + cost, []) }
                best[start].ways += rest.ways.map { [part] + $0 }
                best[start].ways = Array(best[start].ways.prefix(most))
            }
        }
        return best[0].ways
    }

    private static func part(_ text: String, isLast: Bool) -> (Part, Int)? {
        if text.utf8.count > 1, Syllables.typed[text] != nil { return (.syllable(text), 0) }
        if isLast, text.utf8.count > 1, beginnings.contains(text) { return (.beginning(text), 1) }
        let letter = text.utf8.first ?? 0
        if text.utf8.count == 1, isInitial(letter) { return (.initial(letter), 2) }
        return ["zh", "ch", "sh"].contains(text) ? (.initial(letter), 2) : nil
    }

    private static func initials(_ letters: [UInt8]) -> String {
        let pairs = letters.indices.dropLast().map { String(decoding: letters[$0...$0 + 1], as: UTF8.self) }
        return "sound:" + SearchQuery.phrase(pairs)
    }

    /// The syllables stand next to each other; that the letters beside them do, the pairs of first letters say.
    private static func expression(_ parts: [Part]) -> String {
        var conditions: [String] = []
        var run: [[Int]] = []
        for (index, part) in parts.enumerated() {
            switch part {
            case .syllable(let text):
                run.append(index == parts.count - 1 ? Syllables.beginning(with: text) : Syllables.typed[text] ?? [])
                continue
            case .beginning(let text):
                run.append(Syllables.beginning(with: text))
                continue
            case .initial: break
            }
            if !run.isEmpty { conditions.append(phrases(run)) }
            run = []
        }
        if !run.isEmpty { conditions.append(phrases(run)) }
        let letters = parts.map(\.letter)
        if letters.count > 1, parts.contains(where: { if case .initial = $0 { true } else { false } }) {
            conditions.append(initials(letters))
        }
        return "(" + conditions.joined(separator: " AND ") + ")"
    }

    private static func phrases(_ run: [[Int]]) -> String {
        var phrases: [[String]] = [[]]
        for choices in run {
            let tokens = choices.compactMap {
                Unicode.Scalar(TokenWriter.firstSyllable + UInt32($0)).map { String(Character($0)) }
            }
            let longer = phrases.flatMap { phrase in tokens.map { phrase + [$0] } }
            phrases = Array(longer.prefix(40))
        }
        return "sound:(" + phrases.map(SearchQuery.phrase).joined(separator: " OR ") + ")"
    }
}
