import Expressions
import FieldKinds
import Schema
import Values

/// Reads definitions that an administrator sends, with errors that say what to do.
enum SchemaInput {
    static func incomplete(_ member: String) -> Problem {
        Problem.invalid(
            member,
            "required",
            Label("«\(member)» is missing or not complete (both languages).", zh: "“\(member)”缺失或不完整（中英文都要填写）。")
        )
    }

    static func unknown(_ member: String) -> Problem {
        let shown = String(member.prefix(60))
        return Problem.invalid(shown, "unknown_field", Label("There is no such member.", zh: "没有这一项。"))
    }

    static func taken(_ member: String, _ key: String) -> Problem {
        Problem(
            .conflict,
            "key_taken",
            Label("«\(key)» is or was in use. Choose another key.", zh: "“\(key)”已被使用（包括已删除的），请换一个。"),
            fields: [FieldProblem(member, "key_taken", Label("Already used.", zh: "已被使用。"))]
        )
    }

    /// A key of an added object or field: `x_` and lower-case letters, digits, underscores.
    static func key(_ text: String?) throws -> String {
        guard let text else { throw incomplete("key") }
        let key = text.hasPrefix("x_") ? text : "x_" + text
        let bytes = Array(key.utf8.dropFirst(2))
        let allowed = bytes.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
        guard allowed, (1...40).contains(bytes.count), let first = bytes.first, (0x61...0x7A).contains(first) else {
            throw Problem.invalid(
                "key",
                "invalid_key",
                Label(
                    "A key is 1 to 40 small letters, digits and «_», beginning with a letter.",
                    zh: "标识只能用小写字母、数字和下划线，以字母开头，最多 40 个字符。"
                )
            )
        }
        return key
    }

    static func objectNames(_ input: JSONValue) throws -> (key: String, plural: String, label: Label, many: Label) {
        guard let label = DefinitionJSON.label(input["label"]) else { throw incomplete("label") }
        let key = try key(input["key"]?.string)
        let plural = try input["plural"]?.string.map { try self.key($0) } ?? key + "s"
        return (key, plural, label, DefinitionJSON.label(input["plural_label"]) ?? label)
    }

    static func newField(
        _ input: JSONValue,
        on object: ObjectDefinition,
        _ schema: SchemaSnapshot
    ) throws -> FieldDefinition {
        guard case .object(let members) = input else { throw incomplete("key") }
        try DefinitionMembers.checkField(members)
        let key = try key(input["key"]?.string)
        guard DefinitionJSON.label(input["label"]) != nil else { throw incomplete("label") }
        var complete = members.filter { !["id", "key", "custom", "system"].contains($0.key) }
        complete.append(.init(key: "id", value: .string("\(object.key).\(key)")))
        complete.append(.init(key: "key", value: .string(key)))
        complete.append(.init(key: "custom", value: .bool(true)))
        guard let field = DefinitionJSON.field(.object(complete)) else {
            throw unknownKind(input["kind"]?.string)
        }
        try check(field, on: object, schema)
        return field
    }

    /// Why a definition gives no kind: the kind is not known, or lacks what it cannot do without.
    private static func unknownKind(_ kind: String?) -> Problem {
        if let missing = DefinitionJSON.neededSetting[kind ?? ""] {
            return Problem.invalid(
                missing,
                "required",
                Label("A field of this kind needs «\(missing)».", zh: "该类型的字段必须设置“\(missing)”。")
            )
        }
        let known = DefinitionKinds.names.joined(separator: ", ")
        return Problem.invalid(
            "kind",
            "unknown_kind",
            Label("There is no such kind of field. There are: \(known).", zh: "没有这种字段类型，可用：\(known)。")
        )
    }

    static func changedField(
        _ old: FieldDefinition,
        _ input: JSONValue,
        on object: ObjectDefinition,
        _ schema: SchemaSnapshot
    ) throws -> FieldDefinition {
        guard case .object(let members) = input else { throw incomplete("label") }
        try DefinitionMembers.checkField(members)
        var json = JSONWriter()
        json.object { DefinitionJSON.writeMembers(old, to: &$0) }
        var merged = try JSONReader.parse(json.text).members ?? []
        let protected = ["id", "custom", "system", "kind", "to"]
        for member in members where !protected.contains(member.key) {
            merged.removeAll { $0.key == member.key }
            merged.append(member)
        }
        guard var field = DefinitionJSON.field(.object(merged)) else { throw incomplete("label") }
        if let kind = input["kind"]?.string, kind != old.kind.name {
            throw Problem(
                .conflict,
                "kind_fixed",
                Label("The kind of a field cannot be changed. Add a new field.", zh: "字段类型不能修改，请新增字段。")
            )
        }
        if case .text(let was) = old.kind, case .text(let now) = field.kind, now < was { field.kind = old.kind }
        if case .longText(let was) = old.kind, case .longText(let now) = field.kind, now < was { field.kind = old.kind }
        if field.key != old.key {
            guard old.custom else {
                throw Problem.forbidden(
                    Label("Built-in fields keep their key; change the label.", zh: "系统字段的标识不能修改，可以修改显示名称。")
                )
            }
            field.key = try key(field.key)
            if field.key != old.key, object.field(field.key) != nil { throw taken("key", field.key) }
        }
        if case .decimal = old.kind { field.kind = old.kind }
        try check(field, on: object, schema)
        return field
    }

    private static func check(_ field: FieldDefinition, on object: ObjectDefinition, _ schema: SchemaSnapshot) throws {
        switch field.kind {
        case .choice(let choices), .multiChoice(let choices):
            let keys = Set(choices.map(\.key))
            guard !choices.isEmpty, keys.count == choices.count, choices.count <= 500,
                keys.allSatisfy({ !$0.isEmpty && !$0.contains("|") && $0.utf8.count <= 60 })
            else { throw incomplete("choices") }
        case .link(let target):
            guard schema.object(target) != nil else {
                throw Problem.invalid("to", "unknown_object", Label("There is no such object.", zh: "没有这个对象。"))
            }
        case .formula(let text, _), .rollUp(let text, _):
            try check(text, on: object, schema, field: "expression", expecting: nil)
        default: break
        }
        if let preset = field.defaultJSON {
            do {
                _ = try field.read(
                    try JSONReader.parse(preset),
                    style: InputStyle(baseCurrency: schema.baseCurrency, country: schema.country)
                )
            } catch let problem as FieldProblem {
                throw Problem.invalid("default", problem.code, problem.message)
            }
        }
    }

    static func check(
        _ expression: String,
        on object: ObjectDefinition,
        _ schema: SchemaSnapshot,
        field: String,
        expecting: ValueType?
    ) throws {
        do {
            _ = try ExpressionChecker(schema: schema, object: object.key) { _, _ in true }
                .check(expression, expecting: expecting)
        } catch let error as ExpressionError {
            throw Problem.invalid(field, error.code.rawValue, error.message)
        }
    }
}

/// What uses a field: a change that would break a formula or rule is refused and names it.
enum SchemaReferences {
    static func check(before: SchemaSnapshot, after: SchemaSnapshot) throws {
        var broken: [Label] = []
        for object in after.objects {
            let new = ExpressionChecker(schema: after, object: object.key) { _, _ in true }
            let old = ExpressionChecker(schema: before, object: object.key) { _, _ in true }
            for (label, text) in expressions(of: object) {
                let worked = (try? old.check(text, expecting: nil)) != nil
                if worked, (try? new.check(text, expecting: nil)) == nil {
                    broken.append(
                        Label("\(object.label.en): \(label.en)", zh: "\(object.label.zh)：\(label.zh)")
                    )
                }
            }
        }
        guard !broken.isEmpty else { return }
        throw Problem(
            .conflict,
            "in_use",
            Label(
                "Still used by: \(broken.map(\.en).joined(separator: "; ")).",
                zh: "仍被以下内容使用：\(broken.map(\.zh).joined(separator: "；"))。"
            )
        )
    }

    private static func expressions(of object: ObjectDefinition) -> [(Label, String)] {
        object.rules.map { ($0.message, $0.expression) }
            + object.fields.compactMap { field in
                switch field.kind {
                case .formula(let text, _), .rollUp(let text, _): (field.label, text)
                default: nil
                }
            }
    }
}
