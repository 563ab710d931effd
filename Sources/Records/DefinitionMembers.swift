import Schema
import Values

/// What the definition of an object or field may hold: a member that is not known, or is not what it must be, is an
/// error. Otherwise a rule or choice that is not complete would be left out without a word.
enum DefinitionMembers {
    private enum Form { case text, flag, integer, label, choices, list, rules, anything }

    private static let object: [String: Form] = [
        "label": .label, "plural_label": .label, "icon": .text, "hidden": .flag, "list_fields": .list,
        "field_order": .list,
        "rules": .rules,
    ]
    private static let newObject = object.merging(["key": .text, "plural": .text]) { first, _ in first }
    private static let field: [String: Form] = [
        "key": .text, "label": .label, "kind": .text, "help": .label, "required": .flag, "unique": .flag,
        "indexed": .flag, "searchable": .flag, "read_only": .flag, "hidden": .flag, "audited": .flag,
        "shown_when": .anything, "default": .anything, "personal": .anything, "max": .integer, "scale": .integer,
        "choices": .choices, "to": .text, "expression": .text, "result": .text, "pattern": .text,
        // As `GET /schema` shows them, so that a definition can be sent back; they change nothing.
        "id": .text, "system": .flag, "custom": .flag, "writable": .flag,
    ]

    /// Checks the definition of a new object.
    static func checkNewObject(_ members: [JSONValue.Member]) throws { try check(members, newObject) }

    /// Checks changes of an object.
    static func checkObject(_ members: [JSONValue.Member]) throws { try check(members, object) }

    /// Checks a field, or changes of one.
    static func checkField(_ members: [JSONValue.Member]) throws { try check(members, field) }

    /// The rules with an id each: one without gets a new one.
    static func named(_ input: JSONValue, _ newID: () -> String) -> JSONValue {
        guard let members = input.members else { return input }
        return .object(
            members.map { member in
                guard member.key == "rules", let rules = member.value.array else { return member }
                let named = rules.map { rule -> JSONValue in
                    guard let parts = rule.members, rule["id"] == nil || rule["id"]?.isNull == true else { return rule }
                    return .object([.init(key: "id", value: .string(newID()))] + parts.filter { $0.key != "id" })
                }
                return .init(key: "rules", value: .array(named))
            }
        )
    }

    private static func check(_ members: [JSONValue.Member], _ known: [String: Form]) throws {
        let problems = members.compactMap { member -> FieldProblem? in
            let shown = String(member.key.prefix(60))
            guard let form = known[member.key] else {
                return FieldProblem(shown, "unknown_field", Label("There is no such member.", zh: "没有这一项。"))
            }
            return member.value.isNull ? nil : wanted(form, member.value).map { FieldProblem(shown, "wrong_type", $0) }
        }
        if !problems.isEmpty { throw Problem.invalid(Array(problems.prefix(50))) }
    }

    /// What a value must be, when it is not.
    private static func wanted(_ form: Form, _ value: JSONValue) -> Label? {
        switch form {
        case .anything: return nil
        case .text: return value.string == nil ? Label("This must be text.", zh: "必须是文本。") : nil
        case .flag: return value.bool == nil ? Label("This must be true or false.", zh: "只能是 true 或 false。") : nil
        case .integer: return value.integer == nil ? Label("This must be a whole number.", zh: "必须是整数。") : nil
        case .label:
            return DefinitionJSON.label(value) == nil
                ? Label("This must be {\"en\": …, \"zh\": …}.", zh: "格式应为 {\"en\": …, \"zh\": …}。") : nil
        case .list:
            return value.array?.allSatisfy { $0.string != nil } == true
                ? nil : Label("This must be a list of keys.", zh: "必须是标识列表。")
        case .choices:
            return value.array?.allSatisfy { DefinitionJSON.choice($0) != nil } == true
                ? nil : Label("Each choice needs «key» and «label» in both languages.", zh: "每个选项都要有 key 和中英文 label。")
        case .rules:
            return value.array?.allSatisfy(isRule) == true
                ? nil
                : Label(
                    "Each rule needs «expression» and «message» in both languages.",
                    zh: "每条规则都要有 expression 和中英文 message。"
                )
        }
    }

    private static func isRule(_ value: JSONValue) -> Bool {
        let known: Set<String> = ["id", "expression", "message", "field", "active"]
        return value["expression"]?.string != nil && DefinitionJSON.label(value["message"]) != nil
            && (value.members ?? []).allSatisfy { known.contains($0.key) }
    }
}

/// The kinds of fields as definitions name them.
public enum DefinitionKinds {
    /// All of them.
    public static let names = [
        "text", "long_text", "number", "decimal", "money", "date", "instant", "choice", "multi_choice", "boolean",
        "link",
        "any_link", "phone", "email", "address", "url", "person", "file", "tags", "formula", "roll_up", "auto_number",
    ]
}
