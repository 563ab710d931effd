public import Values

/// One thing that happened with a customer.
public struct EntryModel: Sendable {
    /// The record's id.
    public var id: String
    /// `note`, `call`, `visit`, `meeting`, `mail`, `message`, `task` or the name of any icon.
    public var kind: String
    /// What it was: the subject, or the kind in words.
    public var title: String
    /// The page of the record; nil when there is none.
    public var href: String?
    /// What was said.
    public var body: String
    /// Who did it.
    public var person: String
    /// When.
    public var at: Instant
    /// How long it took.
    public var minutes: Int?
    /// More facts in one line: linked records and the like.
    public var facts: [CellValue] = []
    /// For tasks: when it is due.
    public var due: Instant?
    /// For tasks: done.
    public var done = false
    /// For tasks: where «done» is sent by POST; nil when not allowed.
    public var doneAction: String?

    /// One thing that happened with a customer.
    public init(
        id: String,
        kind: String,
        title: String,
        href: String? = nil,
        body: String = "",
        person: String,
        at: Instant,
        minutes: Int? = nil
    ) {
        self.id = id
        self.kind = kind
        self.title = title
        self.href = href
        self.body = body
        self.person = person
        self.at = at
        self.minutes = minutes
    }
}

/// The form for a new entry of the timeline.
public struct ComposerModel: Sendable {
    /// One kind of entry.
    public struct Kind: Sendable {
        /// What is sent.
        public var key: String
        /// What people see.
        public var label: String
        /// The icon's name.
        public var icon: String

        /// One kind of entry.
        public init(_ key: String, _ label: String, icon: String) {
            self.key = key
            self.label = label
            self.icon = icon
        }
    }

    /// Where it is sent, by POST.
    public var action: String
    /// The kinds to choose from; the first is chosen unless `chosen` says otherwise.
    public var kinds: [Kind]
    /// The name of the choice field of kinds.
    public var kindField: String
    /// The kind that is chosen.
    public var chosen: String
    /// The name of the text field.
    public var bodyField: String
    /// The text so far, when the form came back with errors.
    public var body = ""
    /// What is wrong with the text.
    public var error: String?
    /// More fields, as duration and due time; `shownWhen` ties them to kinds.
    public var fields: [FieldModel] = []
    /// More values to send along: the record that the entry belongs to.
    public var hidden: [Option] = []

    /// The form for a new entry of the timeline.
    public init(
        action: String,
        kinds: [Kind],
        chosen: String? = nil,
        kindField: String = "kind",
        bodyField: String = "body"
    ) {
        self.action = action
        self.kinds = kinds
        self.chosen = chosen ?? kinds.first?.key ?? ""
        self.kindField = kindField
        self.bodyField = bodyField
    }
}

/// Everything that happened with a customer, newest first.
public struct TimelineModel: Sendable {
    /// The entries, newest first.
    public var entries: [EntryModel]
    /// The form for a new one; nil when not allowed.
    public var composer: ComposerModel?
    /// Links that show only one kind.
    public var filters: [TabModel] = []
    /// Older entries; nil when all are shown.
    public var older: String?

    /// Everything that happened with a customer, newest first.
    public init(entries: [EntryModel], composer: ComposerModel? = nil, filters: [TabModel] = [], older: String? = nil) {
        self.entries = entries
        self.composer = composer
        self.filters = filters
        self.older = older
    }
}

/// The main column of a record's page.
public enum Timeline {
    /// The form for a new entry, then the entries under headings for their days.
    public static func html(_ model: TimelineModel, in context: PageContext) -> HTML {
        let filters = HTML.each(model.filters) {
            "<a\(href: $0.href)\(attribute: "aria-current", $0.current ? "true" : nil)>\($0.label)</a>"
        }
        let older = HTML.with(model.older) {
            "<div class=\"k-related-foot\"><a\(href: $0)>\(context(RecordTexts.older))</a></div>"
        }
        let entries =
            model.entries.isEmpty
            ? Table.empty(
                EmptyModel(
                    icon: "activity",
                    title: context(RecordTexts.noEntries),
                    text: model.composer == nil ? "" : context(RecordTexts.noEntriesText)
                )
            ) : days(model.entries, context)
        return """
            <section class="k-panel" id="timeline" aria-labelledby="k-timeline-title"><h2 class="k-hidden" id="k-timeline-title">\
            \(context(RecordTexts.timeline))</h2>\(HTML.with(model.composer) { composer($0, context) })\
            \(HTML.when(!model.filters.isEmpty, "<nav class=\"k-filters\" aria-label=\"\(context(RecordTexts.kind))\">\(filters)</nav>"))
            <div class="k-timeline">\(entries)</div>\(older)</section>
            """
    }

    private static func days(_ entries: [EntryModel], _ context: PageContext) -> HTML {
        var html = HTML.empty
        var day: Day?
        for item in entries {
            let its = Day(of: item.at, offset: context.offset(at: item.at))
            if its != day {
                if day != nil { html += "</ul>" }
                day = its
                html += "<h3 class=\"k-day\">\(heading(its, context))</h3><ul>"
            }
            html += entry(item, context)
        }
        return day == nil ? html : html + "</ul>"
    }

    private static func heading(_ day: Day, _ context: PageContext) -> String {
        let distance = context.today.daysSince1970 - day.daysSince1970
        let text = Format.longDay(day, in: context)
        if distance == 0 { return context(RecordTexts.today) + " · " + text }
        return distance == 1 ? context(RecordTexts.yesterday) + " · " + text : text
    }

    private static func entry(_ entry: EntryModel, _ context: PageContext) -> HTML {
        let title: HTML =
            if let href = entry.href { "<a class=\"k-link\"\(href: href)><strong>\(entry.title)</strong></a>" } else {
                "<strong>\(entry.title)</strong>"
            }
        let time: HTML = """
            <time datetime="\(entry.at.description)" title="\(Format.instant(entry.at, in: context))">\
            \(Format.time(entry.at, in: context))</time>
            """
        let kind = Icons.names.contains(entry.kind) ? entry.kind : "activity"
        return """
            <li class="k-entry k-entry-\(kind)\(raw: entry.done ? " k-entry-done" : "")" id="e-\(entry.id)">\
            <span class="k-entry-icon">\(Icons.use(kind))</span><div><div class="k-entry-head">\(title)\
            <span class="k-muted k-small">\(entry.person)</span>\(time)</div>\
            \(HTML.when(!entry.body.isEmpty, "<div class=\"k-entry-body\">\(entry.body)</div>"))\(meta(entry, context))</div></li>

            """
    }

    private static func meta(_ entry: EntryModel, _ context: PageContext) -> HTML {
        var parts: [HTML] = []
        if let minutes = entry.minutes, minutes > 0 {
            parts.append("<span>\(Format.minutes(minutes, context.language))</span>")
        }
        if entry.done {
            parts.append("<span class=\"k-yes\">\(Icons.use("check"))\(context(RecordTexts.isDone))</span>")
        } else if let due = entry.due {
            let late = due < context.now
            let text = context(RecordTexts.due(Format.instant(due, in: context)))
            parts.append(
                "<span class=\"\(raw: late ? "k-late" : "k-due")\">\(text)\(late ? " · " + context(RecordTexts.late) : "")</span>"
            )
        }
        parts += entry.facts.map { "<span>\($0.html(in: context, short: true))</span>" }
        if !entry.done, let action = entry.doneAction {
            parts.append(
                """
                <form method="post" action="\(action)">\(context.csrfField)<button class="k-btn k-btn-small">\
                \(Icons.use("check"))\(context(RecordTexts.done))</button></form>
                """
            )
        }
        return HTML.when(!parts.isEmpty, "<div class=\"k-entry-meta\">\(parts)</div>")
    }

    private static func composer(_ model: ComposerModel, _ context: PageContext) -> HTML {
        let kinds = HTML.each(model.kinds) { kind in
            """
            <label><input type="radio" name="\(model.kindField)" value="\(kind.key)"\(attribute: "checked", if: kind.key == model.chosen)>\
            \(Icons.use(kind.icon))\(kind.label)</label>
            """
        }
        let error = HTML.with(model.error) {
            "<p class=\"k-error\" id=\"k-composer-error\">\(Icons.use("warning"))<span>\($0)</span></p>"
        }
        return """
            <form class="k-composer" method="post" action="\(model.action)" novalidate aria-label="\(context(RecordTexts.composer))">\(context.csrfField)\
            \(HTML.each(model.hidden) { "<input type=\"hidden\" name=\"\($0.value)\" value=\"\($0.label)\">" })\
            <div class="k-kinds" role="radiogroup" aria-label="\(context(RecordTexts.kind))">\(kinds)</div>
            <div class="k-field"><label class="k-hidden" for="k-composer-body">\(context(RecordTexts.body))</label>\
            <textarea class="k-input" id="k-composer-body" name="\(model.bodyField)" rows="3" placeholder="\(context(RecordTexts.bodyHint))"\
            \(attribute: "aria-invalid", model.error == nil ? nil : "true")\
            \(attribute: "aria-describedby", model.error == nil ? nil : "k-composer-error")>
            \(model.body)</textarea>\(error)</div>
            <div class="k-composer-foot">\(HTML.each(model.fields) { FieldControl.html($0, in: context) })\
            <button class="k-btn k-btn-primary">\(context(RecordTexts.post))</button></div></form>
            """
    }
}
