public import Values

/// One thing that needs somebody today.
public struct TodayItem: Sendable {
    /// What it is.
    public var name: String
    /// Its page.
    public var href: String
    /// Why it is here, in words: overdue, long in stage.
    public var marks: [String]
    /// True when it is late.
    public var isLate: Bool
    /// What else is good to know.
    public var facts: [CellValue]
    /// Marks it as done by POST; nil when that means nothing.
    public var done: String?

    /// One thing that needs somebody today.
    public init(
        _ name: String,
        _ href: String,
        marks: [String] = [],
        isLate: Bool = false,
        facts: [CellValue] = [],
        done: String? = nil
    ) {
        self.name = name
        self.href = href
        self.marks = marks
        self.isLate = isLate
        self.facts = facts
        self.done = done
    }
}

/// Things of one kind.
public struct TodaySection: Sendable {
    /// The heading.
    public var title: String
    /// The icon's name.
    public var icon: String
    /// The first of them.
    public var items: [TodayItem]
    /// True when there are more.
    public var hasMore: Bool
    /// All of them as a list.
    public var all: String?
    /// A new one; nil when not allowed.
    public var create: String?
    /// What is said when there is nothing.
    public var empty: String

    /// Things of one kind.
    public init(
        _ title: String,
        icon: String,
        items: [TodayItem],
        hasMore: Bool = false,
        all: String? = nil,
        create: String? = nil,
        empty: String
    ) {
        self.title = title
        self.icon = icon
        self.items = items
        self.hasMore = hasMore
        self.all = all
        self.create = create
        self.empty = empty
    }
}

/// A figure on top of the page.
public struct TodayFigure: Sendable {
    /// What it counts.
    public var label: String
    /// The figure, as «12», «20+» or «¥1.2 万».
    public var value: String
    /// Leads to what it counts.
    public var href: String
    /// True when it is a reason to act.
    public var isBad: Bool

    /// A figure on top of the page.
    public init(_ label: String, _ value: String, href: String, isBad: Bool = false) {
        self.label = label
        self.value = value
        self.href = href
        self.isBad = isBad
    }
}

/// The start page: what needs the person, or their team, today.
public struct TodayModel: Sendable {
    /// The greeting.
    public var title: String
    /// The day.
    public var day: String
    /// One's own page and the team's; a single one is not shown.
    public var tabs: [TabModel]
    /// Figures.
    public var figures: [TodayFigure]
    /// What is to be done, at the left.
    public var left: [TodaySection]
    /// What needs attention, at the right.
    public var right: [TodaySection]
    /// What stands above all, as alerts.
    public var notice: HTML = .empty

    /// The start page.
    public init(
        title: String,
        day: String,
        tabs: [TabModel],
        figures: [TodayFigure],
        left: [TodaySection],
        right: [TodaySection]
    ) {
        self.title = title
        self.day = day
        self.tabs = tabs
        self.figures = figures
        self.left = left
        self.right = right
    }
}

/// The words of the start page.
public enum TodayTexts {
    /// Late.
    public static let overdue = Label("Overdue", zh: "已逾期")
    /// Due today.
    public static let today = Label("Due today", zh: "今日待办")
    /// Due in the next days.
    public static let soon = Label("Next 7 days", zh: "未来 7 天")
    /// Without a day.
    public static let someday = Label("Without a date", zh: "未定日期")
    /// Deals that need attention.
    public static let deals = Label("Opportunities that need you", zh: "需要关注的商机")
    /// No next step is planned.
    public static let noNextStep = Label("no next step", zh: "没有下一步")
    /// Customers to be contacted.
    public static let contact = Label("Customers to contact", zh: "该联系的客户")
    /// So long without contact.
    public static func silent(_ days: Int) -> Label { Label("no contact for \(days) days", zh: "\(days) 天未联系") }
    /// Never.
    public static let never = Label("never contacted", zh: "尚未联系过")
    /// Planned for a day that is over or today.
    public static func planned(_ day: String) -> Label { Label("planned for \(day)", zh: "计划 \(day) 跟进") }
    /// New leads.
    public static let leads = Label("New leads", zh: "新线索")
    /// Birthdays.
    public static let birthdays = Label("Birthdays this week", zh: "本周生日")
    /// One's own.
    public static let mine = Label("Mine", zh: "我的")
    /// The team's.
    public static let team = Label("My team", zh: "团队")
    /// Everybody's.
    public static let everybody = Label("Everybody", zh: "全员")
    /// Nothing to do.
    public static let noTasks = Label("Nothing is due. A good moment to plan the next call.", zh: "没有到期的待办，正好规划下一次联系。")
    /// No deals need attention.
    public static let noDeals = Label("All open opportunities have a next step.", zh: "进行中的商机都已安排好下一步。")
    /// Everybody was contacted.
    public static let noContact = Label("Nobody has waited too long.", zh: "没有久未联系的客户。")
    /// No new leads.
    public static let noLeads = Label("No new leads.", zh: "没有新线索。")
    /// The sum of open opportunities.
    public static let pipeline = Label("Open opportunities", zh: "进行中商机")
    /// Marks a task.
    public static func done(_ name: String) -> Label { Label("Done: \(name)", zh: "完成：\(name)") }
}

/// The start page: what needs the person, or their team, today.
public enum Today {
    /// Figures on top, then what is to be done, and what needs attention.
    public static func html(_ model: TodayModel, in context: PageContext) -> HTML {
        let figures = HTML.each(model.figures) { figure in
            """
            <a\(href: figure.href)\(attribute: "class", figure.isBad ? "k-figure k-figure-bad" : "k-figure")>\
            <span>\(figure.label)</span><strong>\(figure.value)</strong></a>
            """
        }
        return """
            \(Layout.head(HTML(text: model.title), text: model.day))\(TabModel.row(model.tabs))\(model.notice)\
            \(HTML.when(!model.figures.isEmpty, "<nav class=\"k-figures\" aria-label=\"\(model.day)\">\(figures)</nav>"))\
            <div class="k-today"><div class="k-stack">\(HTML.each(model.left) { section($0, context) })</div>\
            <div class="k-stack">\(HTML.each(model.right) { section($0, context) })</div></div>
            """
    }

    private static func section(_ section: TodaySection, _ context: PageContext) -> HTML {
        let items = HTML.each(section.items) { item($0, context) }
        let create = HTML.with(section.create) {
            "<a class=\"k-btn k-btn-small k-btn-quiet\"\(href: $0)>\(Icons.use("plus"))\(context(Words.new))</a>"
        }
        let all = HTML.with(section.hasMore ? section.all : nil) {
            "<div class=\"k-related-foot\"><a\(href: $0)>\(context(RecordTexts.showAll))</a></div>"
        }
        let body: HTML =
            section.items.isEmpty
            ? "<p class=\"k-panel-pad k-muted\">\(section.empty)</p>" : "<ul class=\"k-todo\">\(items)</ul>"
        return """
            <section class="k-panel"><h2 class="k-panel-head">\(Icons.use(section.icon))\(section.title)\
            \(HTML.when(!section.items.isEmpty, "<span class=\"k-count\">\(section.items.count)\(section.hasMore ? "+" : "")</span>"))\
            <span class="k-head-end">\(create)</span></h2>\(body)\(all)</section>
            """
    }

    private static func item(_ item: TodayItem, _ context: PageContext) -> HTML {
        let done = HTML.with(item.done) { action in
            """
            <form method="post" action="\(action)">\(context.csrfField)<button class="k-tick" aria-label="\(context(TodayTexts.done(item.name)))" \
            title="\(context(TodayTexts.done(item.name)))">\(Icons.use("check"))</button></form>
            """
        }
        let marks = HTML.each(item.marks) { mark in
            "<span class=\"\(item.isLate ? "k-mark-bad" : "k-mark-warn")\">\(mark)</span>"
        }
        let facts = HTML.each(item.facts.filter { $0 != .empty }) {
            "<span>\($0.html(in: context, short: true))</span>"
        }
        return """
            <li>\(done)<div><a class="k-todo-name"\(href: item.href)>\(item.name)</a><div class="k-todo-facts">\(marks)\(facts)</div></div></li>
            """
    }
}
