public import Values

/// A record on a board.
public struct CardModel: Sendable {
    /// Its id.
    public var id: String
    /// Its page.
    public var href: String
    /// Its name.
    public var title: String
    /// The version, for moving it.
    public var version: String
    /// Facts in short lines: the customer, the amount, the day.
    public var facts: [CellValue]
    /// Who looks after it.
    public var person: String?
    /// What needs attention, in words: overdue, long in this stage.
    public var marks: [String]
    /// Where it can be moved by POST; nil when not allowed.
    public var action: String?

    /// A record on a board.
    public init(
        id: String,
        href: String,
        title: String,
        version: String,
        facts: [CellValue] = [],
        person: String? = nil,
        marks: [String] = [],
        action: String? = nil
    ) {
        self.id = id
        self.href = href
        self.title = title
        self.version = version
        self.facts = facts
        self.person = person
        self.marks = marks
        self.action = action
    }
}

/// A column of a board: the records in one stage.
public struct LaneModel: Sendable {
    /// The stage's key.
    public var key: String
    /// The stage's name.
    public var label: String
    /// `open`, `won` or `lost`.
    public var outcome: String
    /// How many, and their sum; nil where that would cost too much.
    public var count: Int?
    /// The sum of their amounts, in words.
    public var sum: String?
    /// The first cards.
    public var cards: [CardModel]
    /// More cards; nil when these are all.
    public var more: String?

    /// A column of a board.
    public init(
        key: String,
        label: String,
        outcome: String,
        count: Int?,
        sum: String?,
        cards: [CardModel],
        more: String? = nil
    ) {
        self.key = key
        self.label = label
        self.outcome = outcome
        self.count = count
        self.sum = sum
        self.cards = cards
        self.more = more
    }
}

/// A board of records by stage.
public struct BoardModel: Sendable {
    /// The name of many.
    public var objects: Label
    /// Views of the list.
    public var views: [ViewTab]
    /// Search and filter.
    public var filter: FilterModel
    /// The conditions as sentences.
    public var chips: FilterNode?
    /// Adds a condition.
    public var addFilter: String
    /// Takes all conditions away.
    public var clearFilter: String
    /// The panel in which a condition is made.
    public var editor: FilterEditorModel?
    /// Pipelines to choose from, with addresses.
    public var pipelines: [TabModel]
    /// The stages.
    public var lanes: [LaneModel]
    /// The field that is set by moving a card.
    public var field: String
    /// The same records as a list.
    public var list: String
    /// The form of a new record; nil when not allowed.
    public var create: String?
    /// The name of one.
    public var object: Label

    /// A board of records by stage.
    public init(
        object: Label,
        objects: Label,
        views: [ViewTab],
        filter: FilterModel,
        pipelines: [TabModel],
        lanes: [LaneModel],
        field: String,
        list: String
    ) {
        self.object = object
        self.objects = objects
        self.views = views
        self.filter = filter
        self.pipelines = pipelines
        self.lanes = lanes
        self.field = field
        self.list = list
        addFilter = ""
        clearFilter = ""
    }
}

/// The words of boards.
public enum BoardTexts {
    /// Opens the menu of a card.
    public static func move(_ name: String) -> Label { Label("Move \(name) to…", zh: "移动“\(name)”到…") }
    /// The menu of a card.
    public static let moveTo = Label("Move to", zh: "移动到")
    /// What was done, for screen readers.
    public static func moved(_ name: String, to stage: String) -> Label {
        Label("\(name) is now in \(stage).", zh: "“\(name)”已移动到“\(stage)”。")
    }
    /// A column without cards.
    public static let empty = Label("Drop a card here", zh: "拖到这里")
    /// More cards of a column.
    public static let more = Label("Show more", zh: "显示更多")
    /// So long in this stage.
    public static func stuck(_ days: Int) -> Label { Label("\(days) days in stage", zh: "停留 \(days) 天") }
    /// The expected day has passed.
    public static let overdue = Label("past its date", zh: "已过预计日期")
    /// How it is done with the keys.
    public static let keys = Label(
        "Alt with ← and → moves a card, M opens its menu.",
        zh: "Alt + ←/→ 移动卡片，M 打开移动菜单。"
    )
    /// The pipelines.
    public static let pipelines = Label("Pipeline", zh: "销售流程")
    /// What a move needs.
    public static let fillIn = Label("Fill in", zh: "去填写")
}

/// A board of records by stage, which works with menus where there is no script.
public enum Board {
    /// Views, filters and the columns.
    public static func html(_ model: BoardModel, in context: PageContext) -> HTML {
        let create = HTML.with(model.create) {
            "<a class=\"k-btn k-btn-primary\"\(href: $0) data-key=\"c\">\(Icons.use("plus"))\(context(Words.new(model.object)))</a>"
        }
        let chips = HTML.with(model.chips) {
            FilterChips.html($0, add: model.addFilter, clear: model.clearFilter, in: context)
        }
        let editor = HTML.with(model.editor) { FilterEditor.html($0, examples: model.filter.examples, in: context) }
        let lanes = HTML.each(model.lanes) { lane($0, model, context) }
        return """
            \(Layout.head(HTML(text: context(model.objects)), actions: create))
            <div id="k-list">\(ListViews.html(model.views, save: nil, in: context))<div class="k-panel k-board-bar">\
            \(FilterBar.html(model.filter, menus: menus(model, context), in: context))\(chips)\(editor)</div>
            <div id="k-results"><div class="k-board" data-board="\(model.field)" aria-label="\(context(ViewTexts.board))" role="group">\(lanes)</div>\
            <p class="k-hidden" role="status" id="k-board-said"></p><p class="k-muted k-small k-board-keys">\(context(BoardTexts.keys))</p></div></div>
            """
    }

    private static func menus(_ model: BoardModel, _ context: PageContext) -> HTML {
        let pipelines: HTML = HTML.when(
            model.pipelines.count > 1,
            """
            <details class="k-menu" data-menu><summary class="k-btn">\(model.pipelines.first(where: \.current)?.label)\(Icons.use("down"))</summary>\
            <div class="k-menu-body">\(HTML.each(model.pipelines) {
                "<a\(href: $0.href)\(attribute: "aria-current", $0.current ? "true" : nil)>\($0.label)</a>"
            })</div></details>
            """
        )
        return """
            <a class="k-btn"\(href: model.addFilter) data-swap="k-list">\(Icons.use("filter"))\(context(ListTexts.apply))</a>\(pipelines)\
            <span class="k-seg k-bar-end"><a\(href: model.list)>\(Icons.use("menu"))<span>\(context(ViewTexts.list))</span></a>\
            <a aria-current="true"\(href: model.filter.action)>\(Icons.use("board"))<span>\(context(ViewTexts.board))</span></a></span>
            """
    }

    /// One column.
    static func lane(_ lane: LaneModel, _ model: BoardModel, _ context: PageContext) -> HTML {
        let more = HTML.with(lane.more) {
            "<a class=\"k-btn k-btn-quiet k-btn-small\"\(href: $0)>\(context(BoardTexts.more))</a>"
        }
        let cards = HTML.each(lane.cards) { card($0, lane, model, context) }
        return """
            <section class="k-lane k-lane-\(lane.outcome)" aria-labelledby="k-lane-\(lane.key)"><header id="k-head-\(lane.key)">\
            <h2 id="k-lane-\(lane.key)">\(lane.label)</h2>\(HTML.with(lane.count) { "<span class=\"k-lane-count\">\(Format.number($0))</span>" })\
            \(HTML.with(lane.sum) { "<span class=\"k-lane-sum k-num\">\($0)</span>" })</header>
            <ul class="k-cards-list" data-lane="\(lane.key)" data-label="\(lane.label)" data-empty="\(context(BoardTexts.empty))">\(cards)</ul>\(more)</section>
            """
    }

    /// One card.
    static func card(_ card: CardModel, _ lane: LaneModel, _ model: BoardModel, _ context: PageContext) -> HTML {
        let facts = HTML.each(card.facts.filter { $0 != .empty }) {
            "<span>\($0.html(in: context, short: true))</span>"
        }
        let marks = HTML.each(card.marks) { "<span class=\"k-mark-warn\">\(Icons.use("warning"))\($0)</span>" }
        let options = HTML.each(model.lanes.filter { $0.key != lane.key }) {
            "<button class=\"k-item\" name=\"\(model.field)\" value=\"\($0.key)\">\($0.label)</button>"
        }
        let menu = HTML.with(card.action) { action in
            """
            <details class="k-menu k-card-menu" data-menu><summary aria-label="\(context(BoardTexts.move(card.title)))" title="\(context(BoardTexts.moveTo))">\
            \(Icons.use("more"))</summary><form class="k-menu-body" method="post" action="\(action)">\(context.csrfField)\
            <input type="hidden" name="_version" value="\(card.version)"><input type="hidden" name="_back" value="\(context.path)">\
            <p class="k-muted k-small">\(context(BoardTexts.moveTo))</p>\(options)</form></details>
            """
        }
        return """
            <li class="k-card" id="k-card-\(card.id)" data-id="\(card.id)" data-version="\(card.version)"\(attribute: "data-action", card.action)>\
            <a class="k-card-title"\(href: card.href)>\(card.title)</a>\(menu)<div class="k-card-facts">\(facts)</div>\
            <div class="k-card-foot">\(marks)\(HTML.with(card.person) { Avatar.html($0) })</div></li>
            """
    }

    /// What a move changed: the heads of both columns, and the card in its new place.
    public static func changes(_ model: BoardModel, card id: String, in context: PageContext) -> HTML {
        HTML.each(model.lanes) { lane in
            let own = HTML.each(lane.cards.filter { $0.id == id }) { card($0, lane, model, context) }
            var head = lane
            head.cards = []
            return self.lane(head, model, context) + own
        }
    }
}
