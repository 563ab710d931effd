import HTTPTypes
import Identity
import Pages
import Privacy
import Records
import Schema
import Values

/// Rules how long records are kept, by pages.
enum RetentionHandlers {
    static func show(_ page: PageCall) async throws -> Reply { try await show(page, nil, nil) }

    private static func show(
        _ page: PageCall,
        _ problem: Problem?,
        _ wanted: RetentionRule?
    ) async throws -> Reply {
        let errors = problem.map {
            FormErrors($0, known: ["object", "filter", "field", "days", "action"], in: page.context)
        }
        let status = problem.map { HTTPResponse.Status(code: $0.kind.rawValue) } ?? .ok
        let privacy = page.call.workspace.privacy
        return try await page.show(status: status) { session in
            let rules = try Privacy.retention(session)
            let due = try wanted.map { try privacy.due($0, session) }
            let html = RetentionPage.html(
                rules,
                due,
                errors?.byControl ?? [:],
                page.form.draft,
                session.schema,
                page.context
            )
            return PageBody(
                page.context(PrivacyWords.title),
                html,
                current: Addresses.settings,
                crumbs: [AdminCrumbs.settings(page)],
                flash: errors?.flash
            )
        }
    }

    static func add(_ page: PageCall) async throws -> Reply {
        try page.actor.require(.privacy)
        let form = page.form
        let rule = RetentionRule(
            object: form.text("object"),
            filter: form.text("filter"),
            field: form.text("field").isEmpty ? "updated_at" : form.text("field"),
            days: Int64(form.text("days")) ?? 0,
            action: RetentionRule.Action(rawValue: form.text("action")) ?? .delete
        )
        let privacy = page.call.workspace.privacy
        do {
            if form.text("_action") == "look" { return try await show(page, nil, rule) }
            try await page.write { session in _ = try privacy.add(rule, session) }
        } catch let problem as Problem where problem.isAboutInput {
            return try await show(page, problem, nil)
        }
        return page.go(to: Addresses.privacy, .ok, PrivacyWords.added)
    }

    static func act(_ page: PageCall) async throws -> Reply {
        let (id, verb, privacy) = (try page.call.recordID(), page.call.parameter("verb"), page.call.workspace.privacy)
        switch verb {
        case "delete":
            try await page.write { try privacy.remove(id, $0) }
            return page.go(to: Addresses.privacy, .ok, PrivacyWords.removed)
        case "on", "off":
            try await page.write { session in _ = try privacy.set(id, active: verb == "on", session) }
            return page.go(to: Addresses.privacy, .ok, PrivacyWords.switched)
        default: throw Problem.noSuchAddress
        }
    }
}

/// The rules, and the form of a new one with a look at what it would deal with.
enum RetentionPage {
    static func html(
        _ rules: [RetentionRule],
        _ due: RetentionPreview?,
        _ errors: [String: String],
        _ draft: [String: String],
        _ schema: SchemaSnapshot,
        _ context: PageContext
    ) -> HTML {
        let objects = schema.objects.filter { !$0.hidden }.map { Option($0.key, context($0.pluralLabel)) }
        let actions = RetentionRule.Action.allCases.map { Option($0.rawValue, context($0.label)) }
        let preview = HTML.with(due) { due -> HTML in
            let names = HTML.each(due.names) { "<li>\($0.name)</li>" }
            return
                "<section class=\"k-panel k-panel-pad\"><h2>\(context(PrivacyWords.due(due.count)))</h2><ul>\(names)</ul></section>"
        }
        return """
            <div class="k-medium">\(Layout.head("\(context(PrivacyWords.title))", text: context(PrivacyWords.titleText)))<div class="k-stack">\
            <section class="k-panel k-list">\(Table.html(table(rules, schema, context), in: context))</section>\(preview)\
            <form class="k-panel" method="post" action="\(Addresses.privacy)" novalidate>\(context.csrfField)<div class="k-section"><div class="k-fields">\
            \(Control.select("object", context(PrivacyWords.object), objects, chosen: draft["object"] ?? "lead"))\
            \(Control.input("days", context(PrivacyWords.days), value: draft["days"] ?? "365", mode: "numeric", error: errors["days"]))\
            \(Control.select("field", context(PrivacyWords.field), dates(schema, context), chosen: draft["field"] ?? "updated_at"))\
            \(Control.select("action", context(PrivacyWords.action), actions, chosen: draft["action"] ?? "delete"))\
            \(Control.input("filter", context(PrivacyWords.filter), value: draft["filter"] ?? "", error: errors["filter"]))</div></div>\
            <div class="k-form-foot"><button class="k-btn k-btn-primary" name="_action" value="look">\(context(PrivacyWords.look))</button>\
            <button class="k-btn" name="_action" value="add">\(context(PrivacyWords.add))</button></div></form></div></div>
            """
    }

    /// The dates that can count: of every object first, then those that only some have, with the objects' names.
    private static func dates(_ schema: SchemaSnapshot, _ context: PageContext) -> [Option] {
        let objects = schema.objects.filter { !$0.hidden }
        var found: [(key: String, label: String, objects: [String])] = []
        for object in objects {
            for field in object.visibleFields where field.kind == .instant || field.kind == .day {
                let name = context(object.label)
                if let place = found.firstIndex(where: { $0.key == field.key }) {
                    found[place].objects.append(name)
                } else {
                    found.append((field.key, context(field.label), [name]))
                }
            }
        }
        return found.sorted { $0.objects.count > $1.objects.count }.map { key, label, names in
            Option(key, names.count == objects.count ? label : "\(label) (\(names.joined(separator: ", ")))")
        }
    }

    private static func table(_ rules: [RetentionRule], _ schema: SchemaSnapshot, _ context: PageContext) -> TableModel
    {
        TableModel(
            caption: context(PrivacyWords.rules),
            columns: [
                ColumnModel("object", context(PrivacyWords.object)),
                ColumnModel("filter", context(PrivacyWords.filter)),
                ColumnModel("days", context(PrivacyWords.days), numeric: true),
                ColumnModel("action", context(PrivacyWords.action)), ColumnModel("ran", context(PrivacyWords.ran)),
                ColumnModel("count", context(PrivacyWords.count), numeric: true),
            ],
            rows: rules.map { rule in
                let name = schema.object(rule.object).map { context($0.pluralLabel) } ?? rule.object
                let address = Addresses.privacy + "/\(rule.id)/"
                let toggle = rule.active ? PrivacyWords.off : PrivacyWords.on
                let actions =
                    Pages.RecordPage.action(
                        context(toggle),
                        to: address + (rule.active ? "off" : "on"),
                        icon: rule.active ? "close" : "check",
                        small: true,
                        in: context
                    )
                    + Pages.RecordPage.action(
                        context(Words.delete),
                        to: address + "delete",
                        icon: "trash",
                        danger: true,
                        small: true,
                        in: context
                    )
                return RowModel(
                    id: rule.id.description,
                    name: name,
                    cells: [
                        .text(name), .text(rule.filter), .number(rule.days), .text(context(rule.action.label)),
                        rule.ranAt.map(CellValue.instant) ?? .empty, rule.ranCount.map(CellValue.number) ?? .empty,
                    ],
                    actions: actions,
                    off: !rule.active
                )
            },
            empty: EmptyModel(icon: "history", title: context(PrivacyWords.noRules))
        )
    }
}
