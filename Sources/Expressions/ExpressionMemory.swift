public import Values

/// The columns of one record: the value of a column by its name, `null` for one it does not have.
public typealias RecordColumns = (_ column: String) -> SQLValue

/// Works out checked expressions for records in memory. It gives what the SQL reader gives and never fails.
public struct ExpressionMemory {
    let context: EvaluationContext
    let follow: (_ object: String, _ id: RecordID) -> RecordColumns?
    let children: (_ object: String, _ link: String, _ parent: RecordID) -> [RecordColumns]

    /// A reader for one moment and person.
    ///
    /// `follow` finds a linked record that is not deleted and that the person may see (`sys_user` for people, with
    /// name, email and team); `children` finds those of an object whose column `link` holds the parent's id.
    public init(
        context: EvaluationContext,
        follow: @escaping (_ object: String, _ id: RecordID) -> RecordColumns? = { _, _ in nil },
        children: @escaping (_ object: String, _ link: String, _ parent: RecordID) -> [RecordColumns] = { _, _, _ in []
        }
    ) {
        self.context = context
        self.follow = follow
        self.children = children
    }

    /// The expression's value for a record.
    public func value(_ expression: CheckedExpression, of record: RecordColumns) -> EvaluatedValue {
        value(expression.root, record)
    }

    /// True when the condition holds for a record.
    public func isTrue(_ expression: CheckedExpression, of record: RecordColumns) -> Bool {
        value(expression.root, record).isTrue
    }

    /// The value of a part that is the same for all records.
    func constant(_ node: Node) -> EvaluatedValue { value(node) { _ in .null } }

    func value(_ node: Node, _ record: RecordColumns) -> EvaluatedValue {
        switch node.shape {
        case .constant(let value): return value
        case .today: return .day(context.today.description)
        case .border(let word): return .day(context.border(word).description)
        case .now: return .instant(context.now.milliseconds)
        case .me: return context.me.map { .record($0.raw) } ?? .empty
        case .column(let column): return stored(record(column.name), column.storage)
        case .linked(let column, let target, let inner):
            guard let id = record(column).integer, let linked = follow(target, RecordID(id)) else { return .empty }
            return value(inner, linked)
        case .rollUp(let rollUp): return self.rollUp(rollUp, record)
        case .all, .any, .not, .compare, .compareDay, .among, .inMyTeams, .phoneIs, .phoneStarts, .contains,
            .startsWith, .hasEntry, .isEmpty:
            return .boolean(holds(node, record))
        case .chain(let first, let steps): return chain(first, steps, record)
        case .negative(let inner):
            guard case .number(let number) = value(inner, record) else { return .empty }
            return .number(0 - number)
        case .moved(let inner, let span): return moved(value(inner, record), by: span)
        case .dayOf(let inner):
            guard case .instant(let instant) = value(inner, record),
                let day = Portable.day(of: instant, in: context.zone)
            else { return .empty }
            return .day(day.description)
        case .retyped(let inner):
            let value = value(inner, record)
            if case .day(let text) = value { return .text(text) }
            return value
        case .choose(let condition, let yes, let no): return value(holds(condition, record) ? yes : no, record)
        case .firstOf(let nodes):
            for node in nodes {
                let value = value(node, record)
                if value != .empty { return value }
            }
            return .empty
        case .function(let function, let nodes): return self.function(function, nodes.map { value($0, record) })
        }
    }

    private func stored(_ value: SQLValue, _ storage: StoredColumn.Storage) -> EvaluatedValue {
        switch (storage, value) {
        case (.text, .text(let text)), (.lowerText, .text(let text)), (.phone, .text(let text)),
            (.choice, .text(let text)), (.several, .text(let text)):
            .text(text)
        case (.day, .text(let text)): .day(text)
        case (.scaled(let digits), .integer(let number)): .number(Double(number) / Double(FixedPoint.power(digits)))
        case (.boolean, .integer(let flag)): .boolean(flag == 1)
        case (.instant, .integer(let instant)): .instant(instant)
        case (.record, .integer(let id)): .record(id)
        default: .empty
        }
    }

    // MARK: - Numbers and dates

    private func chain(
        _ first: Node,
        _ steps: [(operation: Expression.Operation, operand: Node)],
        _ record: RecordColumns
    ) -> EvaluatedValue {
        guard case .number(var result) = value(first, record) else { return .empty }
        for step in steps {
            guard case .number(let operand) = value(step.operand, record) else { return .empty }
            switch step.operation {
            case .plus: result += operand
            case .minus: result -= operand
            case .times: result *= operand
            case .divided:
                guard operand != 0 else { return .empty }
                result /= operand
            }
            guard result.isFinite else { return .empty }
        }
        return .number(result)
    }

    private func moved(_ value: EvaluatedValue, by span: TimeSpan) -> EvaluatedValue {
        switch value {
        case .day(let text):
            guard let day = Day(text), let moved = Portable.move(day, months: span.months, days: span.days ?? 0) else {
                return .empty
            }
            return .day(moved.description)
        case .instant(let instant):
            return Portable.move(instant, months: span.months, by: span.milliseconds, in: context.zone)
                .map(EvaluatedValue.instant) ?? .empty
        default: return .empty
        }
    }

    private func rollUp(_ rollUp: Shape.RollUp, _ record: RecordColumns) -> EvaluatedValue {
        var values: [EvaluatedValue] = []
        var count = 0
        if let id = record("id").integer {
            for child in children(rollUp.object, rollUp.link, RecordID(id)) {
                if let condition = rollUp.condition, !holds(condition, child) { continue }
                count += 1
                if let node = rollUp.value {
                    let value = value(node, child)
                    if value != .empty { values.append(value) }
                }
            }
        }
        // Whole numbers are summed before they are scaled, so that no rounding depends on the order.
        var scale = 1.0
        if case .scaled(let digits) = rollUp.value?.column?.storage { scale = Double(FixedPoint.power(digits)) }
        let numbers = values.compactMap {
            if case .number(let number) = $0 { (number * scale).rounded(scale) } else { nil }
        }
        let total = numbers.reduce(0, +)
        switch rollUp.aggregate {
        case .count: return .number(Double(count))
        case .sum: return finite(total / scale)
        case .avg: return numbers.isEmpty ? .empty : finite(total / Double(numbers.count) / scale)
        case .min: return values.min(by: { precedes($0, $1) }) ?? .empty
        case .max: return values.max(by: { precedes($0, $1) }) ?? .empty
        }
    }

    private func finite(_ number: Double) -> EvaluatedValue { number.isFinite ? .number(number) : .empty }

    private func function(_ function: Shape.Function, _ values: [EvaluatedValue]) -> EvaluatedValue {
        switch (function, values.first) {
        case (.concat, _):
            return .text(values.map { if case .text(let text) = $0 { text } else { "" } }.joined())
        case (.daysBetween, .day(let from)):
            guard case .day(let to) = values.last, let one = Portable.number(ofDay: from),
                let other = Portable.number(ofDay: to)
            else { return .empty }
            return .number(Double(other - one))
        case (.round(let places), .number(let number)):
            return Portable.round(number, places: places).map(EvaluatedValue.number) ?? .empty
        case (.floor, .number(let number)): return .number(number.rounded(.down))
        case (.ceil, .number(let number)): return .number(number.rounded(.up))
        case (.abs, .number(let number)): return .number(number.magnitude)
        case (.numberText, .number(let number)): return .text(Portable.text(number))
        case (.length, .text(let text)): return .number(Double(text.unicodeScalars.count))
        case (.lower, .text(let text)): return .text(Fold.fold(text))
        case (.upper, .text(let text)): return .text(Portable.upper(text))
        case (.year, .day(let text)): return Day(text).map { .number(Double($0.parts.year)) } ?? .empty
        case (.month, .day(let text)): return Day(text).map { .number(Double($0.parts.month)) } ?? .empty
        case (.day, .day(let text)): return Day(text).map { .number(Double($0.parts.day)) } ?? .empty
        default: return .empty
        }
    }
}

extension Double {
    /// The whole number that was scaled down, if it was.
    fileprivate func rounded(_ scale: Double) -> Double { scale == 1 ? self : rounded() }
}
