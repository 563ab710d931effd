import Foundation

/// How the credit for a customer is divided among the touches that came before.
public enum AttributionModel: Sendable, Hashable {
    /// All to the first touch.
    case first
    /// All to the last touch.
    case last
    /// The same to each.
    case linear
    /// U-shaped: 40 % first, 40 % last, 20 % over those between; two touches share equally.
    case position
    /// W-shaped: 30 % each to the first, the one that made the lead, and the last; 10 % over the others.
    case milestones
    /// Halved for every so many days before the last touch.
    case timeDecay(halfLifeDays: Double)
    /// Weights of one's own for the first, the last and all others together.
    case custom(first: Int64, middle: Int64, last: Int64)
}

/// The weights of the touches of a journey.
public enum Attribution {
    /// The whole credit of one customer. The smallest number that every journey of up to 36 touches divides exactly.
    public static let whole: Int64 = 144_403_552_893_600

    /// The weights of `days.count` touches, which sum to exactly `whole`; empty for no touch.
    ///
    /// `days` are the days of the touches in their order; `lead` is the place of the touch that made the lead, the
    /// middle one if nobody knows.
    public static func weights(_ model: AttributionModel, days: [Double], lead: Int? = nil) -> [Int64] {
        let count = days.count
        guard count > 0 else { return [] }
        let shares: [Int128]
        switch model {
        case .first: shares = only(0, of: count)
        case .last: shares = only(count - 1, of: count)
        case .linear: shares = Array(repeating: 1, count: count)
        case .position: shares = ends(first: 40, middle: 20, last: 40, of: count)
        case .milestones: shares = milestones(of: count, lead: lead)
        case .timeDecay(let halfLife): shares = decay(days, halfLife)
        case .custom(let first, let middle, let last):
            shares = ends(first: Int128(first), middle: Int128(middle), last: Int128(last), of: count)
        }
        return Allocation.split(whole, by: shares) ?? Allocation.split(whole, into: count)
    }

    private static func only(_ place: Int, of count: Int) -> [Int128] {
        (0..<count).map { $0 == place ? 1 : 0 }
    }

    private static func ends(first: Int128, middle: Int128, last: Int128, of count: Int) -> [Int128] {
        if count == 1 { return [1] }
        if count == 2 { return first == 0 && last == 0 ? [1, 1] : [max(0, first), max(0, last)] }
        let between = Int128(count - 2)
        return (0..<count).map { place in
            if place == 0 {
                max(0, first) * between
            } else if place == count - 1 {
                max(0, last) * between
            } else {
                max(0, middle)
            }
        }
    }

    private static func milestones(of count: Int, lead: Int?) -> [Int128] {
        if count < 3 { return Array(repeating: 1, count: count) }
        let middle = min(count - 2, max(1, lead ?? count / 2))
        let others = Int128(count - 3)
        return (0..<count).map { place in
            let key = place == 0 || place == middle || place == count - 1
            return others == 0 ? 1 : (key ? 30 * others : 10)
        }
    }

    private static func decay(_ days: [Double], _ halfLife: Double) -> [Int128] {
        let last = days.last ?? 0
        let life = halfLife > 0 ? halfLife : 7
        return days.map { day in
            let weight = exp2(-max(0, last - day) / life)
            return weight.isFinite ? Int128(weight * 1_152_921_504_606_846_976) : 0
        }
    }
}
