import Ledger
public import Values

/// Tables of decisions as CSV files: systems, time equations, fees that were tried, who moved between two runs.
extension CostingCSV {
    /// Ways to have a system: a line for each, with its years.
    public static func ownership(_ ways: [OwnershipReader.Way], _ language: Language, _ currency: String) -> [UInt8] {
        let years = (0..<(ways.map(\.years.count).max() ?? 0)).map { Label("Year \($0 + 1)", zh: "第 \($0 + 1) 年") }
        let heads =
            [Label("Way", zh: "方式")] + years + [
                Label("All years, P10", zh: "合计 P10"), Label("P50", zh: "P50"), Label("P90", zh: "P90"),
            ]
        let rows = ways.map { way -> [Cell] in
            [.text(way.label.text(language))] + way.years.map { .money($0) }
                + [.money(way.low), .money(way.middle), .money(way.high)]
        }
        return file(heads.map { $0.text(language) }, rows, currency)
    }

    /// Time equations against measured time.
    public static func equations(_ fits: [EquationReader.Fit], _ language: Language, _ currency: String) -> [UInt8] {
        let heads = [
            Label("Activity", zh: "作业"), Label("Equation", zh: "时间方程"), Label("Events measured", zh: "实测笔数"),
            Label("Measured (min)", zh: "实测均值（分钟）"), Label("Equation (min)", zh: "方程均值（分钟）"),
            Label("R² (%)", zh: "R²（%）"), Label("Better equation", zh: "建议方程"),
        ]
        let rows = fits.map { fit -> [Cell] in
            [
                .text(fit.name), .text(fit.equation), .number(Int64(fit.count)), .percent(fit.measured),
                .percent(fit.estimated), .percent(fit.r2),
                .text(fit.better ?? fit.refusal.map { $0.text(language) } ?? ""),
            ]
        }
        return file(heads.map { $0.text(language) }, rows, currency)
    }

    /// Customers of a fee that was tried: by whom we win and lose most.
    public static func fees(
        _ customers: [FeeTrials.CustomerEffect],
        _ language: Language,
        _ currency: String
    ) -> [UInt8] {
        let heads = [
            CostWords.customer, Label("Tier", zh: "等级"), Label("Profit a year", zh: "年利润"),
            Label("Fee a year", zh: "年费"),
            Label("This year", zh: "当年净影响"), Label("Over the years", zh: "长期净影响"),
        ]
        let rows = customers.map { one -> [Cell] in
            [
                .text(one.name), .text(one.tier), .money(one.yearlyProfit), .money(one.fee), .money(one.effect.inYear),
                .money(one.effect.lifetime),
            ]
        }
        return file(heads.map { $0.text(language) }, rows, currency)
    }

    /// Customers who changed places between two runs.
    public static func changes(
        _ changes: [CostRuns.RankChange],
        _ language: Language,
        _ currency: String
    ) -> [UInt8] {
        let heads = [
            CostWords.customer, Label("Place before", zh: "原名次"), Label("Place now", zh: "现名次"),
            Label("Profit before", zh: "原利润"), Label("Profit now", zh: "现利润"), Label("Difference", zh: "差额"),
        ]
        let rows = changes.map { change -> [Cell] in
            [
                .text(change.name), .number(Int64(change.placeBefore)), .number(Int64(change.placeAfter)),
                .money(change.before), .money(change.after), .money(change.after - change.before),
            ]
        }
        return file(heads.map { $0.text(language) }, rows, currency)
    }
}
