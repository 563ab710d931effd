import Schema
public import Values

extension DuplicateRules {
    /// The rules as the API shows and the workspace stores them.
    public var json: JSONValue {
        .object([
            .init(key: "active", value: .bool(active)),
            .init(key: "warn_at", value: .number(String(warnAt))),
            .init(key: "block_at", value: blockAt.map { .number(String($0)) } ?? .null),
            .init(key: "comparisons", value: .array(comparisons.map(\.json))),
        ])
    }

    /// Reads rules for an object: fields must exist, points lie within 0 and 100. Throws `invalid`.
    init(_ value: JSONValue, of object: ObjectDefinition?) throws {
        guard let members = value.members else {
            throw Problem.malformed("not_an_object", Label("The body must be a JSON object.", zh: "请求内容必须是 JSON 对象。"))
        }
        var problems: [FieldProblem] = []
        for member in members where !["active", "warn_at", "block_at", "comparisons"].contains(member.key) {
            problems.append(Self.unknown(member.key))
        }
        func points(_ key: String, _ range: ClosedRange<Int64>) -> Int? {
            guard let given = value[key], !given.isNull else { return nil }
            guard let number = given.integer, range.contains(number) else {
                problems.append(
                    FieldProblem(
                        key,
                        "out_of_range",
                        Label("Write a whole number from 1 to 100.", zh: "请填写 1 到 100 之间的整数。")
                    )
                )
                return nil
            }
            return Int(number)
        }
        let warnAt = points("warn_at", 1...100) ?? 50
        let blockAt = points("block_at", 1...100)
        let list = value["comparisons"]?.array ?? []
        if list.isEmpty || list.count > 30 {
            problems.append(
                FieldProblem(
                    "comparisons",
                    "required",
                    Label("Compare at least one field, and at most 30 times.", zh: "请至少设置一项比对，最多 30 项。")
                )
            )
        }
        var comparisons: [Comparison] = []
        for (index, entry) in list.prefix(30).enumerated() {
            do throws(FieldProblem) {
                comparisons.append(try Comparison(entry, of: object, at: "comparisons[\(index)]"))
            } catch {
                problems.append(error)
            }
        }
        if problems.isEmpty, !comparisons.contains(where: \.finds) {
            problems.append(
                FieldProblem(
                    "comparisons",
                    "no_key",
                    Label("At least one comparison must find records.", zh: "至少要有一项比对用于查找记录。")
                )
            )
        }
        if !problems.isEmpty { throw Problem.invalid(problems) }
        self.init(warnAt: warnAt, blockAt: blockAt, comparisons)
        active = value["active"]?.bool ?? true
    }

    static func unknown(_ key: String) -> FieldProblem {
        FieldProblem(String(key.prefix(60)), "unknown_field", Label("There is no such member.", zh: "没有这一项。"))
    }
}

extension Comparison {
    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init(key: "fields", value: .array(fields.map(JSONValue.string))),
            .init(key: "method", value: .string(method.rawValue)),
            .init(key: "agree", value: .number(String(agree))),
            .init(key: "disagree", value: .number(String(disagree))),
            .init(key: "finds", value: .bool(finds)),
        ]
        if let condition {
            let value = JSONValue.object([
                .init(key: "field", value: .string(condition.field)), .init(key: "is", value: .string(condition.key)),
            ])
            members.append(.init(key: "when", value: value))
        }
        return .object(members)
    }

    init(_ value: JSONValue, of object: ObjectDefinition?, at place: String) throws(FieldProblem) {
        for member in value.members ?? []
        where !["fields", "method", "agree", "disagree", "finds", "when"].contains(member.key) {
            throw DuplicateRules.unknown(place + "." + member.key)
        }
        let fields = (value["fields"]?.array ?? []).compactMap(\.string)
        let strangers = fields.filter { key in object.map { $0.field(key) == nil } ?? false }
        guard !fields.isEmpty, fields.count <= 10, strangers.isEmpty else {
            throw FieldProblem(
                place + ".fields",
                "unknown_field",
                Label("Name one to ten fields of the object.", zh: "请填写该对象的 1 到 10 个字段。")
            )
        }
        guard let method = value["method"]?.string.flatMap(Method.init) else {
            let names = Method.allCases.map(\.rawValue).joined(separator: ", ")
            throw FieldProblem(
                place + ".method",
                "unknown_choice",
                Label("Choose one of \(names).", zh: "请从 \(names) 中选择。")
            )
        }
        var condition: Condition?
        if let when = value["when"], !when.isNull {
            guard let field = when["field"]?.string, let key = when["is"]?.string,
                object.map({ $0.field(field) != nil }) ?? true
            else {
                throw FieldProblem(
                    place + ".when",
                    "unknown_field",
                    Label("Name a choice field and its key.", zh: "请填写单选字段及其选项。")
                )
            }
            condition = Condition(field, is: key)
        }
        self.init(
            fields,
            method,
            agree: try Self.points(value, "agree", place) ?? 0,
            disagree: try Self.points(value, "disagree", place) ?? 0,
            finds: value["finds"]?.bool ?? true,
            when: condition
        )
    }

    private static func points(_ value: JSONValue, _ key: String, _ place: String) throws(FieldProblem) -> Int? {
        guard let given = value[key], !given.isNull else { return nil }
        guard let number = given.integer, (0...100).contains(number) else {
            throw FieldProblem(
                place + "." + key,
                "out_of_range",
                Label("Write a whole number from 0 to 100.", zh: "请填写 0 到 100 之间的整数。")
            )
        }
        return Int(number)
    }
}
