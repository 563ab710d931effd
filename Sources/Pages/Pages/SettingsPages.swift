public import Values

/// The entrance to the administration: a tile for each part that the person may open.
public enum SettingsPage {
    /// One part of the administration.
    public enum Part: String, Sendable, CaseIterable {
        /// Users.
        case users
        /// Teams.
        case teams
        /// Roles.
        case roles
        /// Objects and fields.
        case objects
        /// The audit log.
        case audit
        /// The recycle bin.
        case bin
        /// The imports.
        case imports
    }

    /// The tiles of `parts`, in order, and then those of `more`.
    public static func html(_ parts: [Part], more: HTML = .empty, in context: PageContext) -> HTML {
        let tiles = HTML.each(parts) { part in
            let (href, icon, title, text) = tile(part)
            return """
                <a class="k-panel k-tile"\(href: href)>\(Icons.use(icon))<span><strong>\(context(title))</strong>\
                <span class="k-muted">\(context(text))</span></span></a>
                """
        }
        return "\(Layout.head("\(context(Words.settings))"))<div class=\"k-tiles\">\(tiles)\(more)</div>"
    }

    private static func tile(_ part: Part) -> (String, String, Label, Label) {
        switch part {
        case .users: (Addresses.users, "user", AdminTexts.users, AdminTexts.usersText)
        case .teams: (Addresses.teams, "team", AdminTexts.teams, AdminTexts.teamsText)
        case .roles: (Addresses.roles, "role", AdminTexts.roles, AdminTexts.rolesText)
        case .objects: (Addresses.objects, "box", AdminTexts.objects, AdminTexts.objectsText)
        case .audit: (Addresses.audit, "history", AdminTexts.audit, AdminTexts.auditText)
        case .bin: (Addresses.bin, "trash", Words.bin, AdminTexts.binText)
        case .imports: (Addresses.imports, "import", ImportTexts.history, AdminTexts.importsText)
        }
    }
}

/// One row of the audit log.
public struct AuditRow: Sendable {
    /// One changed field.
    public struct Change: Sendable {
        /// The field's name.
        public var field: String
        /// Its value before, as people read it; empty for none.
        public var before: String
        /// Its value after.
        public var after: String

        /// One changed field.
        public init(_ field: String, before: String, after: String) {
            self.field = field
            self.before = before
            self.after = after
        }
    }

    /// When.
    public var at: Instant
    /// Who.
    public var actor: String
    /// What was done, in the person's language.
    public var action: String
    /// The record; nil when it was not about one.
    public var record: CellValue.Linked?
    /// The changed fields.
    public var changes: [Change]
    /// Page, API, import, rule; and the network address.
    public var origin: String

    /// One row of the audit log.
    public init(
        at: Instant,
        actor: String,
        action: String,
        record: CellValue.Linked?,
        changes: [Change],
        origin: String
    ) {
        self.at = at
        self.actor = actor
        self.action = action
        self.record = record
        self.changes = changes
        self.origin = origin
    }
}

/// The page with the audit log.
public enum AuditPage {
    /// The filter bar if there is one, and the rows, newest first.
    public static func html(
        _ rows: [AuditRow],
        filter: HTML = .empty,
        first: String? = nil,
        next: String? = nil,
        in context: PageContext
    ) -> HTML {
        var columns = [
            ColumnModel("at", context(Words.time)), ColumnModel("actor", context(AdminTexts.actor)),
            ColumnModel("action", context(AdminTexts.action)), ColumnModel("record", context(AdminTexts.record)),
            ColumnModel("change", context(AdminTexts.change)), ColumnModel("origin", context(AdminTexts.origin)),
        ]
        columns[4].wide = true
        let table = TableModel(
            caption: context(AdminTexts.audit),
            columns: columns,
            rows: rows.enumerated().map { index, row in
                RowModel(
                    id: String(index),
                    name: row.action,
                    cells: [
                        .instant(row.at), .person(row.actor), .text(row.action),
                        row.record.map { .link(name: $0.name, href: $0.href) } ?? .empty,
                        row.changes.isEmpty ? .empty : .html(changes(row.changes)), .text(row.origin),
                    ]
                )
            },
            empty: EmptyModel(icon: "history", title: context(AdminTexts.noAudit))
        )
        return """
            \(Layout.head("\(context(AdminTexts.audit))", text: context(AdminTexts.auditText)))<div class="k-panel">\
            \(filter)<div id="k-results">\(Table.html(table, in: context))\
            \(Pager.html(shown: rows.count, first: first, next: next, in: context))</div></div>
            """
    }

    private static func changes(_ changes: [AuditRow.Change]) -> HTML {
        let lines = HTML.each(changes) { change in
            let before: HTML = change.before.isEmpty ? .empty : "<del>\(change.before)</del> → "
            return "<div>\(change.field): \(before)<ins>\(change.after.isEmpty ? "—" : change.after)</ins></div>"
        }
        return "<div class=\"k-diff\">\(lines)</div>"
    }
}
