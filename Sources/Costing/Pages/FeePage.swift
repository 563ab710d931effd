import Ledger
public import Pages
import Values

/// Tries a fee policy before it is put in force.
public enum FeePage {
    /// What is tried for one tier.
    public struct Trial: Sendable, Equatable {
        /// The fee of a year in minor units.
        public var fee: Int64 = 0
        /// The share that leaves because of it, in hundredths of per cent.
        public var churn: Int64 = 0
        /// How far that may be off, in hundredths of per cent.
        public var spread: Int64 = 0
        /// The share that buys half as much, in hundredths of per cent.
        public var downgrade: Int64 = 0
        /// Months by which purchases are put off, in tenths.
        public var delay: Int64 = 0

        /// Nothing is tried.
        public init() {}
    }

    private static let text = Label(
        """
        Fees come in, but some customers leave. The trial says what remains this year and over the years. \
        Nothing is changed.
        """,
        zh: "收费会带来收入，也会让部分客户流失。测算给出当年和长期的净影响，不会改动任何数据。"
    )

    /// The simulator on a snapshot of the customers.
    public static func html(_ tiers: [FeeReader.Tier], _ trials: [String: Trial], _ frame: CostingFrame) -> HTML {
        let body = form(tiers, trials, frame) + results(tiers, trials, frame) + compliance(frame)
        return frame.page(CostingFrame.home + "/fees", CostWords.fees, text: text, period: nil, body)
    }

    private static func form(
        _ tiers: [FeeReader.Tier],
        _ trials: [String: Trial],
        _ frame: CostingFrame
    ) -> HTML {
        let context = frame.context
        func input(_ key: String, _ tier: FeeReader.Tier, _ value: String) -> HTML {
            "<td><input class=\"k-input\" type=\"number\" step=\"any\" min=\"0\" name=\"\(tier.key)_\(key)\" value=\"\(value)\" aria-label=\"\(tier.key) \(key)\"></td>"
        }
        let rows = HTML.each(tiers) { tier in
            let trial = trials[tier.key] ?? Trial()
            return """
                <tr><th scope="row">\(context(name(tier.key)))</th><td>\(Format.number(tier.customers))</td>\
                <td>\(frame.money(tier.yearlyProfit))</td><td>\(frame.money(tier.lifetimeValue))</td>\
                \(input("fee", tier, FixedPoint.text(trial.fee, digits: 2)))\(input("churn", tier, FixedPoint.text(trial.churn, digits: 2)))\
                \(input("spread", tier, FixedPoint.text(trial.spread, digits: 2)))\
                \(input("downgrade", tier, FixedPoint.text(trial.downgrade, digits: 2)))\
                \(input("delay", tier, FixedPoint.text(trial.delay, digits: 1)))</tr>
                """
        }
        let heads: [Label] = [
            Label("Tier", zh: "等级"), Label("Customers", zh: "客户数"), Label("Profit a year", zh: "客均年利润"),
            Label("Worth over the years", zh: "客均长期价值"), Label("Fee a year", zh: "年费"),
            Label("Leave (%)", zh: "新增流失（%）"), Label("± (%)", zh: "误差 ±（%）"),
            Label("Buy half (%)", zh: "减半购买（%）"), Label("Put off (months)", zh: "推迟购买（月）"),
        ]
        return """
            <form class="k-panel" method="get" action="/costing/fees"><input type="hidden" name="from" value="\(frame.from)">\
            <input type="hidden" name="to" value="\(frame.to)"><div class="k-scroll" tabindex="0" role="region" \
            aria-label="\(context(CostWords.fees))"><table class="k-statement"><thead><tr>\
            \(HTML.each(heads) { "<th scope=\"col\">\(context($0))</th>" })</tr></thead><tbody>\(rows)</tbody></table></div>\
            <p class="k-panel-pad"><button class="k-btn k-btn-primary">\(context(Label("Try", zh: "测算")))</button></p></form>
            """
    }

    private static func name(_ tier: String) -> Label {
        switch tier {
        case "A": Label("A · the best fifth", zh: "A · 利润前 20%")
        case "B": Label("B · earns", zh: "B · 有利润")
        default: Label("C · loses", zh: "C · 亏损")
        }
    }

    static func segments(_ tiers: [FeeReader.Tier], _ trials: [String: Trial]) -> [FeeSimulation.Segment] {
        tiers.map { tier in
            let trial = trials[tier.key] ?? Trial()
            var segment = FeeSimulation.Segment(
                tier.key,
                customers: tier.customers,
                yearlyProfit: tier.yearlyProfit,
                lifetimeValue: tier.lifetimeValue,
                fee: trial.fee,
                churn: Double(trial.churn) / 10_000
            )
            segment.churnSpread = Double(trial.spread) / 10_000
            segment.downgrade = Double(trial.downgrade) / 10_000
            segment.downgradeLoss = 0.5
            segment.delayMonths = Double(trial.delay) / 10
            return segment
        }
    }

    private static func results(
        _ tiers: [FeeReader.Tier],
        _ trials: [String: Trial],
        _ frame: CostingFrame
    ) -> HTML {
        guard trials.values.contains(where: { $0 != Trial() }) else { return .empty }
        let context = frame.context
        let segments = segments(tiers, trials)
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
                    .text(context(name(segment.name))), frame.cell(effect.inYear), frame.cell(effect.lifetime),
                    .text(CostingFrame.percent(limit)),
                ]
            )
        }
        func range(_ range: FeeSimulation.Range) -> String {
            [range.p10, range.p50, range.p90].map { frame.money($0) }.joined(separator: " / ")
        }
        return """
            <p class="k-note">\(context(verdict))</p>\(frame.stats([
                (Label("This year", zh: "当年净影响"), frame.money(expected.inYear)),
                (Label("Over the years", zh: "长期净影响"), frame.money(expected.lifetime)),
            ]))\(frame.stats([
                (Label("This year P10 / P50 / P90", zh: "当年 P10 / P50 / P90"), range(spread.inYear)),
                (Label("Over the years P10 / P50 / P90", zh: "长期 P10 / P50 / P90"), range(spread.lifetime)),
            ]))\(frame.panel(Label("By tier", zh: "分等级结果"), frame.table(
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
