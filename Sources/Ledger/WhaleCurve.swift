/// Profit added up from the most profitable customer to the least: how many earn it and how many eat it again.
public struct WhaleCurve: Sendable, Equatable {
    /// The places of the customers in the input, most profitable first.
    public let order: [Int]
    /// The profit of the first, the first two and so on.
    public let cumulative: [Int64]
    /// The highest of them; 0 if nobody earns anything.
    public let peak: Int64
    /// How many customers it takes to get there.
    public let customersToPeak: Int
    /// The profit of all.
    public let total: Int64

    /// The curve of these profits; of equal ones the earlier comes first.
    public init(_ profits: [Int64]) {
        let order = profits.indices.sorted { profits[$0] == profits[$1] ? $0 < $1 : profits[$0] > profits[$1] }
        var (cumulative, sum, peak, place) = ([Int64](), Int64(0), Int64(0), 0)
        cumulative.reserveCapacity(profits.count)
        for (index, customer) in order.enumerated() {
            sum = sum.addingReportingOverflow(profits[customer]).partialValue
            cumulative.append(sum)
            if sum > peak { (peak, place) = (sum, index + 1) }
        }
        self.order = order
        self.cumulative = cumulative
        self.peak = peak
        customersToPeak = place
        total = sum
    }

    /// How many customers lie past the peak.
    public var customersPastPeak: Int { order.count - customersToPeak }
    /// What those past the peak lose again.
    public var destroyed: Int64 { peak - total }
    /// The peak in per cent of the total, in hundredths; nil where the total is not above 0 and only amounts make sense.
    public var peakHundredths: Int64? {
        total > 0 ? Allocation.halfUp(Int128(peak) * 10_000, Int128(total)) : nil
    }
}

/// Things by size, with the share that they reach together.
public struct Pareto<Key: Hashable & Sendable & Comparable>: Sendable {
    /// One of them.
    public struct Bar: Sendable, Equatable {
        /// What it is.
        public let key: Key
        /// Its size.
        public let amount: Int64
        /// The share of this and all larger ones in the whole, in hundredths of per cent.
        public let reached: Int64
    }

    /// The largest first; of equal ones by key.
    public let bars: [Bar]

    /// Orders amounts; what is not above 0 is left out.
    public init(_ amounts: [Key: Int64]) {
        let sorted = amounts.filter { $0.value > 0 }
            .sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }
        let total = sorted.reduce(Int128(0)) { $0 + Int128($1.value) }
        var sum: Int128 = 0
        bars = sorted.map { key, amount in
            sum += Int128(amount)
            return Bar(key: key, amount: amount, reached: Allocation.halfUp(sum * 10_000, total))
        }
    }
}
