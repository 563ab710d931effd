import Pages
import Records
import Values

/// What a report is asked for: the parameters of its address, and what is kept of it.
struct ReportRequest: Sendable, Equatable {
    /// The plural of the object.
    var object: String
    /// By what: `field`, or `field.month`; empty for all together.
    var group = ""
    /// By what else.
    var second = ""
    /// `count`, `share`, `sum.field`, `avg.field` or `ratio.field`.
    var measure = "count"
    /// The field that a ratio divides by.
    var over = ""
    /// The expression of a share.
    var part = ""
    /// How it is drawn.
    var shape = ReportShape.bar
    /// Only some records.
    var filter = ""
    /// The field of the time span.
    var when = ""
    /// The time span, which stays relative.
    var span = ""
    /// Whether it is compared with the span before.
    var compares = false

    init(_ object: String) { self.object = object }

    /// Reads parameters; nil without an object.
    init?(_ value: (String) -> String?) {
        func text(_ name: String) -> String { value(name)?.trimmingSpaces ?? "" }
        guard !text("object").isEmpty else { return nil }
        object = text("object")
        group = text("by")
        second = text("then")
        measure = text("what").isEmpty ? "count" : text("what")
        over = text("over")
        part = text("part")
        shape = ReportShape(rawValue: text("as")) ?? .bar
        filter = text("filter")
        when = text("when")
        span = text("span")
        compares = text("compare") == "1"
    }

    init?(_ json: JSONValue?) {
        guard let json else { return nil }
        self.init { json[$0]?.string }
    }

    /// The parameters without the filter, which the list's own address carries.
    var parameters: [(String, String)] {
        [
            ("object", object), ("by", group), ("then", second), ("what", measure), ("over", over), ("part", part),
            ("as", shape.rawValue), ("when", when), ("span", span), ("compare", compares ? "1" : ""),
        ].filter { !$0.1.isEmpty }
    }

    var all: [(String, String)] { parameters + (filter.isEmpty ? [] : [("filter", filter)]) }

    /// The address of the report.
    var address: String { ReportRequest.address(all) }

    static func address(_ items: [(String, String)]) -> String {
        Addresses.newReport + "?"
            + items.map { PercentCoding.encode($0.0) + "=" + PercentCoding.encode($0.1) }.joined(separator: "&")
    }

    /// As it is kept.
    var json: JSONValue { .object(all.map { .init(key: $0.0, value: .string($0.1)) }) }
}

/// A span of time that moves with the day.
enum ReportSpan: String, CaseIterable {
    case today
    case thisWeek = "this_week"
    case thisMonth = "this_month"
    case thisQuarter = "this_quarter"
    case thisYear = "this_year"
    case monthToDate = "month_to_date"
    case quarterToDate = "quarter_to_date"
    case yearToDate = "year_to_date"
    case lastWeek = "last_week"
    case lastMonth = "last_month"
    case lastQuarter = "last_quarter"
    case lastYear = "last_year"
    case last7 = "last_7_days"
    case last30 = "last_30_days"
    case last90 = "last_90_days"
    case last12Months = "last_12_months"
    case next6Months = "next_6_months"

    var label: Label {
        switch self {
        case .today: Label("Today", zh: "今天")
        case .thisWeek: Label("This week", zh: "本周")
        case .thisMonth: Label("This month", zh: "本月")
        case .thisQuarter: Label("This quarter", zh: "本季度")
        case .thisYear: Label("This year", zh: "今年")
        case .monthToDate: Label("This month to date", zh: "本月至今")
        case .quarterToDate: Label("This quarter to date", zh: "本季度至今")
        case .yearToDate: Label("This year to date", zh: "今年至今")
        case .lastWeek: Label("Last week", zh: "上周")
        case .lastMonth: Label("Last month", zh: "上月")
        case .lastQuarter: Label("Last quarter", zh: "上季度")
        case .lastYear: Label("Last year", zh: "去年")
        case .last7: Label("Last 7 days", zh: "近 7 天")
        case .last30: Label("Last 30 days", zh: "近 30 天")
        case .last90: Label("Last 90 days", zh: "近 90 天")
        case .last12Months: Label("Last 12 months", zh: "近 12 个月")
        case .next6Months: Label("Next 6 months", zh: "未来 6 个月")
        }
    }

    /// The days, and those that they are compared with: the span before, cut at the same place where it runs to date.
    func days(_ today: Day) -> (days: ClosedRange<Day>, before: ClosedRange<Day>) {
        switch self {
        case .today: return last(1, today)
        case .last7: return last(7, today)
        case .last30: return last(30, today)
        case .last90: return last(90, today)
        case .thisWeek: return whole(.week, today, 0)
        case .thisMonth: return whole(.month, today, 0)
        case .thisQuarter: return whole(.quarter, today, 0)
        case .thisYear: return whole(.year, today, 0)
        case .lastWeek: return whole(.week, today, -1)
        case .lastMonth: return whole(.month, today, -1)
        case .lastQuarter: return whole(.quarter, today, -1)
        case .lastYear: return whole(.year, today, -1)
        case .monthToDate: return toDate(.month, months: 1, today)
        case .quarterToDate: return toDate(.quarter, months: 3, today)
        case .yearToDate: return toDate(.year, months: 12, today)
        case .last12Months: return months(from: -11, count: 12, today)
        case .next6Months: return months(from: 0, count: 6, today)
        }
    }

    private func last(_ count: Int, _ today: Day) -> (ClosedRange<Day>, ClosedRange<Day>) {
        let start = today.adding(days: 1 - count)
        return (start...today, start.adding(days: -count)...start.adding(days: -1))
    }

    private func whole(_ period: ReportDimension.Period, _ today: Day, _ shift: Int) -> (
        ClosedRange<Day>, ClosedRange<Day>
    ) {
        let start = period.moved(period.start(of: today), by: shift)
        let before = period.moved(start, by: -1)
        return (start...period.end(of: start), before...period.end(of: before))
    }

    private func toDate(_ period: ReportDimension.Period, months: Int, _ today: Day) -> (
        ClosedRange<Day>, ClosedRange<Day>
    ) {
        let start = period.start(of: today)
        let before = start.adding(months: -months)
        return (start...today, before...max(before, today.adding(months: -months)))
    }

    private func months(from shift: Int, count: Int, _ today: Day) -> (ClosedRange<Day>, ClosedRange<Day>) {
        let start = ReportDimension.Period.month.start(of: today).adding(months: shift)
        let end = start.adding(months: count).adding(days: -1)
        return (start...end, start.adding(months: -count)...start.adding(days: -1))
    }
}
