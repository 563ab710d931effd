public import Values

/// What a customer pays for being looked after: rules by value tier, frequency and service level.
public struct FeeTariff: Sendable, Equatable {
    /// What a fee is reckoned by; amounts in minor units.
    public enum Base: Sendable, Equatable {
        /// An amount of its own.
        case fixed(Int64)
        /// Hundredths of per cent of the revenue.
        case revenue(hundredths: Int64)
        /// An amount for each customer managed.
        case managed(each: Int64)
        /// An amount for each hour of service above the allowance.
        case hours(each: Int64, allowanceMinutes: Int64)
        /// An amount for each hour of work on projects.
        case project(hourly: Int64)
    }

    /// One rule. A nil condition fits everybody.
    public struct Rule: Sendable, Equatable {
        /// The tier it is for.
        public var tier: String?
        /// The service level it is for.
        public var level: String?
        /// Purchases in the period, at least.
        public var frequency: ClosedRange<Int64>?
        /// What it is reckoned by.
        public var base: Base
        /// Never more than this.
        public var cap: Int64?
        /// Never less than this, where there is any fee.
        public var floor: Int64?
        /// For how many months from its first day an agreement is charged at least.
        public var term: Int64 = 0
        /// For how many more months it is charged after it was given up, to the end of the last.
        public var notice: Int64 = 0

        /// A rule.
        public init(
            tier: String? = nil,
            level: String? = nil,
            frequency: ClosedRange<Int64>? = nil,
            base: Base,
            cap: Int64? = nil,
            floor: Int64? = nil,
            term: Int64 = 0,
            notice: Int64 = 0
        ) {
            (self.term, self.notice) = (max(0, min(1200, term)), max(0, min(1200, notice)))
            self.tier = tier
            self.level = level
            self.frequency = frequency
            self.base = base
            self.cap = cap
            self.floor = floor
        }
    }

    /// What the fee of one customer depends on.
    public struct Subject: Sendable, Equatable {
        /// Its tier.
        public var tier: String
        /// Its service level.
        public var level: String
        /// Purchases in the period.
        public var frequency: Int64 = 0
        /// Revenue of the period in minor units.
        public var revenue: Int64 = 0
        /// Customers managed for it.
        public var managed: Int64 = 0
        /// Minutes of service in the period.
        public var serviceMinutes: Int64 = 0
        /// Minutes of work on projects in the period.
        public var projectMinutes: Int64 = 0
        /// Whether the fee is waived for it.
        public var waived = false

        /// A customer of a tier and a service level.
        public init(tier: String, level: String = "") {
            self.tier = tier
            self.level = level
        }
    }

    /// A fee and why it is what it is.
    public struct Fee: Sendable, Equatable {
        /// The amount in minor units.
        public let amount: Int64
        /// The place of the rule; nil where none fits.
        public let rule: Int?
        /// Each step, in words.
        public let steps: [Label]
    }

    /// The rules; the first that fits decides.
    public let rules: [Rule]

    /// A tariff.
    public init(_ rules: [Rule]) { self.rules = rules }

    /// The fee of a customer with its explanation.
    public func fee(for subject: Subject, currency: String = "CNY") -> Fee {
        func text(_ minor: Int64) -> String { Money(minor: minor, currency: currency).amountText }
        if subject.waived {
            return Fee(amount: 0, rule: nil, steps: [Label("The fee is waived.", zh: "该客户已免收管理费。")])
        }
        guard let place = place(for: subject) else {
            return Fee(amount: 0, rule: nil, steps: [Label("No rule applies.", zh: "没有适用的收费规则。")])
        }
        let rule = rules[place]
        var (amount, steps) = reckon(rule.base, subject, text)
        if let floor = rule.floor, amount > 0, amount < floor {
            amount = floor
            steps.append(Label("At least \(text(floor)).", zh: "不足最低收费，按 \(text(floor)) 收取。"))
        }
        if let cap = rule.cap, amount > cap {
            amount = cap
            steps.append(Label("At most \(text(cap)).", zh: "超过封顶金额，按 \(text(cap)) 收取。"))
        }
        return Fee(amount: amount, rule: place, steps: steps)
    }

    /// The place of the rule that decides about a customer; nil where none fits.
    public func place(for subject: Subject) -> Int? { rules.firstIndex { fits($0, subject) } }

    private func fits(_ rule: Rule, _ subject: Subject) -> Bool {
        (rule.tier == nil || rule.tier == subject.tier) && (rule.level == nil || rule.level == subject.level)
            && (rule.frequency?.contains(subject.frequency) ?? true)
    }

    private func reckon(_ base: Base, _ subject: Subject, _ text: (Int64) -> String) -> (Int64, [Label]) {
        switch base {
        case .fixed(let amount):
            return (amount, [Label("Fixed fee \(text(amount)).", zh: "固定收费 \(text(amount))。")])
        case .revenue(let hundredths):
            let amount = Allocation.halfUp(Int128(max(0, subject.revenue)) * Int128(hundredths), 10_000)
            let percent = FixedPoint.text(hundredths, digits: 2)
            return (
                amount,
                [
                    Label(
                        "\(percent) % of revenue \(text(subject.revenue)) is \(text(amount)).",
                        zh: "按销售额 \(text(subject.revenue)) 的 \(percent)% 计 \(text(amount))。"
                    )
                ]
            )
        case .managed(let each):
            let amount = Int64(clamping: Int128(max(0, subject.managed)) * Int128(each))
            return (
                amount,
                [
                    Label(
                        "\(subject.managed) customers managed at \(text(each)) each.",
                        zh: "管理客户 \(subject.managed) 家，每家 \(text(each))。"
                    )
                ]
            )
        case .hours(let each, let allowance):
            return hourly(each, subject.serviceMinutes, allowance, text)
        case .project(let hourlyRate): return hourly(hourlyRate, subject.projectMinutes, 0, text)
        }
    }

    private func hourly(
        _ each: Int64,
        _ minutes: Int64,
        _ allowance: Int64,
        _ text: (Int64) -> String
    ) -> (Int64, [Label]) {
        let above = max(0, minutes - allowance)
        let amount = Allocation.halfUp(Int128(above) * Int128(each), 60)
        return (
            amount,
            [
                Label(
                    "\(minutes) minutes, \(allowance) of them free: \(above) at \(text(each)) an hour.",
                    zh: "共 \(minutes) 分钟，其中免费 \(allowance) 分钟；计费 \(above) 分钟，每小时 \(text(each))。"
                )
            ]
        )
    }
}
