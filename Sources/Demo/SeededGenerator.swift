import Values

/// SplitMix64: the same seed gives the same workspace everywhere.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A whole number of a closed range. An own reduction, since the standard library's may change.
    mutating func number(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.upperBound - range.lowerBound + 1))
    }

    /// True in `percent` of 100 cases.
    mutating func chance(_ percent: Int) -> Bool { number(1...100) <= percent }

    /// One of a list that is not empty.
    mutating func pick<Item>(_ items: [Item]) -> Item { items[number(0...(items.count - 1))] }

    /// One of a list by weight.
    mutating func pick<Item>(_ items: [(Item, Int)]) -> Item {
        var rest = number(1...items.reduce(0) { $0 + $1.1 })
        for (item, weight) in items {
            rest -= weight
            if rest <= 0 { return item }
        }
        return items[0].0
    }

    /// `count` decimal digits.
    mutating func digits(_ count: Int) -> String { (0..<count).map { _ in String(number(0...9)) }.joined() }
}

/// Ids that carry the time at which their records were made, so that older records sort first.
struct DatedIDs {
    private var used: Set<Int64> = []

    mutating func next(at moment: Instant) -> RecordID {
        var raw = IDSource.floor(at: moment).raw | 1023 << 12
        while !used.insert(raw).inserted { raw += 1 }
        return RecordID(raw)
    }
}
