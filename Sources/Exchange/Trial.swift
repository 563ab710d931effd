import FieldKinds
import Records
import Schema
import Values

/// A batch of a trial: what earlier batches would have made, and what this one adds to that.
struct Trial {
    private let plan: ImportPlan
    private let before: TrialMemory
    /// What this batch would leave behind.
    private(set) var memory = TrialMemory()
    private let unique: [FieldDefinition]
    /// Fields whose running numbers new records bring along.
    private let numbered: [FieldDefinition]
    /// Whether rows link to records of the same object, which are found by their names.
    private let hasLinks: Bool
    /// Names of records that were made anew in this batch to stand for those of earlier ones.
    private var standIns: [Int: Int] = [:]
    // Of the row that is being written:
    private var number = 0
    private var finders: [Int] = []
    private var content = 0
    /// Whether an earlier batch would have made the row's record.
    private(set) var isMade = false
    /// Whether the row says of that what the row said that wrote it last.
    private(set) var isSame = false

    init(_ plan: ImportPlan, after before: TrialMemory) {
        self.plan = plan
        self.before = before
        unique = plan.object.fields.filter { $0.unique && !$0.isNumbered }
        numbered = plan.object.fields.filter { $0.isNumbered && plan.numbered.contains($0.key) }
        hasLinks = plan.groups.contains { group in
            switch group.field.kind {
            case .link(let target): target == plan.object.key
            case .anyLink: true
            default: false
            }
        }
    }

    /// Turns to the next row; `key` is what its record is found by.
    mutating func begin(_ input: RowInput, _ key: [SQLValue]?) {
        number = input.row.number
        finders = [input.source.map { Trial.hash("source", $0) }, key.map { Trial.hash("key", $0) }].compactMap(\.self)
        content = finders.isEmpty ? 0 : input.contentHash(plan)
        let known = finders.compactMap { before.records[$0] }
        (isMade, isSame) = (!known.isEmpty, known.contains(content))
    }

    // MARK: Values of which there may be only one

    /// Throws what the database would say if records of earlier batches were there; `record` is the one that is changed.
    func check(_ members: [JSONValue.Member], of record: RecordID?) throws {
        if before.unique.isEmpty { return }
        let own = owners(record)
        for (field, hash) in uniqueValues(members) {
            guard let owner = before.unique[hash], !own.contains(owner) else { continue }
            throw RowProblem.notUnique(field)
        }
    }

    /// The same about a record that was just made: its hooks may have written values in another way.
    func check(_ record: AnyRecord, numbers: [String: String]) throws {
        if before.unique.isEmpty { return }
        let own = brought(numbers).filter { $0.field.unique }
        for (field, hash) in uniqueValues(record) + own {
            guard let owner = before.unique[hash], !finders.contains(owner) else { continue }
            throw RowProblem.notUnique(field)
        }
    }

    /// The numbers that a new record brings along: those that are given here begin anew with each batch of a trial.
    private func brought(_ numbers: [String: String]) -> [(field: FieldDefinition, hash: Int)] {
        numbered.compactMap { field -> (field: FieldDefinition, hash: Int)? in
            guard let text = numbers[field.key]?.trimmed, !text.isEmpty else { return nil }
            let value = field.comparable(.string(text), plan.style)
            return (field, Trial.hash("unique", [SQLValue.text(field.key), value]))
        }
    }

    private func owners(_ record: RecordID?) -> [Int] {
        (record.map { [Trial.hash("record", $0.raw)] } ?? []) + finders
    }

    private func uniqueValues(_ members: [JSONValue.Member]) -> [(field: FieldDefinition, hash: Int)] {
        unique.compactMap { field -> (field: FieldDefinition, hash: Int)? in
            guard let value = members.last(where: { $0.key == field.key })?.value else { return nil }
            let compared = field.comparable(value, plan.style)
            return compared.isNull ? nil : (field, Trial.hash("unique", [SQLValue.text(field.key), compared]))
        }
    }

    private func uniqueValues(_ record: AnyRecord) -> [(field: FieldDefinition, hash: Int)] {
        unique.compactMap { field -> (field: FieldDefinition, hash: Int)? in
            var value = record[field.key]
            if field.isFolded, let text = value.text { value = .text(Fold.fold(text)) }
            return value.isNull ? nil : (field, Trial.hash("unique", [SQLValue.text(field.key), value]))
        }
    }

    // MARK: Links

    /// Whether an earlier batch would have made the record that has a reference's id in another system.
    func knowsSource(_ reference: RowInput.Reference?) -> Bool {
        guard let reference, reference.by == "id", reference.mayBeAbove(plan.object) else { return false }
        return before.records[Trial.hash("source", reference.text)] != nil
    }

    /// What a reference means that came to `found` among the records that are there; nil for a record that an earlier
    /// batch would have made.
    func meaning(of reference: RowInput.Reference, _ found: Found) -> Found? {
        guard reference.by != "id", reference.mayBeAbove(plan.object) else { return found }
        let object = plan.object
        var others = 0
        if reference.by == nil || reference.by == object.nameField {
            let hash = Trial.hash("name", Fold.fold(reference.text))
            others = max(0, (before.names[hash] ?? 0) - (standIns[hash] ?? 0))
        }
        if others == 0, case .none = found {
            let fields = (unique + numbered).filter { reference.by == nil || reference.by == $0.key }
            let isThere = fields.contains { field in
                let value = field.comparable(.string(reference.text), plan.style)
                return before.unique[Trial.hash("unique", [SQLValue.text(field.key), value])] != nil
            }
            return isThere ? nil : found
        }
        if others == 0 { return found }
        if others == 1, case .none = found { return nil }
        return .several
    }

    // MARK: Remembering

    /// A record was made by the current row; `isFound` tells whether rows below may find it by its name.
    mutating func made(_ record: AnyRecord, numbers: [String: String], isFound: Bool) {
        keep(uniqueValues(record) + brought(numbers), of: nil)
        for finder in finders { memory.records[finder] = content }
        let name = record.name
        guard hasLinks, isFound, !name.isEmpty else { return }
        let hash = Trial.hash("name", Fold.fold(name))
        if isMade { standIns[hash, default: 0] += 1 } else { memory.names[hash, default: 0] += 1 }
    }

    /// A record was changed by the current row.
    mutating func changed(_ members: [JSONValue.Member], of record: RecordID) {
        // What was made in this batch is no record for later ones, who know it by what finds it.
        let isOwn = finders.contains { memory.records[$0] != nil }
        keep(uniqueValues(members), of: isOwn ? nil : record)
        for finder in finders where isOwn { memory.records[finder] = content }
    }

    /// The record of an earlier batch was changed by the current row, which has not all that a record needs.
    mutating func changedEarlier(_ members: [JSONValue.Member]) {
        keep(uniqueValues(members), of: nil)
        for finder in finders { memory.records[finder] = content }
    }

    private mutating func keep(_ values: [(field: FieldDefinition, hash: Int)], of record: RecordID?) {
        let owner = owners(record).first ?? Trial.hash("row", number)
        for value in values { memory.unique[value.hash] = owner }
    }

    private static func hash(_ sort: String, _ value: some Hashable) -> Int {
        var hasher = Hasher()
        hasher.combine(sort)
        hasher.combine(value)
        return hasher.finalize()
    }
}

extension RowInput {
    /// Equal for rows that say the same to a record that is there: its past is not asked for then.
    func contentHash(_ plan: ImportPlan) -> Int {
        var hasher = Hasher()
        for member in members where !plan.tellsPast(member.key) {
            hasher.combine(member.key)
            hasher.combine(member.value.text)
        }
        for reference in references where !plan.tellsPast(reference.field) { hasher.combine(reference) }
        return hasher.finalize()
    }
}
