public import Values

/// Whether customers of more value pay no less: what a policy promises that charges by value.
extension FeeTariff {
    /// A customer that would pay less in a higher tier.
    public struct Reversal: Sendable, Equatable {
        /// The higher tier, and the lower one in which it would pay more.
        public let higher: String, lower: String
        /// The customer, as one of the higher tier.
        public let subject: Subject
        /// What it would pay in each.
        public let fee: Int64, lowerFee: Int64

        /// Says so, with amounts as text.
        public func label(_ text: (Int64) -> String) -> Label {
            Label(
                """
                A customer of tier \(higher) would pay \(text(fee)), in tier \(lower) \(text(lowerFee)): a policy by value \
                charges higher tiers no less.
                """,
                zh: """
                    同样的客户在 \(higher) 级收费 \(text(fee))，在 \(lower) 级却收费 \(text(lowerFee))：按价值收费的政策中，\
                    高等级收费不得低于低等级。
                    """
            )
        }
    }

    /// A customer that pays less in a higher tier than in the one below; nil where there can be none. `tiers` from the
    /// highest to the lowest.
    ///
    /// Fees are straight lines between the borders of the rules (bands, allowances, caps, floors), each in one figure of
    /// the customer; so the difference of two is least at a corner of these borders, and only corners are tried.
    public func reversal(among tiers: [String]) -> Reversal? {
        let corners = Corners(rules)
        for (higher, lower) in zip(tiers, tiers.dropFirst()) {
            for subject in corners.subjects {
                var (above, below) = (subject, subject)
                (above.tier, below.tier) = (higher, lower)
                let (fee, other) = (fee(for: above).amount, fee(for: below).amount)
                if fee < other {
                    return Reversal(higher: higher, lower: lower, subject: above, fee: fee, lowerFee: other)
                }
            }
        }
        return nil
    }

    /// The borders of rules in each figure of a customer.
    private struct Corners {
        private static let most: Int64 = 1_000_000_000_000
        private var levels: Set<String> = [""]
        private var frequencies: Set<Int64> = [0]
        private var revenues: Set<Int64> = [0, 1, most]
        private var managed: Set<Int64> = [0, 1, 1_000_000]
        private var minutes: Set<Int64> = [0, 1, 60_000_000]

        init(_ rules: [Rule]) {
            for rule in rules {
                if let level = rule.level { levels.insert(level) }
                if let band = rule.frequency {
                    frequencies.formUnion([band.lowerBound, max(0, band.lowerBound - 1), band.upperBound])
                    if band.upperBound < .max { frequencies.insert(band.upperBound + 1) }
                }
                add(rule)
            }
        }

        private mutating func add(_ rule: Rule) {
            let limits = [rule.floor, rule.cap].compactMap { $0 }
            /// Where a fee of so much reaches a limit, and beside it.
            func places(_ each: Int64, _ per: Int64, from start: Int64 = 0) -> [Int64] {
                guard each > 0 else { return [] }
                return limits.flatMap { limit -> [Int64] in
                    let place = Int64(clamping: Int128(start) + Int128(limit) * Int128(per) / Int128(each))
                    return [place - 1, place, place + 1].map { min(max(0, $0), Corners.most) }
                }
            }
            switch rule.base {
            case .fixed: break
            case .revenue(let hundredths): revenues.formUnion(places(hundredths, 10_000))
            case .managed(let each): managed.formUnion(places(each, 1))
            case .hours(let each, let free): minutes.formUnion([free, free + 1] + places(each, 60, from: free))
            case .project(let hourly): minutes.formUnion(places(hourly, 60))
            }
        }

        /// One for each corner; at most some ten thousands are tried, which is more than any tariff has.
        var subjects: some Sequence<Subject> {
            let all = levels.sorted().lazy.flatMap { level in
                frequencies.sorted().lazy.flatMap { frequency in
                    revenues.sorted().lazy.flatMap { revenue in
                        managed.sorted().lazy.flatMap { count in
                            minutes.sorted().lazy.map { time in
                                var subject = Subject(tier: "", level: level)
                                (subject.frequency, subject.revenue) = (frequency, revenue)
                                (subject.managed, subject.serviceMinutes) = (count, time)
                                subject.projectMinutes = time
                                return subject
                            }
                        }
                    }
                }
            }
            return all.prefix(50_000)
        }
    }
}
