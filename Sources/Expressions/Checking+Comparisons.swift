import FieldKinds
import Schema
import Values

extension Checking {
    func mismatch(_ span: Span, _ type: ValueType, needed: ValueType) -> ExpressionError {
        ExpressionError(
            span,
            Label(
                "\(needed.label.en.capitalizedFirst) is needed here, but this is \(type.label.en).",
                zh: "这里需要\(needed.label.zh)，而此处是\(type.label.zh)。"
            )
        )
    }

    /// Gives a part the type that its place needs: text literals become days, choices or ids.
    func adapt(_ node: Node, _ span: Span, to type: ValueType) throws(ExpressionError) -> Node {
        if let text = node.literalText { return try literal(text, span, as: type) }
        if node.type.matches(type) { return node }
        if type == .text {
            switch node.type {
            case .choice: return try make(.text, .retyped(node), span)
            default: break
            }
        }
        throw mismatch(span, node.type, needed: type)
    }

    private func literal(_ text: String, _ span: Span, as type: ValueType) throws(ExpressionError) -> Node {
        switch type {
        case .text: return .constant(.text, .text(text))
        case .choice(let choices): return .constant(type, .text(try key(text, span, of: choices)))
        case .day:
            guard let day = Day(text) else {
                throw ExpressionError(
                    span,
                    Label(
                        "Write a date as YYYY-MM-DD, as in \"2026-01-31\".",
                        zh: "日期请写成 YYYY-MM-DD，例如 \"2026-01-31\"。"
                    )
                )
            }
            return .constant(.day, .day(day.description))
        case .instant:
            if let day = Day(text) { return .constant(.day, .day(day.description)) }
            guard let instant = Instant(text) else {
                throw ExpressionError(
                    span,
                    Label(
                        "Write a time as \"2026-01-31\" or \"2026-01-31T08:30:00+08:00\".",
                        zh: "时间请写成 \"2026-01-31\" 或 \"2026-01-31T08:30:00+08:00\"。"
                    )
                )
            }
            return .constant(.instant, .instant(instant.milliseconds))
        case .record:
            guard let id = RecordID(text) else {
                throw ExpressionError(
                    span,
                    Label(
                        "An id of 13 characters is needed here. To compare names, write customer.name.",
                        zh: "这里需要 13 位的记录编号；如要比较名称，请写成 customer.name 这样的形式。"
                    )
                )
            }
            return .constant(type, .record(id.raw))
        case .number, .boolean, .duration, .several:
            throw ExpressionError(
                span,
                Label(
                    "\(type.label.en.capitalizedFirst) is needed here, but this is a text in quotation marks.",
                    zh: "这里需要\(type.label.zh)，不能是带引号的文本。"
                )
            )
        }
    }

    /// The key of a choice written as its key or as its label in either language.
    private func key(_ text: String, _ span: Span, of choices: [Choice]) throws(ExpressionError) -> String {
        if let choice = choices.first(where: { $0.key == text }) { return choice.key }
        let folded = Fold.fold(text)
        let byText = choices.first { choice in
            [choice.key, choice.label.en, choice.label.zh].contains { Fold.fold($0) == folded }
        }
        if let byText { return byText.key }
        let keys = choices.filter { !$0.hidden }.prefix(30).map { "\"\($0.key)\"" }
        throw ExpressionError(
            span,
            Label(
                "There is no choice «\(text)». Choose from \(keys.joined(separator: ", ")).",
                zh: "没有选项“\(text)”，可选：\(keys.joined(separator: "、"))。"
            )
        )
    }

    // MARK: - Comparisons

    func compare(
        _ comparison: Expression.Comparison,
        _ left: Operand,
        _ right: Operand,
        _ span: Span
    ) throws(ExpressionError) -> Node {
        if left.node.literalText != nil, right.node.literalText == nil {
            return try compare(comparison.flipped, right, left, span)
        }
        if comparison == .equal || comparison == .notEqual, right.node.literalText == "" {
            let empty = try make(.boolean, .isEmpty(left.node), span)
            return comparison == .equal ? empty : try make(.boolean, .not(empty), span)
        }
        if comparison == .equal || comparison == .notEqual, left.node.column?.storage == .phone,
            let text = right.node.literalText
        {
            let same = try make(
                .boolean,
                .phoneIs(left.node, PhoneText.numbers(text, schema.country, right.span)),
                span
            )
            // Empty and different: one side is empty, so it is not equal.
            return comparison == .equal ? same : try make(.boolean, .not(same), span)
        }
        try allow(comparison, on: left.node.type, span)
        let (one, other) = try aligned(left, right)
        switch (one.type, other.type) {
        case (.instant, .day): return try make(.boolean, .compareDay(comparison, one, other), span)
        case (.day, .instant): return try make(.boolean, .compareDay(comparison.flipped, other, one), span)
        default: return try make(.boolean, .compare(comparison, one, other), span)
        }
    }

    /// Both sides in types that can be compared.
    private func aligned(_ left: Operand, _ right: Operand) throws(ExpressionError) -> (Node, Node) {
        let (one, other) = (left.node, right.node)
        if other.literalText != nil { return (one, try adapt(other, right.span, to: one.type)) }
        switch (one.type, other.type) {
        case (.instant, .day), (.day, .instant): return (one, other)
        case (.text, .choice): return (one, try adapt(other, right.span, to: .text))
        case (.choice, .text): return (try adapt(one, left.span, to: .text), other)
        default:
            guard one.type.matches(other.type) else {
                throw ExpressionError(
                    right.span,
                    Label(
                        "\(one.type.label.en.capitalizedFirst) cannot be compared with \(other.type.label.en).",
                        zh: "\(one.type.label.zh)不能与\(other.type.label.zh)比较。"
                    )
                )
            }
            return (one, other)
        }
    }

    private func allow(
        _ comparison: Expression.Comparison,
        on type: ValueType,
        _ span: Span
    ) throws(ExpressionError) {
        switch type {
        case .text, .number, .day, .instant: return
        case .boolean, .choice, .record:
            if comparison == .equal || comparison == .notEqual { return }
            throw ExpressionError(
                span,
                Label(
                    "\(type.label.en.capitalizedFirst) has no order. Use =, != or in.",
                    zh: "\(type.label.zh)不能比较大小，请用 =、!= 或 in。"
                )
            )
        case .several, .duration:
            throw ExpressionError(
                span,
                Label(
                    "Ask for one entry with contains, as in tags contains \"VIP\".",
                    zh: "请用 contains 判断是否包含某一项，例如 tags contains \"VIP\"。"
                )
            )
        }
    }

    mutating func among(
        _ left: Operand,
        _ list: [Expression],
        in scope: Scope,
        _ span: Span
    ) throws(ExpressionError) -> Node {
        var alternatives: [Node] = []
        var plain: [Node] = []
        var phones: [String] = []
        for element in list {
            if case .word(.myTeams, let place) = element {
                guard left.node.type == .record("sys_user") || left.node.type == .record("sys_team") else {
                    throw mismatch(left.span, left.node.type, needed: .record("sys_user"))
                }
                isVolatile = true
                alternatives.append(try make(.boolean, .inMyTeams(left.node), place))
                continue
            }
            let right = try operand(element, in: scope)
            if left.node.column?.storage == .phone, let text = right.node.literalText {
                phones += try PhoneText.numbers(text, schema.country, right.span)
                continue
            }
            try allow(.equal, on: left.node.type, span)
            let (one, other) = try aligned(left, right)
            if one.type.matches(other.type), one.type.matches(left.node.type) {
                plain.append(other)
            } else {
                alternatives.append(try compare(.equal, left, right, span))
            }
        }
        if !phones.isEmpty { alternatives.append(try make(.boolean, .phoneIs(left.node, phones), span)) }
        if !plain.isEmpty || alternatives.isEmpty {
            alternatives.append(try make(.boolean, .among(left.node, plain), span))
        }
        return alternatives.count == 1 ? alternatives[0] : try make(.boolean, .any(alternatives), span)
    }

    func contains(_ left: Operand, _ right: Operand, _ span: Span) throws(ExpressionError) -> Node {
        if case .several(let choices) = left.node.type {
            guard let text = right.node.literalText else { throw mismatch(right.span, right.node.type, needed: .text) }
            let entry = try choices.map { choices throws(ExpressionError) in try key(text, right.span, of: choices) }
            let entries = entry ?? Fold.fold(text)
            guard !entries.isEmpty, !entries.contains("|") else { return .constant(.boolean, .boolean(false)) }
            return try make(.boolean, .hasEntry(left.node, "|\(entries)|"), span)
        }
        try needText(left)
        if left.node.column?.storage == .phone, let text = right.node.literalText {
            let digits = Node.constant(.text, .text(try PhoneText.reduced(text, right.span)))
            return try make(.boolean, .contains(left.node, digits), span)
        }
        return try make(.boolean, .contains(left.node, adapt(right.node, right.span, to: .text)), span)
    }

    func startsWith(_ left: Operand, _ right: Operand, _ span: Span) throws(ExpressionError) -> Node {
        try needText(left)
        if left.node.column?.storage == .phone, let text = right.node.literalText {
            return try make(
                .boolean,
                .phoneStarts(left.node, PhoneText.beginnings(text, schema.country, right.span)),
                span
            )
        }
        return try make(.boolean, .startsWith(left.node, adapt(right.node, right.span, to: .text)), span)
    }

    private func needText(_ operand: Operand) throws(ExpressionError) {
        switch operand.node.type {
        case .text: return
        case .choice(let choices):
            let keys = choices.filter { !$0.hidden }.prefix(30).map { "\"\($0.key)\"" }
            throw ExpressionError(
                operand.span,
                Label(
                    "This is a choice. Use = or in with \(keys.joined(separator: ", ")).",
                    zh: "这是选项字段，请用 = 或 in，可选：\(keys.joined(separator: "、"))。"
                )
            )
        case .record:
            throw ExpressionError(
                operand.span,
                Label(
                    "This is a link. Follow it to a text, as in customer.name.",
                    zh: "这是关联字段，请写到具体文本字段，例如 customer.name。"
                )
            )
        default: throw mismatch(operand.span, operand.node.type, needed: .text)
        }
    }
}

/// Telephone numbers as people write them in a filter, against numbers stored as `+8613812345678;ext=802`.
enum PhoneText {
    /// Digits, with a leading plus if there is one.
    static func reduced(_ text: String, _ span: Span) throws(ExpressionError) -> String {
        var result = ""
        for scalar in Fold.fold(text).unicodeScalars
        where ("0"..."9").contains(scalar) || (scalar == "+" && result.isEmpty) {
            result.unicodeScalars.append(scalar)
        }
        guard result.utf8.contains(where: { $0 != 0x2B }) else {
            throw ExpressionError(span, Label("Write digits of the number here.", zh: "请填写电话号码中的数字。"))
        }
        return result
    }

    /// The stored numbers that are meant: without an extension one at home, and the digits after a plus.
    static func numbers(_ text: String, _ country: String, _ span: Span) throws(ExpressionError) -> [String] {
        let digits = try beginnings(text, country, span)
        guard let number = try? PhoneNumber.parse(text, country: country) else { return digits }
        if number.extensionNumber != nil { return [number.stored] }
        return digits.contains(number.e164) ? digits : [number.e164] + digits
    }

    /// The stored beginnings that a number may have: as given, with a plus, as one at home.
    static func beginnings(_ text: String, _ country: String, _ span: Span) throws(ExpressionError) -> [String] {
        let digits = try reduced(text, span)
        if digits.hasPrefix("+") { return [digits] }
        if digits.hasPrefix("00") { return ["+" + digits.dropFirst(2)] }
        guard country == "CN" else { return PhoneNumber.beginnings(of: digits, country: country) }
        let local = digits.hasPrefix("0") ? String(digits.dropFirst()) : digits
        return digits == local ? ["+86" + digits, "+" + digits] : ["+86" + local]
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
