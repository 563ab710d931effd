public import Values

/// Tables of costs as CSV files that spreadsheets open as they are.
public enum CostingCSV {
    /// A cell.
    public enum Cell: Sendable {
        /// Text; what a spreadsheet would take for a formula is shown as text.
        case text(String)
        /// An amount in minor units; empty where there is none or where it may not be told.
        case money(Int64?)
        /// A whole number.
        case number(Int64?)
        /// Hundredths of per cent.
        case percent(Int64?)
    }

    /// The file: headings and rows. Amounts have as many digits as the currency.
    public static func file(_ heads: [String], _ rows: [[Cell]], _ currency: String) -> [UInt8] {
        let digits = Currency.digits(currency) ?? 2
        let lines = [heads.map(quoted)] + rows.map { row in row.map { text($0, digits) } }
        return Array(("\u{FEFF}" + lines.map { $0.joined(separator: ",") + "\r\n" }.joined()).utf8)
    }

    private static func text(_ cell: Cell, _ digits: Int) -> String {
        switch cell {
        case .text(let text): quoted(text)
        case .money(let minor): minor.map { FixedPoint.text($0, digits: digits) } ?? ""
        case .number(let number): number.map(String.init) ?? ""
        case .percent(let hundredths): hundredths.map { FixedPoint.text($0, digits: 2) } ?? ""
        }
    }

    private static func quoted(_ text: String) -> String {
        let isFormula = text.first.map { "=+-@\t\r".contains($0) } ?? false
        let plain = isFormula ? "'" + text : text
        guard plain.contains(where: { ",\"\r\n".contains($0) }) else { return plain }
        return "\"" + plain.replacing("\"", with: "\"\"") + "\""
    }

    /// Statements by month: a line for each line of the layout.
    public static func months(_ months: [ProfitReader.Month], _ language: Language, _ currency: String) -> [UInt8] {
        let total = months.reduce(Statement.zero) { $0 + $1.statement }
        let rows = ProfitLine.allCases.map { line -> [Cell] in
            let amounts = months.map { $0.statement[line] } + [total[line]]
            return [.text(line.label.text(language))] + amounts.map(Cell.money)
        }
        return file([currency] + months.map(\.month) + [CostWords.total.text(language)], rows, currency)
    }

    /// Groups with their statements: a line for each group.
    public static func groups(
        _ groups: [GroupReader.Group],
        by dimension: GroupDimension,
        _ language: Language,
        _ currency: String
    ) -> [UInt8] {
        let heads = [dimension.label, CostWords.customers] + ProfitLine.allCases.map(\.label)
        let rows = groups.map { group -> [Cell] in
            [.text(group.label.text(language)), .number(group.customers)]
                + ProfitLine.allCases.map { .money(group.statement[$0]) }
        }
        return file(heads.map { $0.text(language) }, rows, currency)
    }

    /// The entries behind a figure.
    public static func entries(_ page: EntryReader.Page, _ language: Language, _ currency: String) -> [UInt8] {
        let heads = [
            CostWords.record, CostWords.what, CostWords.method, CostWords.confidence, CostWords.minutes,
            CostWords.amount,
        ]
        let rows = page.entries.map { entry -> [Cell] in
            [
                .text(entry.name ?? entry.source.description),
                .text(entry.activity ?? CostChoices.label(entry.nature, in: CostChoices.natures).text(language)),
                .text(CostWords.method(of: entry).text(language)), .text(entry.confidence),
                .number(entry.seconds.map { $0 / 60 }), .money(entry.amount),
            ]
        }
        return file(heads.map { $0.text(language) }, rows, currency)
    }

    /// Budgets against actual.
    public static func budgets(_ lines: [BudgetReader.Line], _ language: Language, _ currency: String) -> [UInt8] {
        let heads = [
            CostWords.what, Label("Budget", zh: "预算"), Label("Actual", zh: "实际"), Label("Left", zh: "结余"),
        ]
        let rows = lines.map { line -> [Cell] in
            [.text(line.name.text(language)), .money(line.budget), .money(line.actual), .money(line.left)]
        }
        return file(heads.map { $0.text(language) }, rows, currency)
    }

    /// The customers of the whale curve, the best first, then the worst.
    public static func whale(_ curve: WhaleReader.Curve, _ language: Language, _ currency: String) -> [UInt8] {
        let heads = [CostWords.customer] + ProfitLine.allCases.map(\.label)
        let rows = (curve.best + curve.worst).map { customer -> [Cell] in
            [.text(customer.name)] + ProfitLine.allCases.map { .money(customer.statement[$0]) }
        }
        return file(heads.map { $0.text(language) }, rows, currency)
    }

    /// The table of channels.
    public static func channels(_ table: ChannelReader.Table, _ language: Language, _ currency: String) -> [UInt8] {
        let heads =
            [
                table.dimension.label, Label("Spend", zh: "投放"), Label("Touches", zh: "触点"),
                CostWords.customers,
            ] + CostPolicy.models.map(\.label) + [
                Label("Pays back after (months)", zh: "回收期（月）"), Label("Worth of a customer", zh: "客均价值"),
            ]
        let rows = table.channels.map { channel -> [Cell] in
            [
                .text(channel.label.text(language)), .money(channel.spend), .number(channel.touches),
                .number(channel.customers),
            ] + channel.costs.map(Cell.money) + [
                .number(channel.paybackMonths.map { Int64($0) }), .money(channel.worth),
            ]
        }
        return file(heads.map { $0.text(language) }, rows, currency)
    }

    /// Cost drivers.
    public static func drivers(_ drivers: [DriverReader.Driver], _ language: Language, _ currency: String) -> [UInt8] {
        let heads = [CostWords.what, CostWords.amount, CostWords.count, Label("Together (%)", zh: "累计占比（%）")]
        let rows = drivers.map { driver -> [Cell] in
            [
                .text(driver.name.text(language)), .money(driver.amount), .number(driver.count),
                .percent(driver.reached),
            ]
        }
        return file(heads.map { $0.text(language) }, rows, currency)
    }

    /// The customers behind a figure of a group.
    public static func parts(_ parts: GroupReader.Parts, _ language: Language, _ currency: String) -> [UInt8] {
        let rows = parts.parts.map { [Cell.text($0.name ?? $0.customer.description), .money($0.amount)] }
        return file([CostWords.customer, CostWords.amount].map { $0.text(language) }, rows, currency)
    }

    /// The pools of a month; cells are empty where an amount would tell what somebody earns.
    public static func pools(_ pools: [PoolReader.Pool], _ language: Language, _ currency: String) -> [UInt8] {
        let heads = [
            Label("Pool", zh: "成本池"), Label("People", zh: "人数"), Label("Cost", zh: "成本"),
            Label("Minutes possible", zh: "可用分钟"), Label("Minutes used", zh: "已用分钟"), Label("Used (%)", zh: "利用率（%）"),
            Label("Minutes logged", zh: "实际工时分钟"), Label("For customers", zh: "用于客户"), Label("Unused", zh: "闲置成本"),
        ]
        let rows = pools.map { pool -> [Cell] in
            [
                .text(pool.name), .percent(pool.people), .money(pool.cost), .number(pool.capacity / 60),
                .number(pool.used / 60), .percent(pool.usedHundredths), .number(pool.logged / 60),
                .money(pool.assigned), .money(pool.unused),
            ]
        }
        return file(heads.map { $0.text(language) }, rows, currency)
    }

    /// Customers to look at.
    public static func warnings(
        _ warnings: [WarningReader.Warning],
        _ language: Language,
        _ currency: String
    ) -> [UInt8] {
        let heads = [CostWords.customer, Label("Why", zh: "原因"), CostWords.amount]
        let rows = warnings.map { warning -> [Cell] in
            [.text(warning.name), .text(warning.kind.label.text(language)), .money(warning.amount)]
        }
        return file(heads.map { $0.text(language) }, rows, currency)
    }

    /// Forecasts with their reasons.
    public static func predictions(
        _ forecasts: [Predictions.Forecast],
        _ language: Language,
        _ currency: String
    ) -> [UInt8] {
        let heads = [
            CostWords.what, CostWords.customer, Label("Chance (%)", zh: "概率（%）"), Label("Why", zh: "主要原因"),
        ]
        let rows = forecasts.map { one -> [Cell] in
            [
                .text(one.kind.label.text(language)), .text(one.name), .percent(one.chance),
                .text(one.reasons.map { ($0.raises ? "↑ " : "↓ ") + $0.label.text(language) }.joined(separator: " · ")),
            ]
        }
        return file(heads.map { $0.text(language) }, rows, currency)
    }
}
