import Values

extension ExpressionMemory {
    /// True when a condition holds; an empty one does not.
    func holds(_ node: Node, _ record: RecordColumns) -> Bool {
        switch node.shape {
        case .all(let nodes): return nodes.allSatisfy { holds($0, record) }
        case .any(let nodes): return nodes.contains { holds($0, record) }
        case .not(let inner): return !holds(inner, record)
        case .compare(let comparison, let left, let right):
            return compare(comparison, left, right, record)
        case .compareDay(let comparison, let instant, let day):
            var moment = value(instant, record)
            // Beside a day of the record the moment counts as a day, and beyond the year 9999 there is none.
            if !day.isConstant, case .instant(let time) = moment,
                Portable.day(of: time, in: context.zone) == nil
            {
                moment = .empty
            }
            return compareDay(comparison, moment, value(day, record))
        case .among(let left, let list):
            return list.contains { compare(.equal, left, $0, record) }
        case .inMyTeams(let inner): return isInMyTeams(inner, record)
        case .phoneIs(let inner, let numbers):
            guard case .text(let text) = value(inner, record) else { return false }
            return numbers.contains { number in
                text.utf8.elementsEqual(number.utf8)
                    || !number.contains(";") && text.utf8.starts(with: (number + ";").utf8)
            }
        case .phoneStarts(let inner, let prefixes):
            guard case .text(let text) = value(inner, record) else { return false }
            return prefixes.contains { text.utf8.starts(with: $0.utf8) }
        case .contains(let left, let right):
            guard let text = folded(left, record), let part = folded(right, record) else { return false }
            return text.contains(bytesOf: part)
        case .startsWith(let left, let right):
            guard let text = folded(left, record), let part = folded(right, record) else { return false }
            return text.utf8.starts(with: part.utf8)
        case .hasEntry(let inner, let entry):
            guard case .text(let text) = value(inner, record) else { return false }
            return (inner.isTags ? Fold.fold(text) : text).contains(bytesOf: entry)
        case .isEmpty(let inner):
            let value = value(inner, record)
            if case .text(let text) = value { return text.isEmpty }
            return value == .empty
        default: return value(node, record).isTrue
        }
    }

    private func isInMyTeams(_ node: Node, _ record: RecordColumns) -> Bool {
        guard case .record(let id) = value(node, record) else { return false }
        var team = id
        if node.type == .record("sys_user") {
            guard let user = follow("sys_user", RecordID(id)), let own = user("team").integer else { return false }
            team = own
        }
        return context.myTeams.contains(RecordID(team))
    }

    private func compare(
        _ comparison: Expression.Comparison,
        _ left: Node,
        _ right: Node,
        _ record: RecordColumns
    ) -> Bool {
        var (one, other) = (value(left, record), value(right, record))
        if one == .empty || other == .empty { return comparison == .notEqual && one.isEmpty != other.isEmpty }
        if left.type == .text {
            one = fold(one, of: left)
            other = fold(other, of: right)
        }
        switch comparison {
        case .equal: return same(one, other)
        case .notEqual: return !same(one, other)
        case .less: return precedes(one, other)
        case .lessOrEqual: return !precedes(other, one)
        case .greater: return precedes(other, one)
        case .greaterOrEqual: return !precedes(one, other)
        }
    }

    private func compareDay(
        _ comparison: Expression.Comparison,
        _ left: EvaluatedValue,
        _ right: EvaluatedValue
    ) -> Bool {
        guard case .instant(let instant) = left, case .day(let text) = right, let day = Day(text) else {
            return comparison == .notEqual && left.isEmpty != right.isEmpty
        }
        let start = context.start(of: day)
        let end = start + TimeSpan.day
        switch comparison {
        case .equal: return start <= instant && instant < end
        case .notEqual: return instant < start || instant >= end
        case .less: return instant < start
        case .lessOrEqual: return instant < end
        case .greater: return instant >= end
        case .greaterOrEqual: return instant >= start
        }
    }

    private func folded(_ node: Node, _ record: RecordColumns) -> String? {
        guard case .text(let text) = fold(value(node, record), of: node) else { return nil }
        return text
    }

    private func fold(_ value: EvaluatedValue, of node: Node) -> EvaluatedValue {
        guard !node.isStoredFolded, case .text(let text) = value else { return value }
        return .text(Fold.fold(text))
    }

    /// Equality byte by byte: Swift's own takes different spellings of an accent for the same text.
    private func same(_ left: EvaluatedValue, _ right: EvaluatedValue) -> Bool {
        switch (left, right) {
        case (.text(let one), .text(let other)), (.day(let one), .day(let other)):
            one.utf8.elementsEqual(other.utf8)
        default: left == right
        }
    }

    /// The order of numbers, days, moments, and of texts by their bytes.
    func precedes(_ left: EvaluatedValue, _ right: EvaluatedValue) -> Bool {
        switch (left, right) {
        case (.number(let one), .number(let other)): one < other
        case (.instant(let one), .instant(let other)): one < other
        case (.text(let one), .text(let other)), (.day(let one), .day(let other)):
            one.utf8.lexicographicallyPrecedes(other.utf8)
        default: false
        }
    }
}

extension EvaluatedValue {
    var isEmpty: Bool { if case .empty = self { true } else { false } }
}

extension Node {
    /// True when the value needs no folding before it is compared.
    var isStoredFolded: Bool {
        if let column { return column.storage == .lowerText || column.storage == .phone }
        if case .function(.lower, _) = shape { return true }
        return false
    }

    var isTags: Bool { type == .several(nil) }
}

extension String {
    /// True when the bytes of `part` occur in it one after another.
    fileprivate func contains(bytesOf part: String) -> Bool {
        let (text, part) = (Array(utf8), Array(part.utf8))
        guard !part.isEmpty else { return true }
        guard text.count >= part.count else { return false }
        return (0...(text.count - part.count)).contains { text[$0..<($0 + part.count)].elementsEqual(part) }
    }
}
