/// Why the profit of a customer differs between two periods: five effects that sum to the difference exactly.
public struct ProfitVariance: Sendable, Equatable {
    /// More or fewer units at the same mix.
    public let volume: Int64
    /// Dearer or cheaper products among them; a new product counts here.
    public let mix: Int64
    /// Another margin per unit: prices and cost of goods.
    public let price: Int64
    /// More or less time of our people.
    public let intensity: Int64
    /// Time that has become dearer or cheaper.
    public let rate: Int64

    /// All five.
    public var total: Int64 { volume + mix + price + intensity + rate }

    /// What happened in one period.
    public struct Period: Sendable {
        /// By product: units and the gross margin they brought in minor units.
        public let products: [String: (units: Int64, margin: Int64)]
        /// Time of our people, in any unit.
        public let time: Int64
        /// What that time cost in minor units.
        public let timeCost: Int64

        /// What happened in one period.
        public init(products: [String: (units: Int64, margin: Int64)], time: Int64, timeCost: Int64) {
            self.products = products
            self.time = time
            self.timeCost = timeCost
        }

        var units: Int128 { products.values.reduce(0) { $0 + Int128($1.units) } }
        var margin: Int64 { products.values.reduce(0) { $0 + $1.margin } }
    }

    /// The difference from one period to the next.
    public init(from before: Period, to after: Period) {
        // Each effect lies between two totals, so that rounding them once keeps the sum exact.
        let scaled =
            before.units == 0 ? before.margin : Allocation.halfUp(Int128(before.margin) * after.units, before.units)
        var atOldMargins: Int64 = 0
        for (product, now) in after.products {
            if let old = before.products[product], old.units != 0 {
                atOldMargins += Allocation.halfUp(Int128(old.margin) * Int128(now.units), Int128(old.units))
            } else {
                atOldMargins += now.margin
            }
        }
        volume = scaled - before.margin
        mix = atOldMargins - scaled
        price = after.margin - atOldMargins
        let atOldRate =
            before.time == 0
            ? after.timeCost : Allocation.halfUp(Int128(before.timeCost) * Int128(after.time), Int128(before.time))
        intensity = before.timeCost - atOldRate
        rate = atOldRate - after.timeCost
    }
}
