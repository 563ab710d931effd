import Database
import Expressions
import FieldKinds
import Identity
import SQLText
public import Schema
import Values

extension ReadSession {
    /// Whether a new record that is brought from elsewhere may keep its running number, and the numbers that are given
    /// here go on behind it.
    public func mayNumber(_ field: FieldDefinition, of object: ObjectDefinition) -> Bool {
        guard case .autoNumber = field.kind else { return false }
        return !field.hidden && actor.rights.allows(.settings) && actor.rights.field(object.key, field.key) == .full
    }
}

/// What new records get that do not say it themselves: values that are preset, and running numbers.
extension WriteSession {
    func setDefaults(_ object: ObjectDefinition, _ draft: inout AnyDraft) throws {
        for item in draft.shape.defaults where !draft.wasGiven(item.place.field.key) {
            let field = item.place.field
            if let text = field.defaultJSON {
                guard item.place.columns.allSatisfy({ draft[$0].isNull }) else { continue }
                draft.set(field, try item.values ?? field.read(try JSONReader.parse(text), style: style))
            } else if case .autoNumber(let pattern) = field.kind {
                draft.set(field, [.text(try nextNumber(pattern, field: field))])
            }
        }
    }

    /// The next number of an auto-number field. Numbers are given in the transaction, so none is lost or doubled.
    func nextNumber(_ pattern: String, field: FieldDefinition) throws -> String {
        var text = series(pattern)
        guard let start = text.firstIndex(of: "{"), let end = text[start...].firstIndex(of: "}") else { return text }
        let width = text.distance(from: start, to: end) - 1
        // The counter begins anew wherever the rest of the text changes, as with a new year.
        let name = WriteSession.counter(field, text)
        let value = try connection.value(
            """
            INSERT INTO sys_counter (name, value) VALUES (\(name), 1)
            ON CONFLICT (name) DO UPDATE SET value = sys_counter.value + 1 RETURNING value
            """
        )
        text.replaceSubrange(start...end, with: WriteSession.padded(Int(value.integer ?? 1), width))
        return text
    }

    /// The pattern with the parts of today.
    private func series(_ pattern: String) -> String {
        let (year, month, day) = expressionContext.today.parts
        return pattern.replacing("{YYYY}", with: WriteSession.padded(year, 4))
            .replacing("{MM}", with: WriteSession.padded(month, 2))
            .replacing("{DD}", with: WriteSession.padded(day, 2))
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    fileprivate static func counter(_ field: FieldDefinition, _ series: String) -> String {
        "number:" + field.id + ":" + series
    }

    /// Lets the numbers that are given here go on behind those that are about to be brought, so that none of them is
    /// taken when its record comes.
    public func goOn(behind numbers: HighestNumbers, of object: ObjectDefinition) throws {
        for field in object.fields {
            guard case .autoNumber(let pattern) = field.kind, isTrusted || mayNumber(field, of: object) else {
                continue
            }
            let name = WriteSession.counter(field, series(pattern))
            if let highest = numbers.values[name] { try raise(name, to: highest) }
        }
    }

    private func raise(_ counter: String, to value: Int64) throws {
        try connection.run(
            """
            INSERT INTO sys_counter (name, value) VALUES (\(counter), \(value))
            ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE excluded.value > sys_counter.value
            """
        )
    }

    /// Gives a new record the running numbers that it has where it comes from. Those that are given here go on behind
    /// the highest one.
    func bring(_ numbers: [String: String], of object: ObjectDefinition, into draft: inout AnyDraft) throws {
        for (key, number) in numbers {
            guard let index = draft.shape.index(ofField: key), case let field = draft.shape.places[index].field,
                case .autoNumber(let pattern) = field.kind, isTrusted || mayNumber(field, of: object)
            else {
                throw Problem.invalid(key, "read_only", Label("You may not write this field.", zh: "该字段不可填写。"))
            }
            // As a text it is read; the field itself takes none from anybody.
            let text = FieldDefinition(id: field.id, key: key, label: field.label, kind: .text(max: 100))
            do throws(FieldProblem) { draft.set(field, try text.read(.string(number), style: style)) } catch {
                throw Problem.invalid([error])
            }
            guard let brought = draft[key].text else { continue }
            draft.give(index)
            guard let found = RunningNumber(brought, pattern) else { continue }
            try raise(WriteSession.counter(field, found.series), to: found.value)
        }
    }
}

/// The highest of the running numbers that many records are about to bring along, by series.
public struct HighestNumbers: Sendable {
    fileprivate var values: [String: Int64] = [:]

    /// No numbers.
    public init() {}

    /// Takes note of a number; one of another form leads to no series.
    public mutating func add(_ number: String, of field: FieldDefinition) {
        guard case .autoNumber(let pattern) = field.kind, let found = RunningNumber(number, pattern) else { return }
        let name = WriteSession.counter(field, found.series)
        values[name] = max(values[name] ?? 0, found.value)
    }
}

/// A running number as its pattern reads it: `A-2026-0017` of `A-{YYYY}-{0000}` is 17 of the series `A-2026-{0000}`.
struct RunningNumber: Equatable {
    /// The pattern with the parts of the day as the number has them.
    let series: String
    /// Where in the series it stands.
    let value: Int64
    /// More digits are no running number.
    private static let longest = 15
    private static let days = ["{YYYY}", "{MM}", "{DD}"]

    private enum Piece {
        case text(Character)
        case day(Int)
        case number(Substring)

        /// How many digits a part of the day has.
        var dayWidth: Int? { if case .day(let width) = self { width } else { nil } }
    }

    /// Nil for a number of another form, which no series leads to.
    init?(_ number: String, _ pattern: String) {
        let pieces = RunningNumber.pieces(pattern)
        var (rest, series, value) = (number[...], "", Int64?.none)
        for (index, piece) in pieces.enumerated() {
            switch piece {
            case .text(let character):
                guard rest.first == character else { return nil }
                series.append(rest.removeFirst())
            case .day(let width):
                let digits = rest.prefix(width)
                guard digits.count == width, digits.allSatisfy(RunningNumber.isDigit) else { return nil }
                series += digits
                rest = rest.dropFirst(width)
            case .number(let place):
                // What stands right behind it belongs to the day.
                let behind = pieces[(index + 1)...].prefix { $0.dayWidth != nil }
                let taken = behind.compactMap(\.dayWidth).reduce(0, +)
                let digits = rest.prefix(while: RunningNumber.isDigit).dropLast(taken)
                guard !digits.isEmpty, digits.count <= RunningNumber.longest else { return nil }
                value = Int64(digits)
                series += place
                rest = rest.dropFirst(digits.count)
            }
        }
        guard rest.isEmpty, let value else { return nil }
        (self.series, self.value) = (series, value)
    }

    /// The pattern taken apart, as `nextNumber` reads it: the first place that is none of the day is that of the number.
    private static func pieces(_ pattern: String) -> [Piece] {
        var (rest, pieces, isNumbered) = (pattern[...], [Piece](), false)
        while let first = rest.first {
            if let day = days.first(where: { rest.hasPrefix($0) }) {
                pieces.append(.day(day.count - 2))
                rest = rest.dropFirst(day.count)
            } else if first == "{", !isNumbered, let end = rest.firstIndex(of: "}") {
                pieces.append(.number(rest[...end]))
                rest = rest[rest.index(after: end)...]
                isNumbered = true
            } else {
                pieces.append(.text(rest.removeFirst()))
            }
        }
        return pieces
    }

    private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }
}
