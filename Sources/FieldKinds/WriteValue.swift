public import Schema
public import Values

extension FieldDefinition {
    /// Writes stored columns in the API's output form. `name` is the display name of a linked record or person.
    public func write(_ values: ArraySlice<SQLValue>, name: String? = nil, to json: inout JSONWriter) {
        guard let first = values.first, !first.isNull || kind.hasParts else { return json.null() }
        switch kind {
        case .decimal(let scale):
            json.raw(FixedPoint.text(first.integer ?? 0, digits: scale))
        case .money:
            writeMoney(minor: first.integer ?? 0, currency: values.dropFirst().first?.text ?? "", to: &json)
        case .boolean:
            json.bool(first.integer != 0)
        case .instant:
            json.string(Instant(milliseconds: first.integer ?? 0).description)
        case .link, .person, .file:
            json.object { json in
                json.key("id")
                json.id(RecordID(first.integer ?? 0))
                json.member("name", name)
            }
        case .anyLink:
            json.object { json in
                json.member("object", values.dropFirst().first?.text)
                json.key("id")
                json.id(RecordID(first.integer ?? 0))
                json.member("name", name)
            }
        case .multiChoice, .tags:
            json.array { json in for item in StoredList.items(first.text ?? "") { json.string(item) } }
        case .address:
            writeAddress(values, to: &json)
        case .formula(_, let result), .rollUp(_, let result):
            writeComputed(first, result, to: &json)
        case .text where key == "id":
            json.id(RecordID(first.integer ?? 0))
        default:
            switch first {
            case .integer(let value): json.integer(value)
            case .real(let value): json.number(value)
            case .text(let value): json.string(value)
            default: json.null()
            }
        }
    }

    private func writeComputed(_ value: SQLValue, _ result: ResultKind, to json: inout JSONWriter) {
        switch result {
        case .boolean: json.bool(value.integer != 0)
        case .instant: json.string(Instant(milliseconds: value.integer ?? 0).description)
        case .number: json.number(value.number ?? 0)
        case .text, .day: json.string(value.text ?? "")
        }
    }

    private func writeMoney(minor: Int64, currency: String, to json: inout JSONWriter) {
        json.object { json in
            json.member("value", Money(minor: minor, currency: currency).amountText)
            json.member("currency", currency)
        }
    }

    private func writeAddress(_ values: ArraySlice<SQLValue>, to json: inout JSONWriter) {
        guard values.contains(where: { !$0.isNull }) else { return json.null() }
        let parts = ["street", "country", "province", "city", "district", "postal_code"]
        json.object { json in for (part, value) in zip(parts, values) { json.member(part, value.text) } }
    }
}

extension FieldKind {
    /// True when the first column may be empty although the value is not.
    var hasParts: Bool { if case .address = self { true } else { false } }
}

/// Several texts in one column: `|a|b|`.
public enum StoredList {
    /// The texts.
    public static func items(_ stored: String) -> [String] { stored.split(separator: "|").map(String.init) }
}
