import Schema
import Values

/// The form of a JSON value, as the API description tells it.
public indirect enum JSONSchema: Sendable {
    /// Any text.
    case string
    /// Text up to so many characters.
    case text(max: Int)
    /// The id of a record.
    case id
    /// A moment.
    case instant
    /// A day.
    case day
    /// A whole number.
    case integer
    /// A number.
    case number
    /// Yes or no.
    case boolean
    /// Any value.
    case anything
    /// One of some words.
    case words([String])
    /// A form that is described under a name.
    case reference(String)
    /// A list.
    case array(JSONSchema)
    /// The form, or nothing.
    case nullable(JSONSchema)
    /// One of some forms.
    case anyOf([JSONSchema])
    /// Members in order; `open` allows others.
    case object([(name: String, schema: JSONSchema)], required: [String], open: Bool)
    /// JSON Schema as it is.
    case raw(String)

    /// Bytes.
    static let binary = raw(#"{"type":"string","format":"binary"}"#)
    /// A text in both languages.
    static let label = object([("en", .string), ("zh", .string)], required: ["en", "zh"], open: false)
    /// `{"id": …, "name": …}`.
    static let link = object([("id", .id), ("name", .nullable(.string))], required: ["id"], open: false)

    /// An object with these members, all of them always there.
    public static func all(_ members: [(name: String, schema: JSONSchema)]) -> JSONSchema {
        .object(members, required: members.map(\.name), open: false)
    }

    /// `{"data": […], "next": …}`.
    public static func list(_ element: JSONSchema, total: Bool = false) -> JSONSchema {
        var members: [(name: String, schema: JSONSchema)] = [("data", .array(element)), ("next", .nullable(.string))]
        if total { members.append(("total", .integer)) }
        return .object(members, required: ["data"], open: false)
    }

    /// Writes the schema.
    func write(to json: inout JSONWriter) {
        switch self {
        case .anything: json.raw("{}")
        case .raw(let text): json.raw(text)
        case .reference(let name): json.object { $0.member("$ref", "#/components/schemas/" + name) }
        case .anyOf(let schemas):
            json.object { json in
                json.key("anyOf")
                json.array { json in for schema in schemas { schema.write(to: &json) } }
            }
        case .nullable(let schema): JSONSchema.anyOf([schema, .raw("{\"type\":\"null\"}")]).write(to: &json)
        default: json.object { writeMembers(to: &$0) }
        }
    }

    private func writeMembers(to json: inout JSONWriter) {
        json.member("type", typeName)
        switch self {
        case .text(let max): json.member("maxLength", Int64(max))
        case .id:
            json.member("pattern", "^[0-9A-Za-z]{13}$")
            json.member("examples", ["01HZX3K9Q2W7A"])
        case .instant: json.member("format", "date-time")
        case .day: json.member("format", "date")
        case .words(let words): json.member("enum", words)
        case .array(let element):
            json.key("items")
            element.write(to: &json)
        case .object(let members, let required, let open):
            json.key("properties")
            json.object { json in
                for member in members {
                    json.key(member.name)
                    member.schema.write(to: &json)
                }
            }
            if !required.isEmpty { json.member("required", required) }
            json.member("additionalProperties", open)
        default: break
        }
    }

    private var typeName: String {
        switch self {
        case .integer: "integer"
        case .number: "number"
        case .boolean: "boolean"
        case .array: "array"
        case .object: "object"
        default: "string"
        }
    }
}

extension JSONWriter {
    /// A member that is a list of texts.
    mutating func member(_ name: String, _ texts: [String]) {
        key(name)
        array { json in for text in texts { json.string(text) } }
    }
}

extension FieldDefinition {
    /// The form in which the API writes the field.
    var outputSchema: JSONSchema {
        if key == "id" { return .id }
        if key == "version" { return .integer }
        let schema: JSONSchema =
            switch kind {
            case .text, .longText, .phone, .email, .url, .autoNumber: .string
            case .integer: .integer
            case .decimal: .number
            case .money: .reference("money")
            case .day: .day
            case .instant: .instant
            case .choice: .string
            case .multiChoice, .tags: .array(.string)
            case .boolean: .boolean
            case .link, .person, .file: .reference("link")
            case .anyLink: .reference("any_link")
            case .address: .reference("address")
            case .formula(_, let result), .rollUp(_, let result): FieldDefinition.schema(of: result)
            }
        return .nullable(schema)
    }

    private static func schema(of result: ResultKind) -> JSONSchema {
        switch result {
        case .text: .string
        case .number: .number
        case .boolean: .boolean
        case .day: .string
        case .instant: .string
        }
    }

    /// The form in which the API takes the field.
    var inputSchema: JSONSchema {
        let schema: JSONSchema =
            switch kind {
            case .text(let max), .longText(let max): .text(max: max)
            case .integer: .integer
            case .decimal: .anyOf([.number, .string])
            case .money:
                .anyOf([
                    .number, .string,
                    .object(
                        [("value", .anyOf([.string, .number])), ("currency", .string)],
                        required: ["value"],
                        open: false
                    ),
                ])
            case .day: .day
            case .instant: .instant
            case .choice(let choices): .words(choices.filter { !$0.hidden }.map(\.key))
            case .multiChoice(let choices): .array(.words(choices.filter { !$0.hidden }.map(\.key)))
            case .tags: .array(.string)
            case .boolean: .boolean
            case .link, .person, .file: .anyOf([.id, .object([("id", .id)], required: ["id"], open: true)])
            case .anyLink: .object([("object", .string), ("id", .id)], required: ["object", "id"], open: true)
            case .address: .anyOf([.string, .reference("address")])
            default: .string
            }
        return .nullable(schema)
    }
}
