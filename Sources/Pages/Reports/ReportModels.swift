public import Values

/// How a report is drawn.
public enum ReportShape: String, Sendable, CaseIterable {
    case bar, stacked, line, area, donut, funnel, number, table

    /// What people see.
    public var label: Label {
        switch self {
        case .bar: Label("Bars", zh: "柱形图")
        case .stacked: Label("Stacked bars", zh: "堆积柱形图")
        case .line: Label("Line", zh: "折线图")
        case .area: Label("Area", zh: "面积图")
        case .donut: Label("Ring", zh: "环形图")
        case .funnel: Label("Funnel", zh: "漏斗图")
        case .number: Label("Single number", zh: "单个数字")
        case .table: Label("Table", zh: "表格")
        }
    }
}

/// A report with its figures.
public struct ReportModel: Sendable {
    /// The heading.
    public var title: String
    /// How it is drawn.
    public var shape: ReportShape
    /// What is drawn, with a table of the same.
    public var chart: ChartModel
    /// All together, in words.
    public var figure: String
    /// The records behind all of it.
    public var records: String?
    /// How it stands against the span before: words, and whether that is more (1), less (-1) or the same.
    public var change: (text: String, direction: Int)?
    /// With what it is compared, such as `2026-10-01 – 2026-10-31`.
    public var against: String?
    /// Under the report: filter, zone, currency, moment.
    public var notes: [String] = []
    /// The page of the report.
    public var href: String?

    /// A report with its figures.
    public init(title: String, shape: ReportShape, chart: ChartModel, figure: String) {
        self.title = title
        self.shape = shape
        self.chart = chart
        self.figure = figure
    }
}

/// A place of a dashboard.
public struct TileModel: Sendable {
    /// The report; nil where its reader may not see it.
    public var report: ReportModel?
    /// The heading where there is no report.
    public var title: String
    /// Whether it takes the whole width.
    public var isWide: Bool
    /// Its place, for the forms that move it.
    public var place: Int

    /// A place of a dashboard.
    public init(_ report: ReportModel?, title: String, isWide: Bool, place: Int) {
        self.report = report
        self.title = title
        self.isWide = isWide
        self.place = place
    }
}

/// A dashboard: tiles in an order that somebody has chosen.
public struct DashboardModel: Sendable {
    /// The name.
    public var title: String
    /// All dashboards that the person may see.
    public var tabs: [TabModel]
    /// The reports.
    public var tiles: [TileModel]
    /// Where its forms lead, by POST: `_action` and `tile`; nil where the person may not change it.
    public var action: String?
    /// True while it is being arranged.
    public var isArranged = false
    /// The same page for arranging, or the way back.
    public var arrange: String?
    /// Copies it as one's own, by POST; nil for one's own.
    public var copy: String?
    /// With whom it can be shared, and with whom it is.
    public var sharing: [Option] = []
    /// With whom it is shared.
    public var sharedWith = "own"
    /// Reports kept by name.
    public var kept: [Crumb] = []
    /// The plurals of the objects that its reports are made of.
    public var follows: [String] = []

    /// A dashboard.
    public init(title: String, tabs: [TabModel], tiles: [TileModel]) {
        self.title = title
        self.tabs = tabs
        self.tiles = tiles
    }
}

/// A select of the report builder.
public struct ReportChoice: Sendable {
    /// What is sent.
    public var name: String
    /// What people see.
    public var label: Label
    /// The entries; groups of them under a heading.
    public var options: [Option]
    /// The chosen one.
    public var value: String
    /// Shown only for these values of another select, as `what:share`.
    public var shownWhen: String?

    /// A select of the report builder.
    public init(_ name: String, _ label: Label, _ options: [Option], _ value: String, shownWhen: String? = nil) {
        self.name = name
        self.label = label
        self.options = options
        self.value = value
        self.shownWhen = shownWhen
    }
}

/// The page that builds a report.
public struct ReportBuilderModel: Sendable {
    /// The heading.
    public var title: String
    /// What is chosen.
    public var choices: [ReportChoice]
    /// The condition of a share.
    public var part: String
    /// Whether it is compared with the span before.
    public var compares: Bool
    /// What the form carries along.
    public var keep: [Option]
    /// The conditions as sentences.
    public var chips: FilterNode?
    /// Adds a condition.
    public var addFilter: String
    /// Takes all conditions away.
    public var clearFilter: String
    /// The panel in which a condition is made.
    public var editor: FilterEditorModel?
    /// Examples of filters.
    public var examples: [String] = []
    /// What is wrong.
    public var error: String?
    /// The result.
    public var report: ReportModel?
    /// What saving carries along.
    public var saved: [Option] = []
    /// The name of a kept report; nil for a new one.
    public var name: String?
    /// Whether the person may change the kept report.
    public var mayChange = true
    /// With whom it can be shared.
    public var sharing: [Option] = []
    /// With whom it is shared.
    public var sharedWith = "own"
    /// The person's dashboards, to put it on.
    public var dashboards: [Option] = []

    /// The page that builds a report.
    public init(
        title: String,
        choices: [ReportChoice],
        part: String,
        compares: Bool,
        keep: [Option],
        addFilter: String,
        clearFilter: String
    ) {
        self.title = title
        self.choices = choices
        self.part = part
        self.compares = compares
        self.keep = keep
        self.addFilter = addFilter
        self.clearFilter = clearFilter
    }
}
