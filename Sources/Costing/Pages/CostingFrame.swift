public import Pages
import Values

/// What the pages of costs have in common: their navigation, the choice of months, amounts.
public struct CostingFrame: Sendable {
    /// For whom the page is made.
    public let context: PageContext
    /// The currency of all amounts.
    public let currency: String
    /// The first month shown.
    public let from: String
    /// The last month shown.
    public let to: String
    /// The expression that narrows customers; empty for none.
    public let filter: String
    /// Whether the time of small teams is left out, as for everybody who may not read pay.
    public let hidesPay: Bool

    /// A frame for months and customers.
    public init(
        context: PageContext,
        currency: String,
        from: String,
        to: String,
        filter: String = "",
        hidesPay: Bool = false
    ) {
        self.context = context
        self.currency = currency
        self.from = from
        self.to = to
        self.filter = filter
        self.hidesPay = hidesPay
    }

    /// The address of the overview.
    public static let home = "/costing"

    /// The pages, in their order.
    static let pages: [(path: String, label: Label)] = [
        (home, CostWords.overview), (home + "/whale", CostWords.whale), (home + "/channels", CostWords.channels),
        (home + "/groups", CostWords.groups), (home + "/drivers", CostWords.drivers),
        (home + "/pools", CostWords.pools),
        (home + "/worth", CostWords.worth), (home + "/segments", CostWords.segments),
        (home + "/warnings", CostWords.warnings), (home + "/predictions", CostWords.predictions),
        (home + "/months", CostWords.months),
        (home + "/fees", CostWords.fees), (home + "/budgets", CostWords.budgets),
        (home + "/ownership", CostWords.ownership),
    ]

    /// The links to all pages of costs; `path` is the page shown.
    func navigation(_ path: String) -> HTML {
        let links = HTML.each(CostingFrame.pages) { page in
            let current = page.path == path
            return """
                <a\(href: address(page.path))\(attribute: "aria-current", current ? "page" : nil)>\
                \(context(page.label))</a>
                """
        }
        return "<nav class=\"k-tabs k-noprint\" aria-label=\"\(context(CostWords.costing))\">\(links)</nav>"
    }

    /// An address with the months and the filter of this page.
    public func address(_ path: String, _ more: KeyValuePairs<String, String> = [:]) -> String {
        let base = WebAddress.path(path, ["from": from, "to": to, "filter": filter])
        let rest = WebAddress.path("", more)
        return rest.isEmpty ? base : base + "&" + rest.dropFirst()
    }

    /// The form that chooses months and customers; `hidden` is sent along.
    func period(_ path: String, fields: HTML = .empty) -> HTML {
        """
        <form class="k-panel k-panel-pad k-row k-noprint" method="get" action="\(path)"><label>\(context(CostWords.from)) \
        <input class="k-input" type="month" name="from" value="\(from)"></label><label>\(context(CostWords.to)) \
        <input class="k-input" type="month" name="to" value="\(to)"></label><label>\(context(CostWords.filter)) \
        <input class="k-input" name="filter" value="\(filter)" placeholder="\(context(CostWords.filterExample))"></label>\
        \(fields)<button class="k-btn k-btn-primary">\(context(CostWords.show))</button></form>
        """
    }

    /// A whole page: heading, navigation, choice of months, content.
    func page(_ path: String, _ title: Label, text: Label, period fields: HTML? = .empty, _ body: HTML) -> HTML {
        """
        \(Layout.head("\(context(title))", text: context(text)))<div class="k-stack">\(navigation(path))\
        \(HTML.with(fields) { period(path, fields: $0) })\(body)</div>
        """
    }

    /// A button that has what the page shows reckoned anew, with what to know about that.
    func again(_ path: String, _ label: Label = Label("Forecast anew", zh: "重新预测"), text: Label? = nil) -> HTML {
        """
        <form class="k-panel k-panel-pad k-row k-noprint" method="post" action="\(path)">\(context.csrfField)\
        <button class="k-btn k-btn-primary">\(context(label))</button>\
        \(HTML.with(text) { " <span class=\"k-muted\">\(context($0))</span>" })</form>
        """
    }

    /// A button that takes what is shown along as a file.
    func export(_ address: String) -> HTML {
        "<p class=\"k-noprint\"><a class=\"k-btn\"\(href: address)>\(Icons.use("export"))\(context(CostWords.export))</a></p>"
    }

    /// A panel with a heading.
    func panel(_ title: Label, _ body: HTML, text: Label? = nil) -> HTML {
        """
        <section class="k-panel"><h2 class="k-panel-head">\(context(title))</h2>\
        \(HTML.with(text) { "<p class=\"k-panel-pad k-muted\">\(context($0))</p>" })\(body)</section>
        """
    }

    /// Figures side by side.
    func stats(_ figures: [(Label, String)]) -> HTML {
        """
        <section class="k-panel"><dl class="k-stats">\(HTML.each(figures) { "<div><dt>\(context($0.0))</dt><dd>\($0.1)</dd></div>" })\
        </dl></section>
        """
    }

    /// An amount in full.
    func money(_ minor: Int64) -> String { Format.money(Money(minor: minor, currency: currency), context.language) }

    /// An amount in full, or a dash where there is none or where it may not be told.
    func money(_ minor: Int64?) -> String { minor.map { money($0) } ?? "—" }

    /// Hundredths of per cent as text.
    static func percent(_ hundredths: Int64?) -> String {
        guard let hundredths else { return "—" }
        return FixedPoint.text((hundredths + (hundredths < 0 ? -5 : 5)) / 10, digits: 1) + "%"
    }

    /// Short amounts for charts.
    var short: @Sendable (Double) -> String {
        let (currency, language) = (currency, context.language)
        return {
            Format.shortMoney(Money(minor: Int64(max(-9e17, min(9e17, $0)).rounded()), currency: currency), language)
        }
    }

    /// A table with plain cells; the first of each row may lead somewhere.
    func table(
        _ caption: Label,
        _ heads: [(Label, Bool)],
        _ rows: [(id: String, href: String?, cells: [CellValue])],
        empty: Label = CostWords.nothing
    ) -> HTML {
        let model = TableModel(
            caption: context(caption),
            columns: heads.enumerated().map {
                ColumnModel("c\($0.offset)", context($0.element.0), numeric: $0.element.1)
            },
            rows: rows.map { row in
                RowModel(id: row.id, href: row.href, name: CostingFrame.name(row.cells.first), cells: row.cells)
            },
            empty: EmptyModel(icon: "info", title: context(empty))
        )
        return Table.html(model, in: context)
    }

    private static func name(_ cell: CellValue?) -> String { if case .text(let text)? = cell { text } else { "" } }

    func cell(_ minor: Int64?) -> CellValue {
        minor.map { .money(Money(minor: $0, currency: currency)) } ?? .text("—")
    }
}
