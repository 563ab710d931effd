import Schema
import Values

/// Definitions as JSON: how added and changed ones are stored, and how `GET /schema` shows them.
enum DefinitionJSON {
    static func write(_ label: Label, to json: inout JSONWriter) {
        json.object { json in
            json.member("en", label.en)
            json.member("zh", label.zh)
        }
    }

    static func label(_ value: JSONValue?) -> Label? {
        guard let value, let en = value["en"]?.string, let zh = value["zh"]?.string else { return nil }
        return Label(en, zh: zh)
    }

    static func write(_ choice: Choice, to json: inout JSONWriter) {
        json.object { json in
            json.member("key", choice.key)
            json.key("label")
            write(choice.label, to: &json)
            if choice.hidden { json.member("hidden", true) }
            if let group = choice.group { json.member("group", group) }
            if let probability = choice.probability { json.member("probability", Int64(probability)) }
            if let outcome = choice.outcome { json.member("outcome", outcome) }
        }
    }

    static func choice(_ value: JSONValue) -> Choice? {
        guard let key = value["key"]?.string, let label = label(value["label"]) else { return nil }
        return Choice(
            key,
            label,
            hidden: value["hidden"]?.bool ?? false,
            group: value["group"]?.string,
            probability: value["probability"]?.integer.map(Int.init),
            outcome: value["outcome"]?.string
        )
    }

    /// The members of a field's definition, without the braces.
    static func writeMembers(_ field: FieldDefinition, to json: inout JSONWriter) {
        json.member("id", field.id)
        json.member("key", field.key)
        json.key("label")
        write(field.label, to: &json)
        writeKind(field.kind, to: &json)
        if let help = field.help {
            json.key("help")
            write(help, to: &json)
        }
        for (name, flag) in flags(field) where flag { json.member(name, true) }
        if let condition = field.shownWhen {
            json.key("shown_when")
            json.object { json in
                json.member("field", condition.field)
                json.key("in")
                json.array { json in for key in condition.keys { json.string(key) } }
            }
        }
        if let text = field.defaultJSON {
            json.key("default")
            json.raw(text)
        }
        if !field.audited { json.member("audited", false) }
        if let personal = field.personal { json.member("personal", personal) }
    }

    private static func flags(_ field: FieldDefinition) -> [(String, Bool)] {
        [
            ("required", field.required), ("unique", field.unique), ("indexed", field.indexed),
            ("searchable", field.searchable), ("read_only", field.readOnly), ("hidden", field.hidden),
            ("system", field.system), ("custom", field.custom),
        ]
    }

    private static func writeKind(_ kind: FieldKind, to json: inout JSONWriter) {
        json.member("kind", kind.name)
        switch kind {
        case .text(let max), .longText(let max): json.member("max", Int64(max))
        case .decimal(let scale): json.member("scale", Int64(scale))
        case .choice(let choices), .multiChoice(let choices):
            json.key("choices")
            json.array { json in for choice in choices { write(choice, to: &json) } }
        case .link(let target): json.member("to", target)
        case .formula(let text, let result), .rollUp(let text, let result):
            json.member("expression", text)
            json.member("result", result.rawValue)
        case .autoNumber(let pattern): json.member("pattern", pattern)
        default: break
        }
    }

    /// Reads a field's definition; nil when it is not complete.
    static func field(_ value: JSONValue) -> FieldDefinition? {
        guard let id = value["id"]?.string, let key = value["key"]?.string, let label = label(value["label"]),
            let kind = kind(value)
        else { return nil }
        var field = FieldDefinition(id: id, key: key, label: label, kind: kind)
        field.help = self.label(value["help"])
        field.required = value["required"]?.bool ?? false
        field.unique = value["unique"]?.bool ?? false
        field.indexed = value["indexed"]?.bool ?? false
        field.searchable = value["searchable"]?.bool ?? false
        field.readOnly = value["read_only"]?.bool ?? false
        field.hidden = value["hidden"]?.bool ?? false
        field.system = value["system"]?.bool ?? false
        field.custom = value["custom"]?.bool ?? false
        field.audited = value["audited"]?.bool ?? true
        field.personal = value["personal"]?.bool
        if let condition = value["shown_when"], let name = condition["field"]?.string {
            field.shownWhen = .init(name, in: condition["in"]?.array?.compactMap(\.string) ?? [])
        }
        if let preset = value["default"], !preset.isNull { field.defaultJSON = preset.text }
        return field
    }

    /// What a kind cannot do without.
    static let neededSetting = ["link": "to", "formula": "expression", "roll_up": "expression"]

    /// Reads a kind with its settings from a definition.
    static func kind(_ value: JSONValue) -> FieldKind? {
        let choices = value["choices"]?.array?.compactMap(choice) ?? []
        let result = value["result"]?.string.flatMap(ResultKind.init(rawValue:)) ?? .number
        switch value["kind"]?.string {
        case "text": return .text(max: bounded(value["max"], 1...1000, 200))
        case "long_text": return .longText(max: bounded(value["max"], 1...100_000, 20_000))
        case "number": return .integer
        case "decimal": return .decimal(scale: bounded(value["scale"], 1...9, 2))
        case "money": return .money
        case "date": return .day
        case "instant": return .instant
        case "choice": return .choice(choices)
        case "multi_choice": return .multiChoice(choices)
        case "boolean": return .boolean
        case "link": return value["to"]?.string.map { .link(to: $0) }
        case "any_link": return .anyLink
        case "phone": return .phone
        case "email": return .email
        case "address": return .address
        case "url": return .url
        case "person": return .person
        case "file": return .file
        case "tags": return .tags
        case "formula": return value["expression"]?.string.map { .formula($0, result) }
        case "roll_up": return value["expression"]?.string.map { .rollUp($0, result) }
        case "auto_number": return .autoNumber(pattern: value["pattern"]?.string ?? "{0000}")
        default: return nil
        }
    }

    private static func bounded(_ value: JSONValue?, _ range: ClosedRange<Int64>, _ preset: Int) -> Int {
        guard let number = value?.integer else { return preset }
        return Int(min(max(number, range.lowerBound), range.upperBound))
    }

    /// The members of an object's own definition, without its fields.
    static func writeMembers(_ object: ObjectDefinition, to json: inout JSONWriter) {
        json.member("key", object.key)
        json.member("plural", object.plural)
        json.key("label")
        write(object.label, to: &json)
        json.key("plural_label")
        write(object.pluralLabel, to: &json)
        json.member("name_field", object.nameField)
        json.member("icon", object.icon)
        if object.hidden { json.member("hidden", true) }
        if object.custom { json.member("custom", true) }
        if let parent = object.parentLink { json.member("parent_link", parent) }
        json.key("list_fields")
        json.array { json in for key in object.listFields { json.string(key) } }
        if !object.fieldOrder.isEmpty {
            json.key("field_order")
            json.array { json in for key in object.fieldOrder { json.string(key) } }
        }
        json.key("rules")
        json.array { json in for rule in object.rules { write(rule, to: &json) } }
    }

    private static func write(_ rule: ValidationRule, to json: inout JSONWriter) {
        json.object { json in
            json.member("id", rule.id)
            json.member("expression", rule.expression)
            json.key("message")
            write(rule.message, to: &json)
            json.member("field", rule.field)
            json.member("active", rule.active)
        }
    }

    static func rule(_ value: JSONValue) -> ValidationRule? {
        guard let id = value["id"]?.string, let expression = value["expression"]?.string,
            let message = label(value["message"])
        else { return nil }
        var rule = ValidationRule(id: id, expression: expression, message: message, field: value["field"]?.string)
        rule.active = value["active"]?.bool ?? true
        return rule
    }

    /// Lays stored settings of an object over a definition.
    static func apply(_ value: JSONValue, to object: inout ObjectDefinition) {
        if let label = label(value["label"]) { object.label = label }
        if let label = label(value["plural_label"]) { object.pluralLabel = label }
        if let hidden = value["hidden"]?.bool { object.hidden = hidden }
        if let icon = value["icon"]?.string { object.icon = icon }
        if let parent = value["parent_link"]?.string { object.parentLink = parent }
        if let list = value["list_fields"]?.array { object.listFields = list.compactMap(\.string) }
        if let order = value["field_order"]?.array { object.fieldOrder = order.compactMap(\.string) }
        if let rules = value["rules"]?.array { object.rules = rules.compactMap(rule) }
    }
}
