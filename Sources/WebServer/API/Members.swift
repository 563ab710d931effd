import Values

/// Reads the members of a body, with errors that name them.
enum Members {
    /// Refuses what is no object and members that are not known.
    static func check(_ value: JSONValue, allowed: Set<String>) throws {
        guard case .object(let members) = value else {
            throw Problem.malformed(
                "not_an_object",
                Label("The body must be a JSON object.", zh: "请求内容必须是 JSON 对象。")
            )
        }
        let unknown = members.filter { !allowed.contains($0.key) }
        if unknown.isEmpty { return }
        throw Problem.invalid(
            unknown.prefix(20).map { member in
                FieldProblem(
                    String(member.key.prefix(60)),
                    "unknown_field",
                    Label("There is no such member here.", zh: "没有这一项。")
                )
            }
        )
    }

    /// A text; nil when it is absent or null.
    static func text(_ value: JSONValue, _ name: String) throws -> String? {
        try read(value, name, Label("This must be text.", zh: "必须是文本。")) { $0.string }
    }

    /// A text that must be there.
    static func requiredText(_ value: JSONValue, _ name: String) throws -> String {
        guard let text = try text(value, name), !text.isEmpty else { throw missing(name) }
        return text
    }

    /// True or false; nil when it is absent or null.
    static func flag(_ value: JSONValue, _ name: String) throws -> Bool? {
        try read(value, name, Label("This must be true or false.", zh: "只能是 true 或 false。")) { $0.bool }
    }

    /// A whole number; nil when it is absent or null.
    static func integer(_ value: JSONValue, _ name: String) throws -> Int64? {
        try read(value, name, Label("This must be a whole number.", zh: "必须是整数。")) { $0.integer }
    }

    /// An id; a link as the API writes it counts too. Nil when it is absent or null.
    static func optionalID(_ value: JSONValue, _ name: String) throws -> RecordID? {
        try read(value, name, Label("This must be an id of 13 characters.", zh: "必须是 13 位编号。")) { value in
            (value.string ?? value["id"]?.string).flatMap { RecordID($0) }
        }
    }

    /// An id that must be there.
    static func id(_ value: JSONValue, _ name: String) throws -> RecordID {
        guard let id = try optionalID(value, name) else { throw missing(name) }
        return id
    }

    /// A list of ids; nil when it is absent or null.
    static func ids(_ value: JSONValue, _ name: String) throws -> [RecordID]? {
        try read(value, name, Label("This must be a list of ids.", zh: "必须是编号列表。")) { value in
            guard let items = value.array else { return nil }
            let ids = items.compactMap { item in (item.string ?? item["id"]?.string).flatMap { RecordID($0) } }
            return ids.count == items.count ? ids : nil
        }
    }

    /// A text in both languages; nil when it is absent or null.
    static func label(_ value: JSONValue, _ name: String) throws -> Label? {
        let wanted = Label("This must be {\"en\": …, \"zh\": …}.", zh: "格式应为 {\"en\": …, \"zh\": …}。")
        return try read(value, name, wanted) { value in
            guard let en = value["en"]?.string, let zh = value["zh"]?.string else { return nil }
            return Label(en, zh: zh)
        }
    }

    /// A language; nil when it is absent or null.
    static func language(_ value: JSONValue, _ name: String) throws -> Language? {
        try read(value, name, Label("This must be «zh» or «en».", zh: "只能是 zh 或 en。")) { value in
            value.string.flatMap { Language(rawValue: $0) ?? Languages.preferred($0) }
        }
    }

    /// An instant; nil when it is absent or null.
    static func instant(_ value: JSONValue, _ name: String) throws -> Instant? {
        try read(
            value,
            name,
            Label("This must be a moment such as 2026-01-31T08:00:00Z.", zh: "格式应为 2026-01-31T08:00:00Z。")
        ) {
            $0.string.flatMap { Instant($0) }
        }
    }

    /// Whether a member is there, be it null.
    static func has(_ value: JSONValue, _ name: String) -> Bool { value[name] != nil }

    /// Something that must be there is not.
    static func missing(_ name: String) -> Problem {
        Problem.invalid(name, "required", Label("«\(name)» must have a value.", zh: "请填写“\(name)”。"))
    }

    private static func read<Result>(
        _ value: JSONValue,
        _ name: String,
        _ wanted: Label,
        _ body: (JSONValue) -> Result?
    ) throws -> Result? {
        guard let member = value[name], !member.isNull else { return nil }
        guard let result = body(member) else { throw Problem.invalid(name, "wrong_type", wanted) }
        return result
    }
}
