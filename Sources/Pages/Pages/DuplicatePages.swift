import Schema
public import Values

/// A record that is likely the same as the one in a form.
public struct DuplicateHint: Sendable {
    /// What it is: a customer, a contact.
    public var kind: String
    /// Its name; nil where it may not be seen.
    public var name: String?
    /// Its page; nil where it may not be seen.
    public var href: String?
    /// Its owner.
    public var owner: String
    /// Its owner's team.
    public var team: String
    /// Why it is likely the same.
    public var reasons: [String]
    /// What a button sends as `_into` that takes this record instead; nil for none.
    public var into: String?

    /// A record that is likely the same.
    public init(kind: String = "", name: String?, href: String?, owner: String, team: String, reasons: [String]) {
        self.kind = kind
        self.name = name
        self.href = href
        self.owner = owner
        self.team = team
        self.reasons = reasons
    }
}

/// The warning in the form of a new record.
public enum DuplicateNotice {
    /// The warning, or the empty place where the script puts it. It sends along that the person has seen it.
    public static func html(
        _ hints: [DuplicateHint],
        blocks: Bool,
        text: Label = DuplicateTexts.goOn,
        in context: PageContext
    ) -> HTML {
        let items = HTML.each(hints) { hint in
            let what: HTML =
                if let name = hint.name, let href = hint.href {
                    """
                    <a\(href: href) target="_blank" rel="noopener">\(name)</a> <span class="k-muted">\(hint.kind)</span> \
                    \(hint.reasons.joined(separator: " · ")) \(hint.owner.isEmpty ? "" : context(DuplicateTexts.ownedBy(hint.owner)))
                    """
                } else {
                    "\(hint.kind) \(context(DuplicateTexts.masked(hint.owner, hint.team)))"
                }
            let button = HTML.with(hint.into) {
                " <button class=\"k-btn\" name=\"_into\" value=\"\($0)\">\(context(DuplicateTexts.convertInto))</button>"
            }
            return "<li>\(what)\(button)</li>"
        }
        let text = context(blocks ? DuplicateTexts.blocked : text)
        let seen: HTML = "<input type=\"hidden\" name=\"_duplicates\" value=\"allow\">"
        let notice: HTML = """
            <div class="k-summary"><h2>\(Icons.use("warning"))\(context(DuplicateTexts.warning))</h2><p>\(text)</p>\
            <ul>\(items)</ul></div>\(HTML.when(!blocks, seen))
            """
        return "<div id=\"k-duplicates\" role=\"status\">\(HTML.when(!hints.isEmpty, notice))</div>"
    }
}

/// A group of likely duplicates.
public struct DuplicateGroupModel: Sendable {
    /// The records' ids with commas.
    public var ids: String
    /// The highest score.
    public var points: Int
    /// The records: name, address, a few values.
    public var records: [(name: String, href: String, facts: [CellValue])]
    /// Why they are likely the same.
    public var reasons: [String]
    /// The page that merges them.
    public var merge: String

    /// A group of likely duplicates.
    public init(
        ids: String,
        points: Int,
        records: [(name: String, href: String, facts: [CellValue])],
        reasons: [String],
        merge: String
    ) {
        self.ids = ids
        self.points = points
        self.records = records
        self.reasons = reasons
        self.merge = merge
    }
}

/// A record and one of another object that is likely the same.
public struct CrossPairModel: Sendable {
    /// What is sent when something is decided about it.
    public var ids: String
    /// The record.
    public var own: String
    /// Its page.
    public var ownHref: String
    /// What the other one is.
    public var kind: String
    /// The other record.
    public var other: String
    /// Its page.
    public var otherHref: String
    /// Why they are likely the same.
    public var reasons: [String]
    /// Converts the record into the other one; nil where that is not possible.
    public var convert: String?

    /// A record and one of another object.
    public init(
        ids: String,
        own: String,
        ownHref: String,
        kind: String,
        other: String,
        otherHref: String,
        reasons: [String],
        convert: String?
    ) {
        (self.ids, self.own, self.ownHref, self.kind) = (ids, own, ownHref, kind)
        (self.other, self.otherHref, self.reasons, self.convert) = (other, otherHref, reasons, convert)
    }
}

/// The list of likely duplicates of an object.
public struct DuplicatesModel: Sendable {
    /// The object's name.
    public var objects: Label
    /// Where decisions are sent: `group` repeated and `_action`.
    public var action: String
    /// The lists by decision.
    public var tabs: [TabModel]
    /// The groups.
    public var groups: [DuplicateGroupModel]
    /// Begins a search by POST; nil when not allowed.
    public var search: String?
    /// What a search is doing or has done.
    public var state: String?
    /// True in the list of what is decided.
    public var decided: Bool
    /// The next page.
    public var next: String?
    /// Records that are likely the same as one of another object.
    public var cross: [CrossPairModel] = []

    /// The list of likely duplicates of an object.
    public init(
        objects: Label,
        action: String,
        tabs: [TabModel],
        groups: [DuplicateGroupModel],
        search: String? = nil,
        state: String? = nil,
        decided: Bool = false,
        next: String? = nil
    ) {
        self.objects = objects
        self.action = action
        self.tabs = tabs
        self.groups = groups
        self.search = search
        self.state = state
        self.decided = decided
        self.next = next
    }
}

/// The page with the list of likely duplicates.
public enum DuplicatesPage {
    /// Heading with the search, tabs, groups, and what is decided about the chosen ones.
    public static func html(_ model: DuplicatesModel, in context: PageContext) -> HTML {
        let search = HTML.with(model.search) {
            RecordPage.action(context(DuplicateTexts.search), to: $0, icon: "search", in: context)
        }
        let head = Layout.head(
            "\(context(DuplicateTexts.title(model.objects)))",
            text: context(DuplicateTexts.intro),
            actions: search
        )
        let state = HTML.with(model.state) { "<p class=\"k-panel-pad k-muted\" role=\"status\">\($0)</p>" }
        let empty = EmptyModel(
            icon: "check",
            title: context(DuplicateTexts.none),
            text: context(DuplicateTexts.noneText)
        )
        let groups =
            model.groups.isEmpty ? Table.empty(empty) : HTML.each(model.groups) { group($0, model, context) }
        let next = HTML.with(model.next) {
            "<div class=\"k-related-foot\"><a\(href: $0)>\(context(ListTexts.nextPage))</a></div>"
        }
        return """
            \(head)\(TabModel.row(model.tabs))<form class="k-panel" method="post" action="\(model.action)">\(context.csrfField)\
            \(state)\(groups)\(HTML.when(!model.groups.isEmpty, buttons(model, context)))\(next)</form>\
            \(HTML.when(!model.cross.isEmpty, cross(model, context)))
            """
    }

    /// Leads that are customers or contacts already.
    private static func cross(_ model: DuplicatesModel, _ context: PageContext) -> HTML {
        let items = HTML.each(model.cross) { pair in
            let convert = HTML.with(pair.convert) {
                "<a class=\"k-btn\"\(href: $0)>\(context(DuplicateTexts.convertInto))</a>"
            }
            return """
                <section class="k-section"><label class="k-option"><input type="checkbox" name="pair" value="\(pair.ids)" \
                aria-label="\(context(DuplicateTexts.pick(pair.own)))"><a\(href: pair.ownHref)>\(pair.own)</a></label> → \
                <span class="k-muted">\(pair.kind)</span> <a\(href: pair.otherHref)>\(pair.other)</a> \
                <span class="k-muted">\(pair.reasons.joined(separator: " · "))</span>\
                \(HTML.when(!model.decided, "<div class=\"k-actions\">\(convert)</div>"))</section>
                """
        }
        let (action, label) =
            model.decided ? ("open", DuplicateTexts.reopen) : ("different", DuplicateTexts.sayDifferent)
        return """
            <form class="k-panel" method="post" action="\(model.action)">\(context.csrfField)<h2 class="k-panel-head">\
            \(context(DuplicateTexts.crossTitle))</h2>\(items)<div class="k-form-foot">\
            <button class="k-btn" name="_action" value="\(action)">\(context(label))</button></div></form>
            """
    }

    private static func group(_ group: DuplicateGroupModel, _ model: DuplicatesModel, _ context: PageContext) -> HTML {
        let items = HTML.each(group.records) { record in
            let facts = HTML.each(record.facts.filter { $0 != .empty }) {
                "<span>\($0.html(in: context, short: true))</span>"
            }
            return "<li><a\(href: record.href)>\(record.name)</a><span></span><div>\(facts)</div></li>"
        }
        let merge: HTML =
            "<a class=\"k-btn\"\(href: group.merge)>\(Icons.use("copy"))\(context(DuplicateTexts.merge))</a>"
        return """
            <section class="k-section"><label class="k-option"><input type="checkbox" name="group" value="\(group.ids)" \
            aria-label="\(context(DuplicateTexts.pick(group.records.first?.name ?? "")))">\(context(DuplicateTexts.score(group.points)))</label> \
            <span class="k-muted">\(group.reasons.joined(separator: " · "))</span><ul class="k-related">\(items)</ul>\
            \(HTML.when(!model.decided, "<div class=\"k-actions\">\(merge)</div>"))</section>
            """
    }

    private static func buttons(_ model: DuplicatesModel, _ context: PageContext) -> HTML {
        func button(_ action: String, _ label: Label, ask: Label? = nil) -> HTML {
            """
            <button class="k-btn" name="_action" value="\(action)"\(attribute: "data-confirm", ask.map { context($0) })>\
            \(context(label))</button>
            """
        }
        let open: HTML = """
            \(button("merge", DuplicateTexts.mergeChosen, ask: DuplicateTexts.mergeChosenAsk))\
            \(button("different", DuplicateTexts.sayDifferent))\(button("later", DuplicateTexts.later))
            """
        return "<div class=\"k-form-foot\">\(model.decided ? button("open", DuplicateTexts.reopen) : open)</div>"
    }
}
