import Database
import FieldKinds
import Identity
import Records
import SQLText
import Schema
import Search
import Values

/// What a look-up of one text came to.
enum Found: Sendable {
    case one(RecordID)
    case several
    case none
}

/// Finds records for a batch: one query per column, however many rows, and only what the person may read.
struct Lookup {
    let session: ReadSession
    /// Finds records by fields without an index.
    let search: MatchSearch

    /// The records that have one of `values` in a field, by value (folded where the field is).
    func records(
        _ object: ObjectDefinition,
        _ field: FieldDefinition,
        _ values: Set<SQLValue>
    ) throws -> [SQLValue: [RecordID]] {
        if values.isEmpty { return [:] }
        let column = Lookup.column(field, session.connection.dialect)
        var condition: SQLFragment = "\(column) IN \(list: Array(values))"
        if field.key == object.nameField {
            // Names have an index by sort key only; equal names have equal sort keys.
            let keys = Set(values.compactMap(\.text).map(SortKey.of)).map(SQLValue.text)
            condition = "t.\(name: ObjectDefinition.nameSortColumn) IN \(list: keys) AND " + condition
        }
        var found: [SQLValue: [RecordID]] = [:]
        for question in try questions(object, [field], Set(values.map { [$0] })) {
            try session.connection.each(
                """
                SELECT t."id", \(column) FROM \(name: object.key) t WHERE t."deleted_at" IS NULL AND \(condition)
                """ + question.among
            ) { cursor in
                found[cursor.value(1), default: []].append(RecordID(cursor.integer(0)))
                return true
            }
        }
        return try visible(found, object)
    }

    /// The records that have all values of one of the `keys` in the match fields.
    func records(
        _ object: ObjectDefinition,
        _ fields: [FieldDefinition],
        _ keys: Set<[SQLValue]>
    ) throws -> [[SQLValue]: [RecordID]] {
        if keys.isEmpty { return [:] }
        if fields.count == 1 {
            let found = try records(object, fields[0], Set(keys.map { $0[0] }))
            return Dictionary(uniqueKeysWithValues: found.map { ([$0.key], $0.value) })
        }
        let columns = fields.map { Lookup.column($0, session.connection.dialect) }
        func way(_ key: [SQLValue]) -> SQLFragment {
            var parts = zip(columns, key).map { column, value in
                value.isNull ? column + " IS NULL" : column + " = \(value)" as SQLFragment
            }
            if let index = fields.firstIndex(where: { $0.key == object.nameField }), let name = key[index].text {
                parts.append("t.\(name: ObjectDefinition.nameSortColumn) = \(SortKey.of(name))")
            }
            return "(" + parts.joined(" AND ") + ")"
        }
        var found: [[SQLValue]: [RecordID]] = [:]
        for question in try questions(object, fields, keys) {
            try session.connection.each(
                """
                SELECT t."id", \(columns.joined(", ")) FROM \(name: object.key) t WHERE t."deleted_at" IS NULL \
                AND (\(question.keys.map(way).joined(" OR ")))
                """ + question.among
            ) { cursor in
                found[(1..<cursor.count).map(cursor.value), default: []].append(RecordID(cursor.integer(0)))
                return true
            }
        }
        return try visible(found, object)
    }

    /// What is asked one after another: the keys to which an index leads, and the others among the records that may have
    /// them, whose ids stand in `among`.
    private func questions(
        _ object: ObjectDefinition,
        _ fields: [FieldDefinition],
        _ keys: Set<[SQLValue]>
    ) throws -> [(keys: [[SQLValue]], among: SQLFragment)] {
        let indexed = fields.map { object.isFound(by: $0, alone: fields.count == 1) }
        let others = keys.filter { key in
            let filled = key.indices.filter { !key[$0].isNull }
            return !filled.contains { indexed[$0] } && filled.contains { fields[$0].isTold }
        }
        var questions: [(keys: [[SQLValue]], among: SQLFragment)] = []
        guard !others.isEmpty, let ids = try search.candidates(object, fields, others) else {
            questions.append((keys: Array(keys), among: ""))
            return questions
        }
        let rest = keys.subtracting(others)
        if !rest.isEmpty { questions.append((keys: Array(rest), among: "")) }
        for list in RecordMap.lists(ids) {
            questions.append((keys: Array(others), among: " AND t.\"id\" IN \(list: list)"))
        }
        return questions
    }

    /// What a person may not read is as if it did not exist.
    private func visible<Key: Hashable>(
        _ found: [Key: [RecordID]],
        _ object: ObjectDefinition
    ) throws -> [Key: [RecordID]] {
        switch session.actor.rights.on(object.key).read {
        case .all: return found
        case .none: return [:]
        case .own, .team, .teamTree:
            return try found.compactMapValues { ids in
                let mine = try ids.filter { try session.may(.read, object, $0) }
                return mine.isEmpty ? nil : mine
            }
        }
    }

    /// The column as it is compared: the same text as in its index.
    static func column(_ field: FieldDefinition, _ dialect: Dialect) -> SQLFragment {
        guard field.isFolded else { return "t.\(name: field.key)" }
        return SQLFragment(text: dialect.fold("t." + quotedName(field.key)))
    }

    // MARK: Links and persons

    /// Resolves the references of a batch.
    func resolve(
        _ references: Set<RowInput.Reference>,
        _ object: ObjectDefinition
    ) throws -> [RowInput.Reference: Found] {
        var result: [RowInput.Reference: Found] = [:]
        for (key, group) in Dictionary(grouping: references, by: { [$0.field, $0.by, $0.object] }) {
            guard let name = key[0], let field = object.field(name) else { continue }
            let texts = Set(group.map(\.text))
            let found: [String: Found]
            switch field.kind {
            case .person: found = try persons(texts, by: key[1])
            case .link(let target):
                guard let linked = session.schema.object(target) else { continue }
                found = try links(texts, to: linked, by: key[1])
            case .anyLink:
                guard let target = key[2], let linked = session.schema.object(target) else { continue }
                found = try links(texts, to: linked, by: key[1])
            default: continue
            }
            for reference in group { result[reference] = found[reference.text] ?? Found.none }
        }
        return result
    }

    private func links(_ texts: Set<String>, to linked: ObjectDefinition, by key: String?) throws -> [String: Found] {
        var result: [String: Found] = [:]
        let readable = session.readableFields(linked)
        var open = texts
        func take(_ field: FieldDefinition, _ style: InputStyle) throws {
            let wanted = Dictionary(grouping: open) { text -> SQLValue in
                if field.key == "id" { return SQLValue(RecordID(text)) }
                return field.comparable(.string(text), style)
            }
            let found = try records(linked, field, Set(wanted.keys.filter { !$0.isNull }))
            for (value, ids) in found {
                for text in wanted[value] ?? [] {
                    result[text] = ids.count == 1 ? .one(ids[0]) : .several
                    open.remove(text)
                }
            }
        }
        let style = InputStyle(
            baseCurrency: session.schema.baseCurrency,
            country: session.schema.country,
            lenient: true
        )
        let fields: [FieldDefinition]
        if let key {
            fields = readable.filter { $0.key == key }
        } else {
            // A name may have the form of an id, so that neither can be asked alone.
            let named = readable.filter { $0.key == "id" } + readable.filter { $0.key == linked.nameField }
            fields = named + readable.filter { $0.isKey && $0.key != linked.nameField && $0.key != "id" }
        }
        for field in fields where !open.isEmpty { try take(field, style) }
        guard key == "id", !open.isEmpty else { return result }
        for (source, id) in try ForeignRecords.find(open, linked, session) { result[source] = .one(id) }
        return result
    }

    private func persons(_ texts: Set<String>, by key: String?) throws -> [String: Found] {
        var byID: [SQLValue: RecordID] = [:]
        var byText: [String: [(id: RecordID, isActive: Bool)]] = [:]
        let folded = Set(texts.map(Fold.fold)).map(SQLValue.text)
        let ids = texts.compactMap { RecordID($0) }.map { SQLValue.integer($0.raw) }
        let fold = session.connection.dialect.fold
        try session.connection.each(
            """
            SELECT id, \(raw: fold("email")), \(raw: fold("name")), state FROM sys_user WHERE id IN \(list: ids) \
            OR \(raw: fold("email")) IN \(list: folded) OR \(raw: fold("name")) IN \(list: folded)
            """
        ) { cursor in
            let id = RecordID(cursor.integer(0))
            let isActive = cursor.text(3) != "disabled"
            if key == nil || key == "id" { byID[.integer(id.raw)] = id }
            if key == nil || key == "email" { byText[cursor.text(1), default: []].append((id, isActive)) }
            if key == nil || key == "name" { byText[cursor.text(2), default: []].append((id, isActive)) }
            return true
        }
        return texts.reduce(into: [:]) { result, text in
            if let id = RecordID(text), let known = byID[.integer(id.raw)] { return result[text] = .one(known) }
            let all = byText[Fold.fold(text)] ?? []
            let active = all.filter(\.isActive)
            let ids = Set((active.isEmpty ? all : active).map(\.id))
            result[text] = ids.isEmpty ? Found.none : ids.count > 1 ? .several : ids.first.map(Found.one) ?? Found.none
        }
    }
}

extension FieldDefinition {
    /// True for fields whose value names one record: unique ones and numbers given by the system.
    var isKey: Bool { (unique && findsRecords) || isNumbered }

    /// A value as look-ups compare it; null when it cannot be read.
    func comparable(_ input: JSONValue, _ style: InputStyle) -> SQLValue {
        if isNumbered { return input.string.map { .text(Fold.fold($0)) } ?? .null }
        guard let value = try? read(input, style: style).first else { return .null }
        guard isFolded, let text = value.text else { return value }
        return .text(Fold.fold(text))
    }
}
