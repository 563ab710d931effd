public import Schema
public import Values

/// One entry of the suggestions or options under a field.
public struct Option: Sendable, Equatable {
    /// What is sent.
    public var value: String
    /// What people see; in suggestions, what stands beside the name.
    public var label: String

    /// One entry of the suggestions or options under a field.
    public init(_ value: String, _ label: String) {
        self.value = value
        self.label = label
    }
}

/// A field of a form: its definition, what is in it, and what is wrong with it.
public struct FieldModel: Sendable {
    /// The field.
    public var definition: FieldDefinition
    /// The text of each control by the suffix of its column: `""`, `_currency`, `_city`. As the form names them.
    public var inputs: [String: String]
    /// The chosen keys of several choices.
    public var selected: [String]
    /// What is wrong with it, in the person's language.
    public var error: String?
    /// For links and people: names to choose from without the script, with something that tells namesakes apart.
    public var suggestions: [Option]
    /// For links: where the script asks for names while they are typed; see `Addresses.suggest`.
    public var suggestAddress: String?
    /// For links: the field of the linked object that names a record.
    public var suggestName = "name"
    /// For links and people: the id that the text in `inputs` stood for, sent along so that namesakes stay apart.
    public var linkedID: String?
    /// For money: the currencies to choose from, ISO 4217.
    public var currencies: [String]
    /// For `anyLink`: the objects to choose from, by key.
    public var objects: [Option]
    /// For days: what people choose most, as `2026-11-30` and the word for it; a click fills it in.
    public var usualDays: [Option] = []
    /// Begins with the cursor in it.
    public var autofocus = false
    /// Shown, but cannot be changed by this person.
    public var locked = false

    /// A field of a form, empty unless told otherwise.
    public init(
        _ definition: FieldDefinition,
        inputs: [String: String] = [:],
        selected: [String] = [],
        error: String? = nil,
        suggestions: [Option] = [],
        currencies: [String] = FieldModel.usualCurrencies,
        objects: [Option] = []
    ) {
        self.definition = definition
        self.inputs = inputs
        self.selected = selected
        self.error = error
        self.suggestions = suggestions
        self.currencies = currencies
        self.objects = objects
    }

    /// The currencies that are offered unless the workspace says otherwise.
    public static let usualCurrencies = ["CNY", "USD", "EUR", "HKD", "JPY", "GBP", "SGD"]

    /// Fills the controls from stored columns, in the kind's order. `linkedName` is the name of what a link points to.
    public mutating func fill(columns: [SQLValue], linkedName: String? = nil, in context: PageContext) {
        guard let first = columns.first, !first.isNull else {
            if case .address = definition.kind {} else { return }
            return fillParts(columns)
        }
        switch definition.kind {
        case .integer: inputs[""] = first.integer.map { String($0) }
        case .decimal(let scale): inputs[""] = first.integer.map { FixedPoint.text($0, digits: scale) }
        case .money:
            let currency = columns.count > 1 ? columns[1].text ?? "CNY" : "CNY"
            inputs[""] = first.integer.map { Money(minor: $0, currency: currency).amountText }
            inputs["_currency"] = currency
        case .instant:
            inputs[""] = first.integer.map { Format.inputInstant(Instant(milliseconds: $0), in: context) }
        case .boolean: inputs[""] = first.integer.map { $0 != 0 ? "true" : "false" }
        case .multiChoice: selected = CellValue.parts(first.text ?? "")
        case .tags: inputs[""] = CellValue.parts(first.text ?? "").joined(separator: ", ")
        case .link, .anyLink, .person, .file:
            let id = first.integer.map { RecordID($0).description }
            linkedID = id
            inputs[""] = linkedName ?? id
            if case .anyLink = definition.kind, columns.count > 1 { inputs["_object"] = columns[1].text }
        case .phone: inputs[""] = first.text.map { Format.phone($0, in: context) }
        case .address: fillParts(columns)
        case .text, .longText, .day, .choice, .email, .url, .autoNumber, .formula, .rollUp:
            inputs[""] = first.text ?? first.integer.map { String($0) }
        }
    }

    private mutating func fillParts(_ columns: [SQLValue]) {
        for (part, value) in zip(definition.kind.columns, columns) { inputs[part.suffix] = value.text }
    }

    /// The id of its first control, to which error summaries lead.
    public var controlID: String { "f-" + definition.key }
}
