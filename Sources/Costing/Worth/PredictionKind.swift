import Foundation
import Ledger
public import Values

/// What is foretold of a customer who has bought within the last year.
public enum PredictionKind: String, Sendable, CaseIterable {
    /// That it buys nothing for half a year.
    case churn
    /// That it buys within a month.
    case purchase

    /// The name for people.
    public var label: Label {
        switch self {
        case .churn: Label("Will not buy for half a year", zh: "半年内不再购买（流失）")
        case .purchase: Label("Will buy within a month", zh: "一个月内会购买")
        }
    }

    /// The days that are looked ahead.
    var horizon: Int { self == .churn ? 180 : 30 }

    /// What came of a customer after a day; nil for one who had not bought in the year before.
    func outcome(_ history: BuyingHistory, after day: Int) -> Bool? {
        guard history.isActive(on: day) else { return nil }
        let bought = history.sales.contains { $0.day > day && $0.day <= day + horizon }
        return self == .churn ? !bought : bought
    }
}

/// What one customer bought and gave back, in the order of days.
struct BuyingHistory {
    let customer: Int64
    var sales: [(day: Int, amount: Int64)] = []
    var refunds: [Int] = []

    /// Whether it had bought in the year before a day.
    func isActive(on day: Int) -> Bool { sales.contains { $0.day <= day && $0.day > day - 365 } }

    /// The columns of a forecast, with the words for a reason.
    static let columns: [(name: String, label: Label)] = [
        ("since", Label("Days since the last purchase", zh: "距上次购买天数")),
        ("rhythm", Label("That, measured by its own rhythm", zh: "相对自身购买间隔的沉默程度")),
        ("recent", Label("Purchases in three months", zh: "近三个月购买次数")),
        ("year", Label("Purchases in a year", zh: "近一年购买次数")),
        ("revenue", Label("Sales of a year", zh: "近一年销售额")),
        ("trend", Label("Sales of three months against the year", zh: "近三个月销售占全年比重")),
        ("age", Label("Days since the first purchase", zh: "成为客户的天数")),
        ("refunds", Label("Refunds in a year", zh: "近一年退款次数")),
        ("contacts", Label("Contacts in three months", zh: "近三个月跟进次数")),
    ]

    /// The values of the columns as they were known on a day.
    func features(on day: Int, contacts: Int64) -> [Double] {
        let known = sales.filter { $0.day <= day }
        let days = Set(known.map(\.day)).sorted()
        guard let first = days.first, let last = days.last else {
            return Array(repeating: 0, count: BuyingHistory.columns.count)
        }
        func amount(_ span: Int) -> Double {
            known.reduce(0) { $1.day > day - span ? $0 + Double($1.amount) : $0 } / 100
        }
        let since = Double(day - last)
        let gap = days.count > 1 ? Double(last - first) / Double(days.count - 1) : 180
        let year = amount(365)
        return [
            since, min(20, since / max(1, gap)), Double(days.count { $0 > day - 90 }),
            Double(days.count { $0 > day - 365 }), log(1 + max(0, year)), year > 0 ? amount(90) / year : 0,
            Double(day - first), Double(refunds.count { $0 <= day && $0 > day - 365 }), Double(contacts),
        ]
    }
}
