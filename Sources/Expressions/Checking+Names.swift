import Schema
import Values

extension Checking {
    /// A field, or a field of a linked record.
    mutating func path(
        _ names: ArraySlice<Expression.Name>,
        in scope: Scope,
        links: Int
    ) throws(ExpressionError) -> Node {
        guard let name = names.first else {
            throw ExpressionError(Span(0, 0), Label("A field is missing.", zh: "缺少字段。"))
        }
        let field = try self.field(name, in: scope)
        let rest = names.dropFirst()
        guard let next = rest.first else { return try value(of: field, in: scope, name.span) }
        switch field.kind {
        case .link(to: let target):
            return try follow(field, to: target, rest, in: scope, links: links, name.span)
        case .person:
            let inner = try personField(next, rest.dropFirst())
            return try make(inner.type, .linked(column: field.key, target: "sys_user", inner), next.span)
        case .address, .money:
            guard rest.count == 1, let part = part(next.text, of: field) else { throw noPart(next, of: field) }
            return Node(.text, .column(StoredColumn(name: part, storage: .text)))
        default: throw noPart(next, of: field)
        }
    }

    private mutating func follow(
        _ field: FieldDefinition,
        to target: String,
        _ rest: ArraySlice<Expression.Name>,
        in scope: Scope,
        links: Int,
        _ span: Span
    ) throws(ExpressionError) -> Node {
        guard links < Checking.maximumLinks else {
            throw ExpressionError(
                span,
                Label(
                    "Links can be followed over \(Checking.maximumLinks) records at most.",
                    zh: "最多只能沿关联逐级访问 \(Checking.maximumLinks) 层。"
                )
            )
        }
        guard let object = schema.object(target), !object.hidden else { throw unknown(span, field.key, in: scope) }
        let inner = try path(rest, in: Scope(object: object, trusted: scope.trusted), links: links + 1)
        return try make(inner.type, .linked(column: field.key, target: target, inner), span)
    }

    /// The field of that name that the person may read.
    private mutating func field(_ name: Expression.Name, in scope: Scope) throws(ExpressionError) -> FieldDefinition {
        guard let field = scope.object.field(name.text), isVisible(field, in: scope) else {
            throw unknown(name.span, name.text, in: scope)
        }
        referenced.insert("\(scope.object.key).\(field.key)")
        return field
    }

    private func isVisible(_ field: FieldDefinition, in scope: Scope) -> Bool {
        !field.hidden && (scope.trusted || readable(scope.object.key, field.key))
    }

    private func unknown(_ span: Span, _ name: String, in scope: Scope) -> ExpressionError {
        let fields = scope.object.fields.filter { isVisible($0, in: scope) }
        let near =
            fields.first { $0.label.zh == name || $0.label.en.lowercased() == name.lowercased() }?.key
            ?? Spelling.nearest(name, among: fields.map(\.key))
        let object = scope.object.label
        if let near {
            return ExpressionError(
                span,
                Label(
                    "\(object.en) has no field «\(name)». Did you mean «\(near)»?",
                    zh: "“\(object.zh)”没有字段“\(name)”，您是否想写“\(near)”？"
                )
            )
        }
        let children = schema.children(of: scope.object.key)
        if children.contains(where: { $0.object.plural == name }) {
            return ExpressionError(
                span,
                Label(
                    "«\(name)» are records. Count or sum them, as in count(\(name)).",
                    zh: "“\(name)”是一组记录，请用 count(\(name)) 等方式汇总。"
                )
            )
        }
        return ExpressionError(
            span,
            Label("\(object.en) has no field «\(name)».", zh: "“\(object.zh)”没有字段“\(name)”。")
        )
    }

    private func noPart(_ name: Expression.Name, of field: FieldDefinition) -> ExpressionError {
        ExpressionError(
            name.span,
            Label(
                "The field «\(field.key)» has no «\(name.text)».",
                zh: "字段“\(field.key)”下没有“\(name.text)”。"
            )
        )
    }

    private func part(_ name: String, of field: FieldDefinition) -> String? {
        switch field.kind {
        case .address:
            ["country", "province", "city", "district", "postal_code"].contains(name) ? "\(field.key)_\(name)" : nil
        case .money: name == "currency" ? "\(field.key)_currency" : nil
        default: nil
        }
    }

    private func personField(
        _ name: Expression.Name,
        _ rest: ArraySlice<Expression.Name>
    ) throws(ExpressionError) -> Node {
        if let extra = rest.first {
            throw ExpressionError(
                extra.span,
                Label("There is nothing behind «\(name.text)».", zh: "“\(name.text)”之后不能再有内容。")
            )
        }
        switch name.text {
        case "id": return Node(.record("sys_user"), .column(StoredColumn(name: "id", storage: .record)))
        case "name": return Node(.text, .column(StoredColumn(name: "name", storage: .text)))
        case "email": return Node(.text, .column(StoredColumn(name: "email", storage: .lowerText)))
        case "team": return Node(.record("sys_team"), .column(StoredColumn(name: "team", storage: .record)))
        default:
            throw ExpressionError(
                name.span,
                Label(
                    "A person has no field «\(name.text)»; it has name, email and team.",
                    zh: "人员没有字段“\(name.text)”，可用 name、email 和 team。"
                )
            )
        }
    }

    /// The value of a field of the record itself.
    private mutating func value(
        of field: FieldDefinition,
        in scope: Scope,
        _ span: Span
    ) throws(ExpressionError) -> Node {
        func column(_ type: ValueType, _ storage: StoredColumn.Storage, suffix: String = "") -> Node {
            Node(type, .column(StoredColumn(name: field.key + suffix, storage: storage)))
        }
        if field.key == "id" { return column(.record(scope.object.key), .record) }
        switch field.kind {
        case .text, .longText, .url, .address, .autoNumber: return column(.text, .text)
        case .email: return column(.text, .lowerText)
        case .phone: return column(.text, .phone)
        case .integer: return column(.number, .scaled(0))
        case .decimal(let scale): return column(.number, .scaled(scale))
        case .money:
            return column(.number, .scaled(Currency.digits(schema.baseCurrency) ?? 2), suffix: "_base")
        case .day: return column(.day, .day)
        case .instant: return column(.instant, .instant)
        case .choice(let choices): return column(.choice(choices), .choice)
        case .multiChoice(let choices): return column(.several(choices), .several)
        case .tags: return column(.several(nil), .several)
        case .boolean: return column(.boolean, .boolean)
        case .link(let target): return column(.record(target), .record)
        case .anyLink: return column(.record(nil), .record)
        case .person: return column(.record("sys_user"), .record)
        case .file: return column(.record("sys_file"), .record)
        case .formula(let text, let kind), .rollUp(let text, let kind):
            return try computed(field, text, ValueType(kind), in: scope, span)
        }
    }

    /// A formula or roll-up, worked out in place.
    private mutating func computed(
        _ field: FieldDefinition,
        _ text: String,
        _ type: ValueType,
        in scope: Scope,
        _ span: Span
    ) throws(ExpressionError) -> Node {
        let key = "\(scope.object.key).\(field.key)"
        if let node = known[key] { return node }
        guard !open.contains(key), open.count < Checking.maximumFormulas else {
            throw ExpressionError(
                span,
                Label(
                    "The formula «\(field.key)» uses itself, or formulas are nested too deeply.",
                    zh: "公式“\(field.key)”引用了自身，或公式嵌套过深。"
                )
            )
        }
        open.append(key)
        defer { open.removeLast() }
        do throws(ExpressionError) {
            let inner = Scope(object: scope.object, trusted: true)
            let node = try whole(try ExpressionParser.parse(text), in: inner, expecting: type)
            known[key] = node
            return node
        } catch {
            let message = error.locating(in: text).message
            throw ExpressionError(
                span,
                Label(
                    "The formula of «\(field.key)» is not valid: \(message.en)",
                    zh: "字段“\(field.key)”的公式有误：\(message.zh)"
                ),
                code: error.code
            )
        }
    }

    /// `sum(orders.amount where …)`.
    mutating func rollUp(
        _ aggregate: Expression.Aggregate,
        _ names: [Expression.Name],
        _ condition: Expression?,
        in scope: Scope,
        _ span: Span
    ) throws(ExpressionError) -> Node {
        let (child, link) = try children(names, in: scope)
        let inner = Scope(object: child, trusted: scope.trusted)
        referenced.insert("\(child.key).\(link.key)")
        var value: Node?
        let place = names.count > 1 ? names[1].span.joined(names[names.count - 1].span) : span
        if aggregate == .count {
            guard names.count == 1 else {
                throw ExpressionError(
                    place,
                    Label(
                        "count takes the records alone, as in count(\(child.plural) where …).",
                        zh: "count 只接受记录本身，例如 count(\(child.plural) where …)。"
                    )
                )
            }
        } else {
            guard names.count > 1 else {
                throw ExpressionError(
                    span,
                    Label(
                        "\(aggregate.rawValue) needs a field, as in \(aggregate.rawValue)(\(child.plural).amount).",
                        zh: "\(aggregate.rawValue) 需要指定字段，例如 \(aggregate.rawValue)(\(child.plural).amount)。"
                    )
                )
            }
            value = try path(names.dropFirst(), in: inner, links: 0)
        }
        let type = value?.type ?? .number
        let ordered = aggregate == .min || aggregate == .max
        guard type == .number || (ordered && (type == .day || type == .instant)) else {
            throw mismatch(place, type, needed: .number)
        }
        let checked = try condition.map { condition throws(ExpressionError) in try self.condition(condition, in: inner)
        }
        let rollUp = Shape.RollUp(
            aggregate: aggregate,
            object: child.key,
            link: link.key,
            value: value,
            condition: checked
        )
        return try make(type, .rollUp(rollUp), span)
    }

    private func children(
        _ names: [Expression.Name],
        in scope: Scope
    ) throws(ExpressionError) -> (object: ObjectDefinition, field: FieldDefinition) {
        let all = schema.children(of: scope.object.key).filter { child, link in
            !child.hidden && (scope.trusted || readable(child.key, link.key))
        }
        let mine = all.filter { $0.object.plural == names[0].text }
        if let found = mine.first(where: { $0.field.key == scope.object.key }) ?? mine.first { return found }
        let plurals = all.map(\.object.plural).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        throw ExpressionError(
            names[0].span,
            Label(
                "No records «\(names[0].text)» belong to \(scope.object.label.en)."
                    + (plurals.isEmpty ? "" : " There are: \(plurals.joined(separator: ", "))."),
                zh: "“\(scope.object.label.zh)”下没有“\(names[0].text)”记录。"
                    + (plurals.isEmpty ? "" : "可用：\(plurals.joined(separator: "、"))。")
            )
        )
    }
}
