public import Values

/// How long a customer is bound by what was agreed about its care.
public struct FeeAgreement: Sendable, Equatable {
    /// Its first day; nil where nobody wrote one down, so that no minimum term can be counted.
    public var from: Day?
    /// Its last day as agreed.
    public var until: Day
    /// The day on which the customer gave it up.
    public var cancelled: Day?

    /// An agreement.
    public init(from: Day?, until: Day, cancelled: Day? = nil) {
        (self.from, self.until, self.cancelled) = (from, until, cancelled)
    }

    /// Whether it holds on a day by itself, without minimum term and notice.
    public func holds(on day: Day) -> Bool {
        (from.map { $0 <= day } ?? true) && day <= until && (cancelled.map { day < $0 } ?? true)
    }

    /// The last day that is charged under a rule: the agreed one, or after the agreement was given up the end of the
    /// notice; never before the minimum term is over.
    public func bound(by rule: FeeTariff.Rule) -> Day {
        let end = cancelled.map { min(until, FeeAgreement.endOfMonth($0.adding(months: Int(rule.notice)))) } ?? until
        guard let from, rule.term > 0 else { return end }
        return max(end, from.adding(months: Int(rule.term)).adding(days: -1))
    }

    /// Says why an agreement that is over is charged on a day; nil where it is not.
    public func reason(on day: Day, by rule: FeeTariff.Rule) -> Label? {
        let bound = bound(by: rule)
        guard !holds(on: day), from.map({ $0 <= day }) ?? true, day <= bound else { return nil }
        let ended = cancelled.map { min($0, until) } ?? until
        if let from, rule.term > 0, bound == from.adding(months: Int(rule.term)).adding(days: -1) {
            return Label(
                """
                The agreement ended on \(ended), but \(rule.term) months from \(from) are the minimum: it is charged \
                until \(bound).
                """,
                zh: "服务约定已于 \(ended) 结束，但自 \(from) 起最短服务期为 \(rule.term) 个月，计费至 \(bound)。"
            )
        }
        return Label(
            "The agreement was given up on \(ended); with \(rule.notice) months of notice it is charged until \(bound).",
            zh: "客户于 \(ended) 提出解约，通知期 \(rule.notice) 个月，计费至 \(bound)。"
        )
    }

    /// Says how long a customer is bound by an agreement that holds; nil where the rule asks for no term and no notice.
    public func outlook(by rule: FeeTariff.Rule) -> Label? {
        guard from != nil && rule.term > 0 || rule.notice > 0 else { return nil }
        let bound = FeeAgreement(from: from, until: from ?? until).bound(by: rule)
        let (term, months) = (from == nil || rule.term == 0 ? nil : bound, rule.notice)
        return Label(
            (term.map { "Minimum term until \($0). " } ?? "") + "Notice: \(months) months to the end of a month.",
            zh: (term.map { "最短服务期至 \($0)；" } ?? "") + "解约须提前 \(months) 个月通知，月底生效。"
        )
    }

    private static func endOfMonth(_ day: Day) -> Day {
        let first = day.adding(days: 1 - Int(day.parts.day))
        return first.adding(months: 1).adding(days: -1)
    }
}
