import Schema
import Values

/// The control of a field in a form, with label, hint and error.
public enum FieldControl {
    /// The control. A missing value, a wrong one and a locked field look different and say so to screen readers.
    public static func html(_ field: FieldModel, in context: PageContext) -> HTML {
        let definition = field.definition
        let wide = isWide(definition.kind)
        let shown = definition.shownWhen.map { "\($0.field):\($0.keys.joined(separator: ","))" }
        let help = HTML.with(hint(field)) { "<p class=\"k-help\" id=\"\(field.controlID)-help\">\(context($0))</p>" }
        let error = HTML.with(field.error) {
            "<p class=\"k-error\" id=\"\(field.controlID)-error\">\(Icons.use("warning"))<span>\($0)</span></p>"
        }
        let must = HTML.when(
            definition.required,
            "<span class=\"k-must\" aria-hidden=\"true\">*</span><span class=\"k-hidden\">\(context(Words.required))</span>"
        )
        let name: HTML = "\(context(definition.label))\(must)"
        let open: HTML = "k-field\(raw: wide ? " k-field-wide" : "")\""
        if isGroup(field) {
            return """
                <fieldset class="\(open) id="\(field.controlID)-group"\(attribute: "data-shown-when", shown)\
                \(describedBy(field))><legend class="k-label">\(name)</legend>\(group(field, context))\(help)\(error)</fieldset>
                """
        }
        return """
            <div class="\(open)\(attribute: "data-shown-when", shown)><label class="k-label" for="\(field.controlID)">\(name)</label>\
            \(control(field, context))\(help)\(error)</div>
            """
    }

    /// True for kinds that need the whole width of the form.
    private static func isWide(_ kind: FieldKind) -> Bool {
        switch kind {
        case .longText, .address, .multiChoice, .file, .tags, .anyLink: true
        default: false
        }
    }

    /// True when the field has several controls, so that its name is a legend.
    private static func isGroup(_ field: FieldModel) -> Bool {
        switch field.definition.kind {
        case .address, .multiChoice, .boolean: true
        case .choice: isRadio(field)
        default: false
        }
    }

    private static func isRadio(_ field: FieldModel) -> Bool {
        offered(field).count <= 4 && field.definition.required
    }

    private static func hint(_ field: FieldModel) -> Label? {
        if let help = field.definition.help { return help }
        if case .tags = field.definition.kind { return FormTexts.tagsHint }
        return nil
    }

    private static func describedBy(_ field: FieldModel) -> HTML {
        var ids: [String] = []
        if hint(field) != nil { ids.append(field.controlID + "-help") }
        if field.error != nil { ids.append(field.controlID + "-error") }
        return "\(attribute: "aria-describedby", ids.isEmpty ? nil : ids.joined(separator: " "))"
    }

    /// The attributes that every control has.
    private static func common(_ field: FieldModel, suffix: String = "") -> HTML {
        """
         class="k-input" id="\(field.controlID)\(suffix)" name="\(field.definition.key)\(suffix)"\
        \(attribute: "aria-required", field.definition.required ? "true" : nil)\
        \(attribute: "aria-invalid", field.error == nil ? nil : "true")\(describedBy(field))\
        \(attribute: "disabled", if: field.locked)\(attribute: "autofocus", if: field.autofocus && suffix.isEmpty)
        """
    }

    private static func control(_ field: FieldModel, _ context: PageContext) -> HTML {
        switch field.definition.kind {
        case .text(let max): return input(field, "text", autocomplete: "off", max: max)
        case .longText(let max):
            return "<textarea\(common(field)) maxlength=\"\(max)\" rows=\"3\">\n\(field.inputs[""])</textarea>"
        case .integer: return input(field, "text", mode: "numeric")
        case .decimal: return input(field, "text", mode: "decimal")
        case .money: return money(field, context)
        case .day: return input(field, "date") + usualDays(field)
        case .instant: return input(field, "datetime-local")
        case .choice: return select(field, context)
        case .link, .person: return lookUp(field, context)
        case .anyLink: return anyLink(field, context)
        case .phone: return input(field, "tel", mode: "tel", autocomplete: "off")
        case .email: return input(field, "email", mode: "email", autocomplete: "off")
        case .url: return input(field, "url", mode: "url", autocomplete: "off", placeholder: "https://")
        case .file: return file(field, context)
        case .tags: return lookUp(field, context)
        case .formula, .rollUp, .autoNumber:
            return "<output class=\"k-input\" id=\"\(field.controlID)\">\(field.inputs[""] ?? "—")</output>"
        case .address, .multiChoice, .boolean: return group(field, context)
        }
    }

    private static func group(_ field: FieldModel, _ context: PageContext) -> HTML {
        switch field.definition.kind {
        case .address: AddressControl.html(field, in: context)
        case .boolean: yesNo(field, context)
        case .choice: options(field, "radio", chosen: [field.inputs[""] ?? ""], context)
        default: options(field, "checkbox", chosen: Set(field.selected), context)
        }
    }

    /// What a record says is not the person's own name or address, so the browser is told not to offer those.
    private static func input(
        _ field: FieldModel,
        _ type: StaticString,
        mode: String? = nil,
        autocomplete: String? = nil,
        max: Int? = nil,
        placeholder: String? = nil
    ) -> HTML {
        """
        <input\(common(field)) type="\(raw: type)" value="\(field.inputs[""])"\(attribute: "inputmode", mode)\
        \(attribute: "autocomplete", autocomplete)\(attribute: "maxlength", max.map { String($0) })\
        \(attribute: "placeholder", placeholder)>
        """
    }

    /// Buttons that fill in a day; without the script the day is typed.
    private static func usualDays(_ field: FieldModel) -> HTML {
        let buttons = HTML.each(field.usualDays) {
            "<button type=\"button\" class=\"k-btn k-btn-small k-btn-quiet\" data-fill=\"\(field.controlID)\" value=\"\($0.value)\">\($0.label)</button>"
        }
        return HTML.when(!field.usualDays.isEmpty, "<span class=\"k-days\" data-needs-script hidden>\(buttons)</span>")
    }

    private static func money(_ field: FieldModel, _ context: PageContext) -> HTML {
        let current = field.inputs["_currency"] ?? field.currencies.first ?? "CNY"
        let codes = field.currencies.contains(current) ? field.currencies : field.currencies + [current]
        let options = HTML.each(codes) { "<option\(attribute: "selected", if: $0 == current)>\($0)</option>" }
        let name = context(FormTexts.part(field.definition.label, FormTexts.currency))
        return """
            <div class="k-pair">\(input(field, "text", mode: "decimal", autocomplete: "off"))\
            <select\(common(field, suffix: "_currency")) aria-label="\(name)">\(options)</select></div>
            """
    }

    /// The choices to offer: hidden ones only where the record has them.
    private static func offered(_ field: FieldModel) -> [Choice] {
        field.definition.kind.choices.filter {
            !$0.hidden || field.inputs[""] == $0.key || field.selected.contains($0.key)
        }
    }

    private static func select(_ field: FieldModel, _ context: PageContext) -> HTML {
        let current = field.inputs[""] ?? ""
        let options = HTML.each(offered(field)) {
            "<option value=\"\($0.key)\"\(attribute: "selected", if: $0.key == current)>\(context($0.label))</option>"
        }
        let empty = context(field.definition.required ? Words.choose : Words.none)
        return """
            <select\(common(field))><option value="">\(empty)</option>\(options)</select>
            """
    }

    private static func options(
        _ field: FieldModel,
        _ type: StaticString,
        chosen: Set<String>,
        _ context: PageContext
    ) -> HTML {
        let items = HTML.each(offered(field).enumerated()) { index, choice in
            """
            <label class="k-option"><input type="\(raw: type)" name="\(field.definition.key)" value="\(choice.key)"\
            \(attribute: "id", index == 0 ? field.controlID : nil)\(attribute: "checked", if: chosen.contains(choice.key))\
            \(attribute: "disabled", if: field.locked)\(attribute: "aria-invalid", field.error == nil ? nil : "true")>\
            \(context(choice.label))</label>
            """
        }
        return "<div class=\"k-options\">\(items)</div>"
    }

    /// Yes, no and, where it may stay open, neither: a lone check box cannot say that nobody has answered.
    private static func yesNo(_ field: FieldModel, _ context: PageContext) -> HTML {
        let current = field.inputs[""] ?? ""
        var items = [("true", Words.yes), ("false", Words.no)]
        if !field.definition.required { items.append(("", Words.empty)) }
        let radios = HTML.each(items.enumerated()) { index, item in
            """
            <label class="k-option"><input type="radio" name="\(field.definition.key)" value="\(item.0)"\
            \(attribute: "id", index == 0 ? field.controlID : nil)\(attribute: "checked", if: current == item.0)\
            \(attribute: "disabled", if: field.locked)\(attribute: "aria-invalid", field.error == nil ? nil : "true")>\
            \(context(item.1))</label>
            """
        }
        return "<div class=\"k-options\">\(radios)</div>"
    }

    /// A text field with suggestions. `_id_KEY` and `_was_KEY` say which record the text stood for when the form was
    /// made, so that a name which was not touched keeps its record.
    private static func lookUp(_ field: FieldModel, _ context: PageContext) -> HTML {
        let key = field.definition.key
        let hint: Label? =
            switch field.definition.kind {
            case .person: FormTexts.personHint
            case .tags: nil
            default: FormTexts.linkHint
            }
        let options = HTML.each(field.suggestions) { "<option value=\"\($0.value)\">\($0.label)</option>" }
        let was = HTML.with(field.linkedID) {
            """
            <input type="hidden" name="_id_\(key)" value="\($0)">\
            <input type="hidden" name="_was_\(key)" value="\(field.inputs[""])">
            """
        }
        return """
            <input\(common(field)) type="text" list="\(field.controlID)-list" value="\(field.inputs[""])" autocomplete="off"\
            \(attribute: "placeholder", hint.map { context($0) })\(attribute: "data-suggest", field.suggestAddress)\
            \(attribute: "data-suggest-name", field.suggestAddress == nil ? nil : field.suggestName)>\
            <datalist id="\(field.controlID)-list">\(options)</datalist>\(was)
            """
    }

    private static func anyLink(_ field: FieldModel, _ context: PageContext) -> HTML {
        let current = field.inputs["_object"] ?? ""
        let options = HTML.each(field.objects) {
            "<option value=\"\($0.value)\"\(attribute: "selected", if: $0.value == current)>\($0.label)</option>"
        }
        let name = context(FormTexts.part(field.definition.label, FormTexts.object))
        return """
            <div class="k-pair k-pair-lead"><select\(common(field, suffix: "_object")) aria-label="\(name)">\
            <option value="">\(context(Words.choose))</option>\(options)</select><div>\(lookUp(field, context))</div></div>
            """
    }

    private static func file(_ field: FieldModel, _ context: PageContext) -> HTML {
        let current = HTML.with(field.linkedID) { id in
            """
            <p class="k-help">\(context(FormTexts.currentFile)): \(field.inputs[""])</p>\
            <input type="hidden" name="_id_\(field.definition.key)" value="\(id)">\
            <label class="k-check"><input type="checkbox" name="_remove_\(field.definition.key)" value="true">\
            \(context(FormTexts.removeFile))</label>
            """
        }
        return "<input\(common(field)) type=\"file\">\(current)"
    }
}
