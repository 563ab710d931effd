public import Schema
import Values

/// The administration of one field and its choices.
public enum FieldPage {
    /// Labels and switches of the field (posts `en`, `zh`, `key`, `help_en`, `help_zh`, `required`, `unique`, `indexed`,
    /// `searchable` to `…/fields/FIELD`), and each choice: `…/choices/KEY` posts `en`, `zh`; `/hide`, `/show`,
    /// `/delete`; `…/choices` adds one with `key`, `en`, `zh`.
    public static func html(
        _ field: FieldDefinition,
        of object: ObjectDefinition,
        errors: [String: String] = [:],
        in context: PageContext
    ) -> HTML {
        let base = "\(Addresses.objects)/\(object.key)/fields/\(field.key)"
        var form = FieldForm(objects: [], errors: errors)
        form.draft = [
            "required": field.required ? "true" : "", "unique": field.unique ? "true" : "",
            "searchable": field.searchable ? "true" : "", "indexed": field.indexed ? "true" : "",
        ]
        let state = ObjectsPage.origin(field.custom, field.hidden, context)
        return """
            <div class="k-medium">\(Layout.head("\(context(field.label))\(state)", text: context(KindTexts.name(field.kind.name))))<div class="k-stack">
            <form class="k-panel" method="post" action="\(base)" novalidate>\(context.csrfField)<div class="k-section"><div class="k-fields">\
            \(Control.input("zh", context(AdminTexts.nameChinese), value: field.label.zh, error: errors["zh"]))\
            \(Control.input("en", context(AdminTexts.nameEnglish), value: field.label.en, error: errors["en"]))\
            \(Control.input("help_zh", context(AdminTexts.helpChinese), value: field.help?.zh ?? ""))\
            \(Control.input("help_en", context(AdminTexts.helpEnglish), value: field.help?.en ?? ""))\
            \(HTML.when(field.custom, Control.input("key", context(AdminTexts.key), value: field.key, error: errors["key"], help: context(AdminTexts.keyChangeHelp))))\
            <div class="k-field-wide k-options">\(FieldsPage.check("required", AdminTexts.required, form, context))\
            \(FieldsPage.check("unique", AdminTexts.unique, form, context))\(FieldsPage.check("indexed", AdminTexts.indexed, form, context))\
            \(FieldsPage.check("searchable", AdminTexts.searchable, form, context))</div></div></div>\
            <div class="k-form-foot"><button class="k-btn k-btn-primary">\(context(Words.save))</button>\
            <a class="k-btn" href="\(Addresses.objects)/\(object.key)">\(context(Words.back))</a></div></form>\
            \(choices(field, base, errors, context))</div></div>
            """
    }

    private static func choices(
        _ field: FieldDefinition,
        _ base: String,
        _ errors: [String: String],
        _ context: PageContext
    ) -> HTML {
        switch field.kind {
        case .choice, .multiChoice: break
        default: return .empty
        }
        let rows = HTML.each(field.kind.choices) { choice in
            let at = "\(base)/choices/\(WebAddress.encoded(choice.key))"
            let toggle = RecordPage.action(
                context(choice.hidden ? Words.show : Words.hide),
                to: at + (choice.hidden ? "/show" : "/hide"),
                icon: choice.hidden ? "check" : "close",
                small: true,
                in: context
            )
            let remove = RecordPage.action(
                context(Words.delete),
                to: at + "/delete",
                icon: "trash",
                danger: true,
                small: true,
                in: context
            )
            let zh = "\(context(choice.label)): \(context(AdminTexts.nameChinese))"
            let en = "\(context(choice.label)): \(context(AdminTexts.nameEnglish))"
            return """
                <tr\(attribute: "class", choice.hidden ? "k-off" : nil)><td class="k-name"><code>\(choice.key)</code></td><td class="k-wrap">\
                <form method="post" action="\(at)" novalidate>\(context.csrfField)<div class="k-inline">\
                <div class="k-field"><input class="k-input" name="zh" value="\(choice.label.zh)" aria-label="\(zh)"></div>\
                <div class="k-field"><input class="k-input" name="en" value="\(choice.label.en)" aria-label="\(en)"></div>\
                <button class="k-btn">\(context(AdminTexts.rename))</button></div></form></td>\
                <td><div class="k-cell-actions">\(toggle)\(remove)</div></td></tr>
                """
        }
        return """
            <section class="k-panel"><h2 class="k-panel-head">\(context(AdminTexts.choices))</h2><table class="k-table k-cards">\
            <thead><tr><th scope="col">\(context(AdminTexts.key))</th><th scope="col">\(context(Words.name))</th>\
            <th scope="col"><span class="k-hidden">\(context(Words.actions))</span></th></tr></thead><tbody>\(rows)</tbody></table>\
            <form class="k-section" method="post" action="\(base)/choices" novalidate>\(context.csrfField)<div class="k-inline">\
            \(Control.input("zh", context(AdminTexts.nameChinese), error: errors["choice.zh"], prefix: "c-"))\
            \(Control.input("en", context(AdminTexts.nameEnglish), error: errors["choice.en"], prefix: "c-"))\
            \(Control.input("key", context(AdminTexts.key), error: errors["choice.key"], prefix: "c-"))\
            <button class="k-btn">\(context(AdminTexts.addChoice))</button></div></form></section>
            """
    }
}
