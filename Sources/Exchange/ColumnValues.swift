import Database
import Identity
public import Records
import SQLText
public import Schema
import Values

/// The distinct values of a column that goes into a choice or a person, and what each would become.
public struct ColumnValues: Sendable {
    /// A value of the file.
    public struct Value: Sendable {
        /// The text of the cell, or one entry of it.
        public let text: String
        /// How many rows have it.
        public let count: Int
        /// The key of the choice or the id of the person; empty for what is left out, nil when nothing fits.
        public var target: String?
        /// False for a likeness that a person should look at.
        public var isSure: Bool
    }

    /// The values, the most frequent first.
    public internal(set) var values: [Value]

    /// The values that fit nothing.
    public var open: [Value] { values.filter { $0.target == nil } }
}

extension ImportMapping {
    /// What the cells of a column would become: by its own words, then by what the values look like. Nil for columns that
    /// go into neither a choice nor a person, or that have too many values to choose from.
    func values(
        _ index: Int,
        _ object: ObjectDefinition,
        _ survey: ColumnSurvey,
        _ persons: [ValueProposal.Person]
    ) -> ColumnValues? {
        guard columns.indices.contains(index), let target = columns[index].field,
            let field = object.field(target.leading),
            field.hasNamedValues, var found = survey.values(index)
        else { return nil }
        if case .multiChoice = field.kind { found = ImportMapping.entries(found) }
        let column = columns[index]
        let words = Dictionary(
            column.values.map { (Fold.fold($0.key.trimmed), $0.value) },
            uniquingKeysWith: { first, _ in first }
        )
        let values = found.map { value -> ColumnValues.Value in
            let plain = CSVWriter.withoutGuard(value.text)
            if let chosen = words[Fold.fold(plain)] {
                return .init(text: plain, count: value.count, target: chosen, isSure: true)
            }
            let proposal =
                if case .person = field.kind {
                    ValueProposal.person(plain, persons)
                } else {
                    ValueProposal.choice(plain, field.kind.choices)
                }
            return .init(text: plain, count: value.count, target: proposal?.target, isSure: proposal?.isSure ?? true)
        }
        return ColumnValues(values: values)
    }

    /// The entries of cells with several choices.
    private static func entries(_ cells: [ColumnSurvey.Value]) -> [ColumnSurvey.Value] {
        var counts: [String: Int] = [:]
        for cell in cells {
            var items = CellItems.of(cell.text)
            if cell.text.hasPrefix("["), let list = try? JSONReader.parse(cell.text).array {
                items = list.compactMap(\.string)
            }
            for item in Set(items) { counts[item, default: 0] += cell.count }
        }
        return counts.map { ColumnSurvey.Value(text: $0.key, count: $0.value) }
            .sorted { ($1.count, $0.text) < ($0.count, $1.text) }
    }

    /// Writes down what the values of the columns mean where their fields would not read them by themselves.
    mutating func proposeValues(
        _ object: ObjectDefinition,
        _ survey: ColumnSurvey,
        _ persons: [ValueProposal.Person],
        onlySure: Bool
    ) {
        for index in columns.indices {
            guard let proposed = values(index, object, survey, persons) else { continue }
            guard let field = columns[index].field.flatMap({ object.field($0.leading) }) else { continue }
            for value in proposed.values where columns[index].values[value.text] == nil {
                guard let target = value.target, value.isSure || !onlySure, !field.reads(value.text, persons) else {
                    continue
                }
                columns[index].values[value.text] = target
            }
            if field.historic, !proposed.open.isEmpty, columns[index].note == nil {
                columns[index].note = PastColumns.unknown(proposed.open.count)
            }
        }
    }
}

extension FieldDefinition {
    /// True for fields whose values are named: choices and persons.
    public var hasNamedValues: Bool {
        switch kind {
        case .choice, .multiChoice, .person: true
        default: false
        }
    }

    /// Whether the field reads a text without being told what it means.
    fileprivate func reads(_ text: String, _ persons: [ValueProposal.Person]) -> Bool {
        let folded = Fold.fold(text)
        if case .person = kind {
            return persons.count { Fold.fold($0.email) == folded || Fold.fold($0.name) == folded } == 1
        }
        return kind.choices.contains { [$0.key, $0.label.en, $0.label.zh].contains { Fold.fold($0) == folded } }
    }
}

extension String {
    /// The field of `address.city`: what stands before the dot.
    var leading: String { String(prefix { $0 != "." }) }
}

extension ReadSession {
    /// The people to whom records of a file may be given: those who are asked for, and active ones, at most 200.
    public func importPeople(including chosen: Set<String>) throws -> [(id: String, name: String, email: String)] {
        let persons = try importPersons()
        let some = persons.filter { chosen.contains($0.id.description) }
        let more = persons.filter { $0.isActive && !chosen.contains($0.id.description) }
        return (some + more.prefix(max(0, 200 - some.count))).map { ($0.id.description, $0.name, $0.email) }
    }

    /// The people that records may belong to, at most 2,000.
    func importPersons() throws -> [ValueProposal.Person] {
        try connection.rows("SELECT id, name, email, state FROM sys_user ORDER BY name_sort, id LIMIT 2000").map {
            ValueProposal.Person(
                id: RecordID($0.integer(0)),
                name: $0.text(1),
                email: $0.text(2),
                isActive: $0.text(3) != "disabled"
            )
        }
    }
}
