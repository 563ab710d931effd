import Foundation

/// How a group of customers answers to cost: ours, when serving them becomes dearer, and theirs, when prices rise.
///
/// With cost to serve `CTS` and profit `π` (chapter on customer economics, formulas 4 and 6): a rise of all rates by `x`
/// per cent leaves `π − x·CTS`; the profit bears a rise of `π ÷ CTS` before it is gone.
public struct CostSensitivity: Sendable, Equatable {
    /// Net revenue in minor units.
    public let revenue: Int64
    /// Service and maintenance in minor units.
    public let serving: Int64
    /// Profit in minor units.
    public let profit: Int64

    /// A group, or one customer.
    public init(revenue: Int64, serving: Int64, profit: Int64) {
        self.revenue = revenue
        self.serving = serving
        self.profit = profit
    }

    /// What a rise of the cost to serve by so many per cent takes from the profit, half up.
    public func loss(percent: Int64) -> Int64 { Allocation.halfUp(Int128(serving) * Int128(percent), 100) }

    /// The profit after such a rise.
    public func profit(afterRise percent: Int64) -> Int64 { profit - loss(percent: percent) }

    /// By how much the profit changes when serving costs one per cent more, in hundredths of per cent: below 0, −140
    /// where each per cent of cost takes 1.4 per cent of profit. Nil without a profit.
    public var elasticity: Int64? { profit > 0 ? -Allocation.halfUp(Int128(serving) * 100, Int128(profit)) : nil }

    /// The rise of the cost to serve that the profit bears, in hundredths of per cent; nil without a cost or a profit.
    public var cushion: Int64? {
        serving > 0 && profit > 0 ? Allocation.halfUp(Int128(profit) * 10_000, Int128(serving)) : nil
    }

    /// The cost to serve in hundredths of per cent of net revenue; nil without revenue.
    public var share: Int64? { revenue > 0 ? Allocation.halfUp(Int128(serving) * 10_000, Int128(revenue)) : nil }
}

/// How quantities follow prices within a group: `ln q = a(customer, product) + ε · ln p`, by least squares.
///
/// Each customer is compared with itself on the same product, so that large customers with low prices do not pass for
/// sensitive ones. An ε of −1.5 means: one per cent dearer, one and a half per cent less is bought. It tells of what went
/// together, not of what caused what: a discount for a large order counts like a lower price.
public struct PriceResponse: Sendable, Equatable {
    /// The change of quantity in per cent for one per cent of price.
    public let elasticity: Double
    /// The standard error of it.
    public let error: Double
    /// The part of the differences that it explains, 0 to 1.
    public let fit: Double
    /// Purchases that were compared.
    public let count: Int

    /// At least so many purchases must be compared.
    public static let fewest = 30

    /// Adds up purchases of one customer and product after another, in bounded memory.
    public struct Sum: Sendable {
        private var (xx, xy, yy) = (0.0, 0.0, 0.0)
        private var (count, groups) = (0, 0)

        /// Nothing yet.
        public init() {}

        /// Adds the purchases of one customer and product: prices and quantities, all above 0. One alone says nothing.
        public mutating func add(_ purchases: [(price: Double, quantity: Double)]) {
            let points = purchases.filter { $0.price > 0 && $0.quantity > 0 }
                .map { (x: Foundation.log($0.price), y: Foundation.log($0.quantity)) }
            guard points.count > 1 else { return }
            let size = Double(points.count)
            let (x, y) = (points.reduce(0) { $0 + $1.x } / size, points.reduce(0) { $0 + $1.y } / size)
            for point in points {
                xx += (point.x - x) * (point.x - x)
                xy += (point.x - x) * (point.y - y)
                yy += (point.y - y) * (point.y - y)
            }
            count += points.count
            groups += 1
        }

        /// The sums of two.
        public static func + (left: Sum, right: Sum) -> Sum {
            var sum = left
            sum.xx += right.xx
            sum.xy += right.xy
            sum.yy += right.yy
            sum.count += right.count
            sum.groups += right.groups
            return sum
        }

        /// The response; nil where fewer than thirty purchases were compared, or prices hardly differed.
        public var response: PriceResponse? {
            let free = count - groups - 1
            guard count >= PriceResponse.fewest, free > 0, xx > 1e-6 * Double(count) else { return nil }
            let slope = xy / xx
            let rest = max(0, yy - slope * xy)
            return PriceResponse(
                elasticity: slope,
                error: (rest / Double(free) / xx).squareRoot(),
                fit: yy > 0 ? min(1, max(0, 1 - rest / yy)) : 0,
                count: count
            )
        }
    }
}
