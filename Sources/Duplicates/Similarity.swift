/// How alike two texts are, from 0 to 1.
enum Similarity {
    /// Jaro–Winkler, after M. Jaro (1989) and W. Winkler (1990): prefix weight 0.1, at most four characters.
    static func jaroWinkler(_ left: String, _ right: String) -> Double {
        let (first, second) = (Array(left.unicodeScalars), Array(right.unicodeScalars))
        let jaro = jaro(first, second)
        if jaro == 0 { return 0 }
        var prefix = 0
        while prefix < min(4, first.count, second.count), first[prefix] == second[prefix] { prefix += 1 }
        return jaro + Double(prefix) * 0.1 * (1 - jaro)
    }

    private static func jaro(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar]) -> Double {
        if first.isEmpty || second.isEmpty { return first.isEmpty && second.isEmpty ? 1 : 0 }
        if first == second { return 1 }
        let window = max(0, max(first.count, second.count) / 2 - 1)
        var taken = [Bool](repeating: false, count: second.count)
        var matched: [Unicode.Scalar] = []
        for (index, scalar) in first.enumerated() {
            let from = max(0, index - window)
            let to = min(second.count, index + window + 1)
            guard from < to else { continue }
            for other in from..<to where !taken[other] && second[other] == scalar {
                taken[other] = true
                matched.append(scalar)
                break
            }
        }
        if matched.isEmpty { return 0 }
        let others = second.indices.filter { taken[$0] }.map { second[$0] }
        let moved = Double(zip(matched, others).count { $0 != $1 }) / 2
        let count = Double(matched.count)
        return (count / Double(first.count) + count / Double(second.count) + (count - moved) / count) / 3
    }

    /// The share of pairs of neighbouring characters that both have (Dice): stands up to words in another order.
    static func pairs(_ left: String, _ right: String) -> Double {
        let (first, second) = (bigrams(left), bigrams(right))
        let total = first.values.reduce(0, +) + second.values.reduce(0, +)
        if total == 0 { return left == right ? 1 : 0 }
        let shared = first.reduce(0) { $0 + min($1.value, second[$1.key] ?? 0) }
        return 2 * Double(shared) / Double(total)
    }

    private static func bigrams(_ text: String) -> [UInt64: Int] {
        let scalars = text.unicodeScalars.map { UInt64($0.value) }
        var counts: [UInt64: Int] = [:]
        for (one, two) in zip(scalars, scalars.dropFirst()) { counts[one << 32 | two, default: 0] += 1 }
        return counts
    }

    /// True when two texts of the same length differ by one character or by two neighbours that changed places.
    static func isOneSlip(_ left: String, _ right: String) -> Bool {
        let (first, second) = (Array(left.utf8), Array(right.utf8))
        guard first.count == second.count else { return false }
        let places = first.indices.filter { first[$0] != second[$0] }
        if places.count == 1 { return true }
        guard places.count == 2, places[1] == places[0] + 1 else { return false }
        return first[places[0]] == second[places[1]] && first[places[1]] == second[places[0]]
    }
}
