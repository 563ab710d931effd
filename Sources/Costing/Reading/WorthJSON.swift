public import Ledger
public import Values

extension CostingJSON {
    private static func count(_ number: Int64) -> JSONValue { .number(String(number)) }

    private static func decimal(_ value: Double) -> JSONValue {
        .number(FixedPoint.text(Int64((max(-1e9, min(1e9, value)) * 10_000).rounded()), digits: 4))
    }

    /// What a customer is worth.
    public static func worth(_ worth: CustomerWorth, _ currency: String) -> [(String, JSONValue)] {
        [
            ("at", .string(worth.at.description)), ("method", .string(worth.method)), ("rfm", count(worth.rfm)),
            ("alive_percent", percent(worth.aliveHundredths)),
            ("purchases_in_a_year", percent(worth.purchasesHundredths)), ("worth", money(worth.value, currency)),
            ("acquired", money(worth.acquired, currency)), ("worth_to_cost", percent(worth.ratioHundredths)),
        ]
    }

    /// Customers by worth, with how long those under contract stay.
    public static func worths(
        _ lines: [WorthList.Line],
        _ curve: SurvivalCurve?,
        _ currency: String,
        _ language: Language
    ) -> JSONValue {
        let data = lines.map { line in
            object(
                [("customer", .string(line.customer.description)), ("name", .string(line.name))]
                    + worth(line.worth, currency)
            )
        }
        return object([("data", .array(data)), ("contracts", curve.map { survival($0, language) } ?? .null)])
    }

    private static func survival(_ curve: SurvivalCurve, _ language: Language) -> JSONValue {
        let periods = curve.shares.indices.map { period in
            object([
                ("month", count(Int64(period))), ("at_risk", count(Int64(curve.atRisk[period]))),
                ("left", count(Int64(curve.left[period]))), ("share", decimal(curve.shares[period])),
            ])
        }
        return object([
            ("refusal", ContractCurve.refusal(curve).map { .string($0.text(language)) } ?? .null),
            ("known_months", count(Int64(curve.known))),
            ("last_retention", curve.lastRetention.map(decimal) ?? .null), ("months", .array(periods)),
        ])
    }

    /// Segments with their habits and their sensitivity to cost.
    public static func segments(
        _ segments: [SegmentReader.Segment],
        _ currency: String,
        _ language: Language,
        hidesPay: Bool
    ) -> JSONValue {
        let data = segments.map { one in
            object([
                ("key", .string(one.key)), ("name", .string(one.label.text(language))),
                ("customers", count(one.customers)), ("losing", count(one.losing)), ("tipping", count(one.tipping)),
                ("net_revenue", money(one.cost.revenue, currency)),
                ("cost_to_serve", money(one.cost.serving, currency)),
                ("cost_to_serve_percent", percent(one.cost.share)), ("profit", money(one.cost.profit, currency)),
                ("profit_after_rise", money(one.cost.profit(afterRise: SegmentReader.rise), currency)),
                ("profit_per_cent_of_cost", percent(one.cost.elasticity)),
                ("rise_borne_percent", percent(one.cost.cushion)),
                ("buyers", count(one.buyers)), ("purchases", count(one.purchases)),
                ("each", money(one.each, currency)),
                ("days_between", one.gapTenths.map { .number(FixedPoint.text($0, digits: 1)) } ?? .null),
                ("discount_percent", percent(one.discountShare)),
                ("price_response", one.response.map(response) ?? .null),
            ])
        }
        return object([
            ("data", .array(data)), ("rise_percent", count(SegmentReader.rise)),
            ("without_small_pools", .bool(hidesPay)),
        ])
    }

    private static func response(_ response: PriceResponse) -> JSONValue {
        object([
            ("elasticity", decimal(response.elasticity)), ("standard_error", decimal(response.error)),
            ("r_squared", decimal(response.fit)), ("purchases", count(Int64(response.count))),
        ])
    }
}

extension CostingCSV {
    /// Customers by worth.
    public static func worths(_ lines: [WorthList.Line], _ language: Language, _ currency: String) -> [UInt8] {
        let heads = [
            CostWords.customer, Label("By", zh: "估算方法"), Label("RFM", zh: "RFM"),
            Label("Still a customer (%)", zh: "仍活跃的概率（%）"), Label("Purchases in a year", zh: "预计年购买次数"),
            Label("Worth", zh: "预计价值"), Label("Cost of winning", zh: "获取成本"), Label("Worth ÷ cost", zh: "价值 ÷ 成本"),
        ]
        let rows = lines.map { line -> [Cell] in
            let worth = line.worth
            return [
                .text(line.name), .text(WorthPage.method(worth.method).text(language)), .number(worth.rfm),
                .percent(worth.aliveHundredths), .percent(worth.purchasesHundredths), .money(worth.value),
                .money(worth.acquired), .percent(worth.ratioHundredths),
            ]
        }
        return file(heads.map { $0.text(language) }, rows, currency)
    }

    /// Segments with their habits and their sensitivity to cost.
    public static func segments(
        _ segments: [SegmentReader.Segment],
        _ language: Language,
        _ currency: String
    ) -> [UInt8] {
        let heads = [
            Label("Segment", zh: "客户群"), CostWords.customers, CostWords.revenue, CostWords.serve, CostWords.profit,
            Label("Profit if serving costs \(SegmentReader.rise)% more", zh: "服务成本上升 \(SegmentReader.rise)% 后利润"),
            Label("Rise that it bears (%)", zh: "可承受的成本涨幅（%）"), Label("Customers who lose", zh: "亏损客户"),
            Label("More would lose", zh: "将转为亏损"), Label("Customers who bought", zh: "购买客户"),
            Label("Purchases", zh: "购买次数"), Label("Each comes to", zh: "单次金额"),
            Label("Days between two", zh: "平均间隔（天）"), Label("Discounts (%)", zh: "折扣占比（%）"),
            Label("1% dearer, quantity changes by (%)", zh: "价格上升 1%，数量变化（%）"),
            Label("Purchases compared", zh: "比较的购买数"),
        ]
        let rows = segments.map { one -> [Cell] in
            [
                .text(one.label.text(language)), .number(one.customers), .money(one.cost.revenue),
                .money(one.cost.serving), .money(one.cost.profit),
                .money(one.cost.profit(afterRise: SegmentReader.rise)), .percent(one.cost.cushion),
                .number(one.losing), .number(one.tipping), .number(one.buyers), .number(one.purchases),
                .money(one.each), .text(one.gapTenths.map { FixedPoint.text($0, digits: 1) } ?? ""),
                .percent(one.discountShare),
                .percent(one.response.map { Int64((max(-1e6, min(1e6, $0.elasticity)) * 100).rounded()) }),
                .number(one.response.map { Int64($0.count) }),
            ]
        }
        return file(heads.map { $0.text(language) }, rows, currency)
    }
}
