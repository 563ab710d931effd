/// A field and its value on a record's page.
public struct Fact: Sendable {
    /// The field's name.
    public var label: String
    /// Its value.
    public var value: CellValue
    /// The field's key where it can be changed in place; nil elsewhere.
    public var field: String?

    /// A field and its value.
    public init(_ label: String, _ value: CellValue, field: String? = nil) {
        self.label = label
        self.value = value
        self.field = field
    }
}

/// A group of facts under a heading.
public struct FactsModel: Sendable {
    /// The heading; nil for none.
    public var title: String?
    /// The facts in order.
    public var facts: [Fact]

    /// A group of facts under a heading.
    public init(_ title: String? = nil, _ facts: [Fact]) {
        self.title = title
        self.facts = facts
    }
}

/// Fields and values.
public enum Facts {
    /// A list of fields and values for each group.
    public static func html(_ groups: [FactsModel], in context: PageContext) -> HTML {
        HTML.each(groups) { group in
            let rows = HTML.each(group.facts) {
                "<div><dt>\($0.label)</dt><dd\(attribute: "data-field", $0.field)>\($0.value.html(in: context))</dd></div>"
            }
            return """
                \(HTML.with(group.title) { "<h3 class=\"k-facts-title\">\($0)</h3>" })<dl class="k-facts">\(rows)</dl>
                """
        }
    }
}

/// Records that belong to a record: its contacts, its opportunities.
public struct RelatedModel: Sendable {
    /// One of them.
    public struct Item: Sendable {
        /// Its name.
        public var name: String
        /// Its page.
        public var href: String
        /// What stands at the right: a stage, an amount.
        public var badge: CellValue
        /// More facts in one line.
        public var facts: [CellValue]

        /// One of the records.
        public init(name: String, href: String, badge: CellValue = .empty, facts: [CellValue] = []) {
            self.name = name
            self.href = href
            self.badge = badge
            self.facts = facts
        }
    }

    /// The heading.
    public var title: String
    /// The icon's name.
    public var icon: String
    /// The first few.
    public var items: [Item]
    /// How many there are; nil when not counted.
    public var count: Int?
    /// True when there are more than that.
    public var hasMore = false
    /// The form of a new one; nil when not allowed.
    public var create: String?
    /// The whole list.
    public var all: String?

    /// Records that belong to a record.
    public init(
        title: String,
        icon: String,
        items: [Item],
        count: Int? = nil,
        create: String? = nil,
        all: String? = nil
    ) {
        self.title = title
        self.icon = icon
        self.items = items
        self.count = count
        self.create = create
        self.all = all
    }
}

/// Records that belong to a record.
public enum RelatedList {
    /// A panel that folds.
    public static func html(_ model: RelatedModel, in context: PageContext) -> HTML {
        let items = HTML.each(model.items) { item in
            let badge = HTML.when(item.badge != .empty, item.badge.html(in: context, short: true))
            let facts = HTML.each(item.facts.filter { $0 != .empty }) {
                "<span>\($0.html(in: context, short: true))</span>"
            }
            return """
                <li><a\(href: item.href)>\(item.name)</a><span>\(badge)</span>\(HTML.when(!facts.isEmpty, "<div>\(facts)</div>"))</li>
                """
        }
        let links =
            HTML.with(model.create) { "<a\(href: $0)>\(context(Words.new))</a>" }
            + HTML.with(model.all) { "<a\(href: $0)>\(context(RecordTexts.showAll))</a>" }
        let body: HTML =
            model.items.isEmpty
            ? "<p class=\"k-panel-pad k-muted\">\(context(RecordTexts.noRelated))</p>"
            : "<ul class=\"k-related\">\(items)</ul>"
        return """
            <details class="k-panel" open><summary>\(Icons.use("right"))\(model.title)\
            \(HTML.with(model.count) { "<span class=\"k-count\">\(Format.number($0))\(HTML.when(model.hasMore, "+"))</span>" })</summary>\(body)\
            \(HTML.when(!links.isEmpty, "<div class=\"k-related-foot\">\(links)</div>"))</details>
            """
    }
}

/// The page of one record.
public struct RecordModel: Sendable {
    /// Its address, for changes in place; nil when nothing can be changed.
    public var address: String?
    /// Actions that are rarely needed: they stand in a menu.
    public var rare: HTML = .empty
    /// The record's name.
    public var title: String
    /// State beside the name: stage, type.
    public var badges: [CellValue]
    /// A few words under the name.
    public var subtitle: String?
    /// The form that changes it; nil when not allowed.
    public var edit: String?
    /// Moves it to the recycle bin by POST; nil when not allowed.
    public var delete: String?
    /// More actions: links and small forms made with `RecordPage.action`.
    public var actions: HTML = .empty
    /// The stages; nil for objects without.
    public var path: StagePathModel?
    /// The groups of fields.
    public var facts: [FactsModel]
    /// What happened; nil for objects without a timeline.
    public var timeline: TimelineModel?
    /// What is to be decided about it, under the stages: forms made by the page.
    public var decision: HTML = .empty
    /// Parts that are written on its page.
    public var parts: [PartsModel] = []
    /// Records that belong to it.
    public var related: [RelatedModel]
    /// The panel with its files.
    public var files: HTML = .empty
    /// The version that was read; sent with actions as `_version`.
    public var version: String?

    /// The page of one record.
    public init(
        title: String,
        badges: [CellValue] = [],
        subtitle: String? = nil,
        edit: String? = nil,
        delete: String? = nil,
        path: StagePathModel? = nil,
        facts: [FactsModel],
        timeline: TimelineModel? = nil,
        related: [RelatedModel] = [],
        version: String? = nil
    ) {
        self.title = title
        self.badges = badges
        self.subtitle = subtitle
        self.edit = edit
        self.delete = delete
        self.path = path
        self.facts = facts
        self.timeline = timeline
        self.related = related
        self.version = version
    }
}

/// The page of one record.
public enum RecordPage {
    /// Stage path on top, timeline as the main column, facts and related records at the side.
    public static func html(_ model: RecordModel, in context: PageContext) -> HTML {
        let edit = HTML.with(model.edit) {
            "<a class=\"k-btn\"\(href: $0) data-key=\"e\">\(Icons.use("edit"))\(context(Words.edit))</a>"
        }
        let delete = HTML.with(model.delete) {
            action(context(Words.delete), to: $0, icon: "trash", danger: true, version: model.version, in: context)
        }
        let badges = HTML.each(model.badges) { $0.html(in: context, short: true) }
        let facts: HTML = """
            <section class="k-panel k-facts-panel" aria-labelledby="k-facts-title"\(attribute: "data-href", model.address)><h2 class="k-panel-head" id="k-facts-title">\
            \(context(RecordTexts.details))</h2>\(Facts.html(model.facts, in: context))\
            <label class="k-facts-toggle"><input class="k-facts-all" type="checkbox">\(context(RecordTexts.allFields))</label></section>
            """
        let related = HTML.each(model.related) { RelatedList.html($0, in: context) } + model.files
        let steps: HTML = """
            <nav class="k-record-steps" data-steps hidden aria-label="\(context(RecordTexts.steps))">\
            <a class="k-btn k-btn-quiet k-btn-icon" data-key="[" aria-label="\(context(RecordTexts.before))" title="\(context(RecordTexts.before)) [">\(Icons.use("left"))</a>\
            <a class="k-btn k-btn-quiet k-btn-icon" data-key="]" aria-label="\(context(RecordTexts.after))" title="\(context(RecordTexts.after)) ]">\(Icons.use("right"))</a></nav>
            """
        let more: HTML = """
            <details class="k-menu" data-menu><summary class="k-btn">\(context(Words.more))\(Icons.use("down"))</summary>\
            <div class="k-menu-body">\(model.rare)\(delete)</div></details>
            """
        let actions: HTML = "\(model.actions)\(edit)\(HTML.when(!model.rare.isEmpty || !delete.isEmpty, more))"
        let head = steps + Layout.head("\(model.title)\(badges)", text: model.subtitle, actions: actions)
        let path = HTML.with(model.path) { StagePath.html($0, in: context) } + model.decision
        let parts = HTML.each(model.parts) { Parts.html($0, in: context) }
        guard let timeline = model.timeline else {
            return
                "\(head)\(path)<div class=\"k-split\"><div class=\"k-stack\">\(facts)\(parts)</div><div class=\"k-stack\">\(related)</div></div>"
        }
        return """
            \(head)\(path)<div class="k-split"><div class="k-stack">\(parts)\(Timeline.html(timeline, in: context))</div>\
            <div class="k-stack k-aside">\(facts)\(related)</div></div>
            """
    }

    /// A button that posts to an address; `ask` makes the script ask first.
    public static func action(
        _ label: String,
        to address: String,
        icon: String,
        danger: Bool = false,
        ask: String? = nil,
        version: String? = nil,
        small: Bool = false,
        hidden: (name: String, value: String)? = nil,
        in context: PageContext
    ) -> HTML {
        let style = "k-btn" + (danger ? " k-btn-danger" : "") + (small ? " k-btn-small" : "")
        return """
            <form method="post" action="\(address)">\(context.csrfField)\
            \(HTML.with(version) { "<input type=\"hidden\" name=\"_version\" value=\"\($0)\">" })\
            \(HTML.with(hidden) { "<input type=\"hidden\" name=\"\($0.name)\" value=\"\($0.value)\">" })\
            <button class="\(style)"\(attribute: "data-confirm", ask)>\(Icons.use(icon))\(label)</button></form>
            """
    }
}
