public import Schema
import Values

/// The administration of objects.
public enum ObjectsPage {
    /// The objects, and the form for a new one: posts `key`, `en`, `zh`, `en_plural`, `zh_plural` to `Addresses.objects`.
    public static func html(
        _ objects: [ObjectDefinition],
        draft: [String: String] = [:],
        errors: [String: String] = [:],
        in context: PageContext
    ) -> HTML {
        let columns = [
            ColumnModel("name", context(AdminTexts.object)), ColumnModel("key", context(AdminTexts.key)),
            ColumnModel("fields", context(AdminTexts.fieldCount), numeric: true),
            ColumnModel("custom", context(Words.state)),
        ]
        let rows = objects.map { object in
            RowModel(
                id: object.key,
                href: Addresses.objects + "/" + object.key,
                name: context(object.label),
                cells: [
                    .text(context(object.pluralLabel)), .html("<code>\(object.key)</code>"),
                    .number(Int64(object.visibleFields.count)), .html(origin(object.custom, object.hidden, context)),
                ],
                off: object.hidden
            )
        }
        let table = TableModel(caption: context(AdminTexts.objects), columns: columns, rows: rows)
        let inputs: [(String, Label)] = [
            ("zh", AdminTexts.nameChinese), ("zh_plural", AdminTexts.manyChinese), ("en", AdminTexts.nameEnglish),
            ("en_plural", AdminTexts.manyEnglish), ("key", AdminTexts.key),
        ]
        let controls = HTML.each(inputs) {
            Control.input(
                $0.0,
                context($0.1),
                value: draft[$0.0] ?? "",
                error: errors[$0.0],
                help: $0.0 == "key" ? context(AdminTexts.keyHelp) : nil
            )
        }
        return """
            <div class="k-medium">\(Layout.head("\(context(AdminTexts.objects))", text: context(AdminTexts.objectsText)))<div class="k-stack">
            <div class="k-panel">\(Table.html(table, in: context))</div>
            <form class="k-panel" method="post" action="\(Addresses.objects)" novalidate>\(context.csrfField)<h2 class="k-panel-head">\(context(AdminTexts.addObject))</h2>\
            <div class="k-section"><div class="k-fields">\(controls)</div></div>\
            <div class="k-form-foot"><button class="k-btn k-btn-primary">\(context(AdminTexts.addObject))</button></div></form></div></div>
            """
    }

    static func origin(_ custom: Bool, _ hidden: Bool, _ context: PageContext) -> HTML {
        """
        \(HTML.when(custom, Badge.html(context(AdminTexts.custom), .accent)))\
        \(HTML.when(hidden, Badge.html(context(Words.hidden), .warn)))
        """
    }
}

/// What the form for a new field holds.
public struct FieldForm: Sendable {
    /// What was typed, by the name of the control.
    public var draft: [String: String]
    /// What is wrong, by the name of the control.
    public var errors: [String: String]
    /// The objects that a link may lead to, by key.
    public var objects: [Option]

    /// What the form for a new field holds.
    public init(objects: [Option], draft: [String: String] = [:], errors: [String: String] = [:]) {
        self.objects = objects
        self.draft = draft
        self.errors = errors
    }
}

/// The administration of the fields of one object.
public enum FieldsPage {
    /// The fields, those removed that can be restored, and the form for a new one.
    ///
    /// Posts to `Addresses.objects/OBJECT/fields`: `en`, `zh`, `key`, `kind`, `choices`, `link`, `formula`, `max`,
    /// `scale`, `required`, `unique`, `indexed`, `searchable`. A custom object has `/delete`. A field has `/FIELD/hide`, `/show`, `/delete`; a removed one `/FIELD/restore`.
    public static func html(
        _ object: ObjectDefinition,
        removed: [FieldDefinition] = [],
        form: FieldForm,
        in context: PageContext
    ) -> HTML {
        let base = Addresses.objects + "/" + object.key
        let lost = HTML.each(removed) { field in
            """
            <li><strong>\(context(field.label))</strong>\
            \(RecordPage.action(context(Words.restore), to: "\(base)/fields/\(field.key)/restore", icon: "restore", small: true, in: context))</li>
            """
        }
        let lostPanel: HTML = """
            <section class="k-panel"><h2 class="k-panel-head">\(context(AdminTexts.removed))<span class="k-help">\(context(AdminTexts.removedText))</span></h2>\
            <ul class="k-related">\(lost)</ul></section>
            """
        return """
            <div class="k-medium">\(Layout.head("\(context(object.label))\(ObjectsPage.origin(object.custom, object.hidden, context))", actions: objectActions(object, base, context)))
            <div class="k-stack">\(rename(object, base, form, context))<div class="k-panel">\(Table.html(table(object, base, context), in: context))</div>\
            \(newField(base, form, context))\(HTML.when(!removed.isEmpty, lostPanel))</div></div>
            """
    }

    private static func objectActions(_ object: ObjectDefinition, _ base: String, _ context: PageContext) -> HTML {
        let rules: HTML = """
            <a class="k-btn"\(href: base + "/layout")>\(Icons.use("columns"))\(context(AdminTexts.layout))</a>\
            <a class="k-btn"\(href: base + "/duplicates")>\(Icons.use("copy"))\(context(DuplicateTexts.rules))</a>
            """
        return rules
            + RecordPage.action(
                context(object.hidden ? Words.show : Words.hide),
                to: base + (object.hidden ? "/show" : "/hide"),
                icon: object.hidden ? "check" : "close",
                in: context
            )
            + HTML.when(
                object.custom,
                RecordPage.action(
                    context(Words.delete),
                    to: base + "/delete",
                    icon: "trash",
                    danger: true,
                    in: context
                )
            )
    }

    private static func rename(_ object: ObjectDefinition, _ base: String, _ form: FieldForm, _ context: PageContext)
        -> HTML
    {
        """
        <form class="k-panel k-panel-pad" method="post" action="\(base)" novalidate>\(context.csrfField)<div class="k-inline">\
        \(Control.input("zh", context(AdminTexts.nameChinese), value: object.label.zh, prefix: "o-"))\
        \(Control.input("zh_plural", context(AdminTexts.manyChinese), value: object.pluralLabel.zh, prefix: "o-"))\
        \(Control.input("en", context(AdminTexts.nameEnglish), value: object.label.en, prefix: "o-"))\
        \(Control.input("en_plural", context(AdminTexts.manyEnglish), value: object.pluralLabel.en, prefix: "o-"))\
        <button class="k-btn">\(context(AdminTexts.rename))</button></div></form>
        """
    }

    private static func table(_ object: ObjectDefinition, _ base: String, _ context: PageContext) -> TableModel {
        let columns = [
            ColumnModel("name", context(AdminTexts.fields)), ColumnModel("key", context(AdminTexts.key)),
            ColumnModel("kind", context(AdminTexts.kind)), ColumnModel("state", context(Words.state)),
        ]
        let rows = object.fields.filter { !$0.system }.map { field in
            let at = "\(base)/fields/\(field.key)"
            let toggle = RecordPage.action(
                context(field.hidden ? Words.show : Words.hide),
                to: at + (field.hidden ? "/show" : "/hide"),
                icon: field.hidden ? "check" : "close",
                small: true,
                in: context
            )
            let delete = RecordPage.action(
                context(Words.delete),
                to: at + "/delete",
                icon: "trash",
                danger: true,
                small: true,
                in: context
            )
            let marks =
                HTML.when(field.required, Badge.html(context(Words.required)))
                + HTML.when(field.unique, Badge.html(context(AdminTexts.unique)))
            return RowModel(
                id: field.key,
                href: at,
                name: context(field.label),
                cells: [
                    .text(context(field.label)), .html("<code>\(field.key)</code>"),
                    .text(context(KindTexts.name(field.kind.name))),
                    .html("\(ObjectsPage.origin(field.custom, field.hidden, context)) \(marks)"),
                ],
                actions: "\(toggle)\(HTML.when(field.custom, delete))",
                off: field.hidden
            )
        }
        return TableModel(caption: context(AdminTexts.fields), columns: columns, rows: rows)
    }

    private static func newField(_ base: String, _ form: FieldForm, _ context: PageContext) -> HTML {
        let kinds = KindTexts.names.map { Option($0.0, context($0.1)) }
        let chosen = form.draft["kind"] ?? "text"
        func text(_ name: String, _ label: Label, help: Label? = nil) -> HTML {
            Control.input(
                name,
                context(label),
                value: form.draft[name] ?? "",
                error: form.errors[name],
                help: help.map { context($0) }
            )
        }
        return """
            <form class="k-panel" method="post" action="\(base)/fields" novalidate>\(context.csrfField)<h2 class="k-panel-head">\(context(AdminTexts.addField))</h2>\
            <div class="k-section"><div class="k-fields">\(text("zh", AdminTexts.nameChinese))\(text("en", AdminTexts.nameEnglish))\
            \(Control.select("kind", context(AdminTexts.kind), kinds, chosen: chosen))\(text("key", AdminTexts.key, help: AdminTexts.keyHelp))
            <div class="k-field k-field-wide" data-shown-when="kind:choice,multi_choice"><label class="k-label" for="i-choices">\(context(AdminTexts.choices))</label>\
            <textarea class="k-input k-mono-input" id="i-choices" name="choices" rows="4" aria-describedby="i-choices-help">
            \(form.draft["choices"])</textarea><p class="k-help" id="i-choices-help">\(context(AdminTexts.choicesHelp))</p>\
            \(HTML.with(form.errors["choices"]) { "<p class=\"k-error\">\(Icons.use("warning"))<span>\($0)</span></p>" })</div>
            <div data-shown-when="kind:link">\(Control.select("link", context(AdminTexts.linkTo), form.objects, chosen: form.draft["link"]))</div>
            <div data-shown-when="kind:text,long_text">\(text("max", AdminTexts.maxLength))</div>
            <div data-shown-when="kind:decimal">\(text("scale", AdminTexts.scale))</div>
            <div data-shown-when="kind:formula,roll_up,auto_number">\(text("formula", AdminTexts.formula))</div>
            <div class="k-field-wide k-options">\(check("required", AdminTexts.required, form, context))\
            \(check("unique", AdminTexts.unique, form, context))\(check("indexed", AdminTexts.indexed, form, context))\
            \(check("searchable", AdminTexts.searchable, form, context))</div></div></div>\
            <div class="k-form-foot"><button class="k-btn k-btn-primary">\(context(AdminTexts.addField))</button></div></form>
            """
    }

    static func check(_ name: String, _ label: Label, _ form: FieldForm, _ context: PageContext) -> HTML {
        """
        <label class="k-option"><input type="checkbox" name="\(name)" value="true"\(attribute: "checked", if: form.draft[name] == "true")>\(context(label))</label>
        """
    }
}
