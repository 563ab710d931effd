import Ledger
public import Pages
import Schema
public import Values

/// Tries a fee policy before it is put in force.
public enum FeePage {
    /// All that the simulator shows.
    public struct Model: Sendable {
        /// The customers by tier.
        public var tiers: [FeeTrials.Tier]
        /// What is tried for each tier.
        public var trials: [String: FeeTrials.Trial]
        /// The policy that is tried; nil for fees typed in.
        public var policy: RecordID?
        /// The policies to choose from, with their states.
        public var policies: [Policy] = []
        /// By whom we win and lose most.
        public var winners: [FeeTrials.CustomerEffect] = []
        /// By whom we lose.
        public var losers: [FeeTrials.CustomerEffect] = []
        /// Whether the reader may make fees and sort customers into tiers.
        public var mayCharge = false

        /// A policy to choose.
        public struct Policy: Sendable {
            /// Its id.
            public let id: RecordID
            /// Its name.
            public let name: String
            /// `draft`, `active` or `retired`.
            public let state: String

            /// A policy to choose.
            public init(id: RecordID, name: String, state: String) {
                self.id = id
                self.name = name
                self.state = state
            }
        }

        /// The simulator of tiers and trials.
        public init(_ tiers: [FeeTrials.Tier], _ trials: [String: FeeTrials.Trial]) {
            self.tiers = tiers
            self.trials = trials
        }
    }

    private static let text = Label(
        """
        Fees come in, but some customers leave. The trial says what remains this year and over the years. \
        Nothing is changed.
        """,
        zh: "收费会带来收入，也会让部分客户流失。测算给出当年和长期的净影响，不会改动任何数据。"
    )

    /// The simulator on a snapshot of the customers.
    public static func html(_ model: Model, _ frame: CostingFrame) -> HTML {
        let body: HTML = """
            \(form(model, frame))\(results(model.tiers, model.trials, frame))\
            \(effects(model.winners, Label("By whom we win most", zh: "收益最大的客户"), frame))\
            \(effects(model.losers, Label("By whom we lose most", zh: "损失最大的客户"), frame))\
            \(HTML.when(!(model.winners + model.losers).isEmpty, frame.export(export(model, frame))))\
            \(HTML.when(model.mayCharge, charging(frame)))\(compliance(frame))
            """
        return frame.page(CostingFrame.home + "/fees", CostWords.fees, text: text, period: nil, body)
    }

    /// The same trial as a file.
    private static func export(_ model: Model, _ frame: CostingFrame) -> String {
        var address = frame.address("/api/v1/costing/fees/trial", ["format": "csv"])
        func add(_ key: String, _ value: String) {
            if !value.isEmpty, !["0", "0.0", "0.00"].contains(value) {
                address += "&" + WebAddress.path("", [key: value]).dropFirst()
            }
        }
        add("policy", model.policy?.description ?? "")
        for (tier, trial) in model.trials.sorted(by: { $0.key < $1.key }) {
            add("\(tier)_fee", FixedPoint.text(trial.fee, digits: 2))
            add("\(tier)_churn", FixedPoint.text(trial.churn, digits: 2))
            add("\(tier)_spread", FixedPoint.text(trial.spread, digits: 2))
            add("\(tier)_downgrade", FixedPoint.text(trial.downgrade, digits: 2))
            add("\(tier)_delay", FixedPoint.text(trial.delay, digits: 1))
            add("\(tier)_switch", FixedPoint.text(trial.change, digits: 2))
            add("\(tier)_saving", FixedPoint.text(trial.saving, digits: 2))
        }
        return address
    }

    private static func form(_ model: Model, _ frame: CostingFrame) -> HTML {
        let context = frame.context
        let tiers = HTML.each(model.tiers) { self.tier($0, model.trials[$0.key] ?? FeeTrials.Trial(), frame) }
        return """
            <form class="k-panel" method="get" action="/costing/fees"><p class="k-panel-pad k-row"><label>\
            \(context(Label("Customers as they were from", zh: "客户快照：从"))) <input class="k-input" type="month" name="from" \
            value="\(frame.from)"></label><label>\(context(CostWords.to)) <input class="k-input" type="month" name="to" \
            value="\(frame.to)"></label><span class="k-muted">\(context(Label(
                "Profits are put to a year.",
                zh: "利润折算为全年。"
            )))</span></p>\(tiers)\
            <p class="k-panel-pad k-row">\(choice(model, context))<button class="k-btn k-btn-primary">\
            \(context(Label("Try", zh: "测算")))</button> <a class="k-btn" href="/fee_policies">\
            \(context(Label("Policies", zh: "收费政策")))</a> <a class="k-btn" href="/value_tiers">\
            \(context(Label("Tiers", zh: "客户等级")))</a> <a class="k-btn" href="/care_terms">\
            \(context(Label("Agreements", zh: "服务约定")))</a></p></form>
            """
    }

    /// One tier: what it is now, and what is assumed of it.
    private static func tier(_ tier: FeeTrials.Tier, _ trial: FeeTrials.Trial, _ frame: CostingFrame) -> HTML {
        let context = frame.context
        func input(_ label: Label, _ key: String, _ value: String) -> HTML {
            """
            <label>\(context(label)) <input class="k-input" type="number" step="any" min="0" name="\(tier.key)_\(key)" \
            value="\(value)"></label>
            """
        }
        func percent(_ value: Int64) -> String { FixedPoint.text(value, digits: 2) }
        let fee = Label("Fee a year", zh: "年费")
        let charged: HTML =
            tier.fee.map { "<span>\(context(fee)) <strong>\(frame.money($0))</strong></span>" }
            ?? input(fee, "fee", FixedPoint.text(trial.fee, digits: 2))
        let facts: [(Label, String)] = [
            (Label("Customers", zh: "客户数"), Format.number(tier.customers)),
            (Label("Profit a year, each", zh: "客均年利润"), frame.money(tier.yearlyProfit)),
            (Label("Worth over the years, each", zh: "客均长期价值"), frame.money(tier.lifetimeValue)),
        ]
        return """
            <fieldset class="k-tier"><legend>\(context(name(tier.key, tier.isDeclared)))</legend><dl class="k-stats">\
            \(HTML.each(facts) { "<div><dt>\(context($0.0))</dt><dd>\($0.1)</dd></div>" })</dl>\
            <div class="k-tier-inputs">\(charged)\
            \(input(Label("Leave (%)", zh: "新增流失（%）"), "churn", percent(trial.churn)))\
            \(input(Label("± (%)", zh: "流失误差 ±（%）"), "spread", percent(trial.spread)))\
            \(input(Label("Buy half (%)", zh: "减半购买（%）"), "downgrade", percent(trial.downgrade)))\
            \(input(Label("Put off (months)", zh: "推迟购买（月）"), "delay", FixedPoint.text(trial.delay, digits: 1)))\
            \(input(Label("Take a cheaper service (%)", zh: "改用低档服务（%）"), "switch", percent(trial.change)))\
            \(input(Label("which saves us, each a year", zh: "每家每年节省"), "saving", FixedPoint.text(trial.saving, digits: 2)))\
            </div></fieldset>
            """
    }

    private static func name(_ tier: String, _ isDeclared: Bool) -> Label {
        if isDeclared { return Label(tier, zh: tier) }
        return switch tier {
        case "A": Label("A · the best fifth", zh: "A · 利润前 20%")
        case "B": Label("B · earns", zh: "B · 有利润")
        case "C": Label("C · loses", zh: "C · 亏损")
        default: Label(tier, zh: tier)
        }
    }

    private static func choice(_ model: Model, _ context: PageContext) -> HTML {
        let options = HTML.each(model.policies) { policy in
            let state = context(FeePolicy.states.first { $0.key == policy.state }?.label ?? CostWords.open)
            return """
                <option value="\(policy.id)"\(attribute: "selected", if: policy.id == model.policy)>\
                \(policy.name) (\(state))</option>
                """
        }
        return """
            <label>\(context(Label("Fees of", zh: "收费依据"))) <select class="k-input" name="policy"><option value="">\
            \(context(Label("those typed in", zh: "手工填写")))</option>\(options)</select></label>
            """
    }

    private static func effects(_ effects: [FeeTrials.CustomerEffect], _ title: Label, _ frame: CostingFrame) -> HTML {
        guard !effects.isEmpty else { return .empty }
        let heads: [(Label, Bool)] = [
            (CostWords.customer, false), (Label("Tier", zh: "等级"), false), (Label("Profit a year", zh: "年利润"), true),
            (Label("Fee a year", zh: "年费"), true), (Label("This year", zh: "当年净影响"), true),
            (Label("Over the years", zh: "长期净影响"), true),
        ]
        let rows = effects.map { one -> (id: String, href: String?, cells: [CellValue]) in
            (
                one.customer.description, "/customers/\(one.customer)/profit",
                [
                    .text(one.name), .text(one.tier), frame.cell(one.yearlyProfit), frame.cell(one.fee),
                    frame.cell(one.effect.inYear), frame.cell(one.effect.lifetime),
                ]
            )
        }
        return frame.panel(title, frame.table(title, heads, rows))
    }

    /// Fees in earnest: tiers sorted anew, and lines for a period under the policy in force.
    private static func charging(_ frame: CostingFrame) -> HTML {
        let context = frame.context
        return frame.panel(
            Label("Charge under the policy in force", zh: "按生效政策计费"),
            """
            <form class="k-panel-pad k-row" method="post" action="/costing/fees/charge">\(context.csrfField)<label>\
            \(context(Label("Period ends with", zh: "期末月份"))) <input class="k-input" type="month" name="month" \
            value="\(frame.to)" required></label><button class="k-btn k-btn-primary">\
            \(context(Label("Make the fees", zh: "生成管理费明细")))</button> <a class="k-btn" href="/charge_lines">\
            \(context(Label("Fees to be charged", zh: "管理费明细")))</a></form>\
            <form class="k-panel-pad k-row" method="post" action="/costing/fees/sort">\(context.csrfField)\
            <button class="k-btn">\(context(Label("Sort customers into tiers anew", zh: "重新评定客户等级")))</button></form>
            """,
            text: Label(
                "Nobody is billed by this: each line waits for approval, with its explanation.",
                zh: "此操作不会直接开票：每条明细附计费说明，审批后才进入开票。"
            )
        )
    }

    private static func results(
        _ tiers: [FeeTrials.Tier],
        _ trials: [String: FeeTrials.Trial],
        _ frame: CostingFrame
    ) -> HTML {
        guard
            trials.values.contains(where: { $0 != FeeTrials.Trial() }) || tiers.contains(where: { ($0.fee ?? 0) != 0 })
        else { return .empty }
        let context = frame.context
        let segments = FeeTrials.segments(tiers, trials)
        let simulation = FeeSimulation(segments)
        let (expected, spread) = (simulation.expected, simulation.simulated())
        let verdict: Label =
            expected.lifetime < 0
            ? Label(
                "Over the years this policy loses money: the customers who leave are worth more than the fees.",
                zh: "从长期看该政策会亏钱：流失客户的价值超过收取的费用。"
            )
            : Label("Over the years this policy earns money.", zh: "从长期看该政策有净收益。")
        let rows = segments.map { segment -> (id: String, href: String?, cells: [CellValue]) in
            let effect = FeeSimulation.expected(segment)
            let limit = segment.breakEvenChurn.map { Int64(($0 * 10_000).rounded()) }
            return (
                segment.name, nil,
                [
                    .text(context(name(segment.name, tiers.first?.isDeclared ?? false))), frame.cell(effect.inYear),
                    frame.cell(effect.lifetime),
                    .text(CostingFrame.percent(limit)),
                ]
            )
        }
        func range(_ name: Label, _ range: FeeSimulation.Range) -> [(Label, String)] {
            [("P10", range.p10), ("P50", range.p50), ("P90", range.p90)].map { part, amount in
                (Label("\(name.en), \(part)", zh: "\(name.zh) \(part)"), frame.money(amount))
            }
        }
        let isCalm = segments.allSatisfy { $0.churn == 0 && $0.downgrade == 0 }
        let calm = Label(
            "Nobody is assumed to leave or to buy less: say above what share would.",
            zh: "目前假设没有客户流失或减少购买，请在上方填写预计比例。"
        )
        return """
            <p class="k-note">\(context(verdict))\(HTML.when(isCalm, " \(context(calm))"))</p>\(frame.stats([
                (Label("This year", zh: "当年净影响"), frame.money(expected.inYear)),
                (Label("Over the years", zh: "长期净影响"), frame.money(expected.lifetime)),
            ]))\(frame.stats(
                range(Label("This year", zh: "当年"), spread.inYear) + range(Label("Over the years", zh: "长期"), spread.lifetime)
            ))\(frame.panel(Label("By tier", zh: "分等级结果"), frame.table(
                Label("By tier", zh: "分等级结果"),
                [
                    (Label("Tier", zh: "等级"), false), (Label("This year", zh: "当年净影响"), true),
                    (Label("Over the years", zh: "长期净影响"), true),
                    (Label("Pays up to this many leaving", zh: "盈亏平衡流失率"), true),
                ],
                rows
            )))
            """
    }

    private static func compliance(_ frame: CostingFrame) -> HTML {
        let text = Label(
            """
            Different prices by profile must be transparent and fair (PIPL art. 24): publish the tariff, keep each \
            customer's explanation, let a person review it, never use protected traits. First mend the process, then \
            charge for service, then ask for longer terms; let customers go last.
            """,
            zh: """
                按画像差别收费须公开透明、公平合理（个人信息保护法第二十四条）：请公示收费标准、保存每位客户的计费说明、\
                提供人工复核，且不得使用敏感特征。建议先改进流程，再按服务收费，再约定最低期限，最后才考虑放弃客户。
                """
        )
        return "<p class=\"k-note\">\(frame.context(text))</p>"
    }
}
