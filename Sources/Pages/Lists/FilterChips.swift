import Values

/// A part of a filter as it is shown: a condition as a short sentence, or a group of such.
public indirect enum FilterNode: Sendable {
    /// One condition.
    case chip(Chip)
    /// Several, joined by one word.
    case group(Group)

    /// One condition as a sentence, with what can be done with it.
    public struct Chip: Sendable {
        /// The field.
        public var field: String
        /// How it is compared.
        public var test: String
        /// With what; empty when there is nothing to compare with.
        public var value: String
        /// Opens the condition; nil for one that can only be taken away.
        public var edit: String?
        /// Takes it away.
        public var remove: String
        /// Begins an alternative to it.
        public var alternative: String?

        /// One condition as a sentence.
        public init(
            _ field: String,
            _ test: String,
            _ value: String,
            edit: String?,
            remove: String,
            alternative: String? = nil
        ) {
            self.field = field
            self.test = test
            self.value = value
            self.edit = edit
            self.remove = remove
            self.alternative = alternative
        }
    }

    /// Several parts joined by one word.
    public struct Group: Sendable {
        /// True when one of the parts is enough.
        public var isAny: Bool
        /// True when the whole must not hold.
        public var isNegated: Bool
        /// The parts.
        public var parts: [FilterNode]
        /// Turns «and» into «or» and back.
        public var toggle: String
        /// Adds a part.
        public var add: String?
        /// Takes the group away.
        public var remove: String?

        /// Several parts joined by one word.
        public init(
            isAny: Bool,
            isNegated: Bool = false,
            parts: [FilterNode],
            toggle: String,
            add: String?,
            remove: String?
        ) {
            self.isAny = isAny
            self.isNegated = isNegated
            self.parts = parts
            self.toggle = toggle
            self.add = add
            self.remove = remove
        }
    }
}

/// The conditions of a list as sentences.
public enum FilterChips {
    /// The conditions in a row; links lead to the same list with another filter.
    public static func html(_ node: FilterNode, add: String, clear: String, in context: PageContext) -> HTML {
        let body: HTML =
            switch node {
            case .chip(let chip): self.chip(chip, context)
            case .group(let group) where group.isNegated: self.group(group, context)
            case .group(let group): parts(group, context)
            }
        return """
            <div class="k-chips" role="group" aria-label="\(context(FilterTexts.conditions))">\(body)\
            \(link(add, "<span>\(context(FilterTexts.andAlso))</span>", style: "k-chip-add"))\
            \(link(clear, "<span>\(context(ListTexts.clear))</span>", style: "k-chip-add"))</div>
            """
    }

    private static func link(_ address: String, _ content: HTML, style: StaticString, label: String? = nil) -> HTML {
        """
        <a class="\(raw: style)"\(href: address) data-swap="k-list"\(attribute: "aria-label", label)\(attribute: "title", label)>\(content)</a>
        """
    }

    private static func parts(_ group: FilterNode.Group, _ context: PageContext) -> HTML {
        let label = context(group.isAny ? FilterTexts.makeAnd : FilterTexts.makeOr)
        let word = context(group.isAny ? FilterTexts.or : FilterTexts.and)
        let join = link(group.toggle, HTML(text: word), style: "k-join", label: label)
        return group.parts.map { part -> HTML in
            switch part {
            case .chip(let chip): self.chip(chip, context)
            case .group(let inner): self.group(inner, context)
            }
        }.joined(separator: join)
    }

    private static func group(_ group: FilterNode.Group, _ context: PageContext) -> HTML {
        let name = context(FilterTexts.conditions)
        let add = HTML.with(group.add) {
            link($0, Icons.use("plus"), style: "k-chip-x", label: context(FilterTexts.add))
        }
        let remove = HTML.with(group.remove) {
            link($0, Icons.use("close"), style: "k-chip-x", label: context(FilterTexts.remove(name)))
        }
        return """
            <span class="k-chip-group">\(HTML.when(group.isNegated, "<em>\(context(FilterTexts.not))</em>"))\
            \(parts(group, context))\(add)\(remove)</span>
            """
    }

    private static func chip(_ chip: FilterNode.Chip, _ context: PageContext) -> HTML {
        let sentence = [chip.field, chip.test, chip.value].filter { !$0.isEmpty }.joined(separator: " ")
        let text: HTML = """
            <span class="k-chip-text"><b>\(chip.field)</b> \(chip.test)\(HTML.when(!chip.value.isEmpty, " <b>\(chip.value)</b>"))</span>
            """
        let open = chip.edit.map { link($0, text, style: "k-chip-edit") } ?? text
        let other = HTML.with(chip.alternative) {
            link(
                $0,
                "<span>\(context(FilterTexts.orMore))</span>",
                style: "k-chip-x k-chip-or",
                label: context(FilterTexts.orElse)
            )
        }
        let remove = link(
            chip.remove,
            Icons.use("close"),
            style: "k-chip-x",
            label: context(FilterTexts.remove(sentence))
        )
        return "<span class=\"k-chip\">\(open)\(other)\(remove)</span>"
    }
}

/// The panel in which a condition is made or changed.
public struct FilterEditorModel: Sendable {
    /// A group of fields to choose from: the object's own, or those of a linked one.
    public struct Fields: Sendable {
        /// The linked object's name; nil for the object's own fields.
        public var title: String?
        /// Label of the field, and where choosing it leads.
        public var links: [(label: String, href: String)]

        /// A group of fields to choose from.
        public init(_ title: String?, _ links: [(label: String, href: String)]) {
            self.title = title
            self.links = links
        }
    }

    /// What one condition asks.
    public struct Question: Sendable {
        /// The name of the field.
        public var field: String
        /// What can be asked, in order.
        public var asks: [FilterAsk]
        /// What is asked.
        public var ask: FilterAsk
        /// Choices to tick; empty for typed values.
        public var choices: [Option]
        /// Those that are ticked.
        public var ticked: Set<String>
        /// What is typed: one text or number, or the lower end.
        public var first: String
        /// The upper end.
        public var second: String
        /// How many days.
        public var days: String
        /// Which week, month, quarter or year.
        public var period = FilterPeriod.thisMonth
        /// What is typed are days.
        public var isDay: Bool
        /// What is typed are numbers.
        public var isNumber: Bool

        /// What one condition asks.
        public init(_ field: String, asks: [FilterAsk], ask: FilterAsk, isDay: Bool = false, isNumber: Bool = false) {
            self.field = field
            self.asks = asks
            self.ask = ask
            self.isDay = isDay
            self.isNumber = isNumber
            choices = []
            ticked = []
            first = ""
            second = ""
            days = "30"
        }
    }

    /// Where the form leads, by GET.
    public var action: String
    /// What the form carries along.
    public var keep: [Option]
    /// Closes the panel.
    public var cancel: String
    /// Fields to choose from, when none is chosen yet.
    public var fields: [Fields] = []
    /// The condition, when its field is chosen.
    public var question: Question?
    /// The whole filter as text, for the form that takes an expression.
    public var expression = ""
    /// Where an expression is sent, by GET as `filter`.
    public var list: String

    /// The panel in which a condition is made or changed.
    public init(action: String, keep: [Option], cancel: String, list: String) {
        self.action = action
        self.keep = keep
        self.cancel = cancel
        self.list = list
    }
}

/// The panel in which a condition is made or changed; works without the script.
public enum FilterEditor {
    /// Either the fields to choose from, or the form of one condition.
    public static func html(_ model: FilterEditorModel, examples: [String], in context: PageContext) -> HTML {
        let close: HTML = """
            <a class="k-btn k-btn-quiet k-btn-icon"\(href: model.cancel) data-swap="k-list" aria-label="\(context(Words.close))">\(Icons.use("close"))</a>
            """
        guard let question = model.question else {
            let groups = HTML.each(model.fields) { group in
                """
                <div class="k-pick-group">\(HTML.with(group.title) { "<h3>\($0)</h3>" })<ul>\(HTML.each(group.links) {
                    "<li><a\(href: $0.href) data-swap=\"k-list\">\($0.label)</a></li>"
                })</ul></div>
                """
            }
            return """
                <section class="k-editor" aria-label="\(context(FilterTexts.add))"><div class="k-editor-head">\
                <h2>\(context(FilterTexts.chooseField))</h2><input class="k-input" type="search" data-narrow=".k-pick-group li" \
                aria-label="\(context(FilterTexts.findField))" placeholder="\(context(FilterTexts.findField))" autocomplete="off" data-needs-script hidden>\
                \(close)</div><div class="k-picks">\(groups)</div>\(expression(model, examples, context))</section>
                """
        }
        return """
            <form class="k-editor" action="\(model.action)" data-swap-form="k-list" aria-label="\(context(FilterTexts.conditions))">\(hidden(model.keep))\
            <div class="k-editor-head"><h2>\(question.field)</h2>\(close)</div>\(controls(question, context))\
            <div class="k-actions"><button class="k-btn k-btn-primary">\(context(Words.apply))</button></div></form>
            """
    }

    static func hidden(_ options: [Option]) -> HTML {
        HTML.each(options) { "<input type=\"hidden\" name=\"\($0.value)\" value=\"\($0.label)\">" }
    }

    private static func controls(_ question: FilterEditorModel.Question, _ context: PageContext) -> HTML {
        let asks = HTML.each(question.asks) { ask in
            """
            <label class="k-option"><input type="radio" name="ask" value="\(ask.rawValue)"\(attribute: "checked", if: ask == question.ask)>\
            \(context(ask.label))</label>
            """
        }
        let choices = HTML.each(question.choices) { choice in
            """
            <label class="k-option"><input type="checkbox" name="value" value="\(choice.value)"\
            \(attribute: "checked", if: question.ticked.contains(choice.value))>\(choice.label)</label>
            """
        }
        let list: HTML = """
            <div class="k-options k-ticks" role="group" aria-label="\(context(FilterTexts.value))" data-shown-when="ask:oneOf,noneOf">\(choices)</div>
            """
        return """
            <div class="k-options" role="group" aria-label="\(context(FilterTexts.test))">\(asks)</div>\
            \(question.choices.isEmpty ? typed(question, context) : list)
            """
    }

    private static func typed(_ question: FilterEditorModel.Question, _ context: PageContext) -> HTML {
        let one =
            "contains,containsNot,startsWith,startsNotWith,equals,differs,less,lessOrEqual,greater,greaterOrEqual,"
        let type = question.isDay ? "date" : "text"
        let mode: String? = question.isNumber ? "decimal" : nil
        func input(_ name: StaticString, _ label: Label, _ value: String, _ type: String, _ mode: String?) -> HTML {
            """
            <label class="k-field"><span class="k-label">\(context(label))</span><input class="k-input" type="\(type)" name="\(raw: name)" \
            value="\(value)"\(attribute: "inputmode", mode) autocomplete="off"></label>
            """
        }
        let periods = HTML.each(FilterPeriod.allCases) {
            "<option value=\"\($0.rawValue)\"\(attribute: "selected", if: $0 == question.period)>\(context($0.label))</option>"
        }
        let days: HTML =
            question.isDay
            ? """
            <div class="k-inline" data-shown-when="ask:within"><label class="k-field"><span class="k-label">\(context(FilterTexts.period))</span>\
            <select class="k-input" name="period">\(periods)</select></label></div>\
            <div class="k-inline" data-shown-when="ask:last,next,older">\(input("days", FilterTexts.days, question.days, "text", "numeric"))</div>
            """ : .empty
        return """
            <div class="k-inline"><div data-shown-when="ask:\(one)on,notOn,from,until,before,after,between,notBetween">\
            \(input("value", FilterTexts.value, question.first, type, mode))</div>\
            <div data-shown-when="ask:between,notBetween">\(input("second", FilterTexts.to, question.second, type, mode))</div></div>\(days)
            """
    }

    private static func expression(_ model: FilterEditorModel, _ examples: [String], _ context: PageContext) -> HTML {
        """
        <details class="k-fold"><summary>\(Icons.use("right"))\(context(FilterTexts.expression))</summary>\
        <form class="k-form" action="\(model.list)" data-swap-form="k-list">\(hidden(model.keep.filter { !["filter", "view", "field", "in", "wrap", "_to"].contains($0.value) }))\
        <label class="k-field"><span class="k-label">\(context(ListTexts.filter))</span>\
        <textarea class="k-input k-mono-input" name="filter" autocapitalize="none" spellcheck="false">\(model.expression)</textarea></label>\
        <div class="k-examples"><span>\(context(FilterTexts.expressionHelp))</span>\(HTML.each(examples) { "<code>\($0)</code>" })</div>\
        <div class="k-actions"><button class="k-btn">\(context(ListTexts.apply))</button></div></form></details>
        """
    }
}
