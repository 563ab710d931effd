/// In which order day, month and year stand in a date written with three numbers.
public enum DateOrder: String, Sendable, CaseIterable {
    /// 2026/9/5.
    case yearFirst = "ymd"
    /// 5/9/2026 is 5 September.
    case dayFirst = "dmy"
    /// 5/9/2026 is 9 May.
    case monthFirst = "mdy"
}

/// Several orders, as a set of bits.
struct DateOrders: OptionSet, Sendable, Hashable {
    let rawValue: Int

    static let yearFirst = DateOrders(rawValue: 1)
    static let dayFirst = DateOrders(rawValue: 2)
    static let monthFirst = DateOrders(rawValue: 4)
    static let all: DateOrders = [.yearFirst, .dayFirst, .monthFirst]

    init(rawValue: Int) { self.rawValue = rawValue }

    init(_ order: DateOrder) {
        switch order {
        case .yearFirst: self = .yearFirst
        case .dayFirst: self = .dayFirst
        case .monthFirst: self = .monthFirst
        }
    }

    var list: [DateOrder] { DateOrder.allCases.filter { contains(DateOrders($0)) } }
}

/// What the dates of a column tell about the order of their numbers.
struct DateEvidence: Sendable, Equatable {
    /// How many values can be read in exactly these orders, where it matters which.
    var counts: [Int: Int] = [:]

    /// What the whole column says.
    enum Decision: Sendable, Equatable {
        /// No value depends on the order.
        case free
        case order(DateOrder)
        /// Every value can be read in several orders.
        case ambiguous([DateOrder])
        /// Some values can be read only in one order, some only in another.
        case contradictory([DateOrder])
    }

    mutating func add(_ text: String) {
        guard let parts = DateParts(text), let orders = parts.orders else { return }
        counts[orders.rawValue, default: 0] += 1
    }

    var decision: Decision {
        let seen = counts.keys.map(DateOrders.init(rawValue:))
        guard !seen.isEmpty else { return .free }
        let common = seen.reduce(DateOrders.all) { $0.intersection($1) }.list
        if common.count == 1 { return .order(common[0]) }
        let any = seen.reduce(DateOrders()) { $0.union($1) }.list
        return common.isEmpty ? .contradictory(any) : .ambiguous(common)
    }
}
