import Database
import FieldKinds
import Files
import Foundation
import Identity
import Records
import SQLText
import Schema
import Values

/// The rows of a batch while they are written.
struct BatchWork {
    /// How many rows are looked up at once: few at first, since a batch may end soon.
    private static let slices = 16...128

    let batch: ImportBatch
    let session: WriteSession
    let lookup: Lookup
    var found: [RowInput.Reference: Found] = [:]
    var matches: [[SQLValue]: [RecordID]] = [:]
    /// Records by the ids of the system that the file comes from.
    var sources: [String: RecordID] = [:]
    /// What rows of this batch became, by those ids.
    var became: [(source: String, record: RecordID)] = []
    var counts: ImportCounts
    /// What a trial remembers; nil where records are made.
    var trial: Trial?
    var failures: [(row: ImportRow, text: String)] = []
    /// Rows that are likely the same as a record.
    var likely: [LikelyRow] = []
    /// Rows of people who were erased meanwhile; nil where nobody was.
    var erased: ErasedRows?
    /// What an undo has to look at.
    var touched: [TouchedRecord] = []

    private var plan: ImportPlan { batch.plan }
    private var object: ObjectDefinition { batch.plan.object }

    init(batch: ImportBatch, session: WriteSession) throws {
        self.batch = batch
        self.session = session
        lookup = Lookup(session: session, search: try MatchSearch(batch.maps, session))
        counts = batch.status.counts
        trial = batch.status.isDryRun ? Trial(batch.plan, after: batch.madeBefore) : nil
    }

    /// Writes rows until the time is over; the answer is how many. Throws `OthersCame` where all or none are to be written.
    mutating func take(_ pace: Pace) throws -> Int {
        let rows = batch.rows
        let places = batch.places
        let count = places?.count ?? rows.count
        let isCareful = if case .careful = batch.manner { true } else { false }
        var (taken, slice) = (0, BatchWork.slices.lowerBound)
        while taken < count {
            let inputs = (taken..<min(taken + slice, count)).map { RowInput(rows[places?[$0] ?? $0], plan) }
            slice = min(slice * 2, BatchWork.slices.upperBound)
            try prepare(inputs)
            for input in inputs {
                try row(input, isCareful: isCareful)
                taken += 1
                if places != nil {
                    if taken & 7 == 0, session.connection.othersWait { throw OthersCame() }
                } else if pace.isOver(session.connection, after: taken) {
                    return taken
                }
            }
        }
        return taken
    }

    /// Asks for all links, persons and matching records of some rows at once.
    private mutating func prepare(_ inputs: [RowInput]) throws {
        let open = Set(inputs.flatMap { $0.references + $0.sources.values }).filter { found[$0] == nil }
        if !open.isEmpty { found.merge(try lookup.resolve(open, object)) { $1 } }
        let unknown = Set(inputs.compactMap(\.source)).filter { sources[$0] == nil }
        if !unknown.isEmpty { sources.merge(try ForeignRecords.find(unknown, object, session)) { $1 } }
        guard !plan.match.isEmpty else { return }
        let keys = Set(inputs.compactMap { matchKey($0) }.filter { matches[$0] == nil })
        matches.merge(try lookup.records(object, plan.match, keys)) { $1 }
    }

    /// The values by which the row's record is found; nil when all are empty.
    private func matchKey(_ input: RowInput) -> [SQLValue]? {
        let key = plan.match.map { field -> SQLValue in
            if field.key == "id" { return SQLValue(input.id) }
            if let text = input.numbers[field.key] { return .text(Fold.fold(text)) }
            if let reference = input.references.first(where: { $0.field == field.key }) {
                if case .one(let id)? = found[reference] { return .integer(id.raw) }
                return .null
            }
            guard let value = input.members.last(where: { $0.key == field.key })?.value else { return .null }
            return field.comparable(value, plan.style)
        }
        return key.allSatisfy(\.isNull) ? nil : key
    }

    private mutating func row(_ input: RowInput, isCareful: Bool) throws {
        if input.row.isBlank || erased?.holds(input.row) == true {
            counts.skipped += 1
            return
        }
        do {
            if let fault = input.row.fault { throw Problem.invalid("", "unreadable", fault) }
            let result =
                isCareful ? try session.part { try write(input) } : try session.lightPart { try write(input) }
            remember(result)
            if let source = input.source, let record = result.record, sources[source] != record {
                sources[source] = record
                became.append((source, record))
            }
        } catch let error where !(error is MustBeUndone || error is MatchMaps.Missing) {
            let problem = try RowProblem.problem(error)
            counts.failed += 1
            failures.append((input.row, RowProblem.text(problem, object, session.actor.language)))
        }
    }

    private mutating func write(_ input: RowInput) throws -> RowResult {
        let row = try resolved(input)
        let key = matchKey(input)
        trial?.begin(input, key)
        if let source = input.source, let id = sources[source] {
            return plan.mode == .create ? .skipped : try update(id, row)
        }
        if !plan.match.isEmpty, key == nil, input.source == nil,
            plan.mode == .update || plan.mode == .fill || plan.match.map(\.key) != ["id"]
        {
            throw Problem.invalid(
                plan.match[0].key,
                "required",
                Label("The row has no value by which its record is found.", zh: "该行缺少用于查找记录的内容。")
            )
        }
        let ids = key.flatMap { matches[$0] } ?? []
        guard ids.count <= 1 else {
            throw Problem.invalid(
                plan.match[0].key,
                "ambiguous",
                Label("\(ids.count) records match this row.", zh: "有 \(ids.count) 条记录与该行匹配，无法确定是哪一条。")
            )
        }
        if let id = ids.first {
            return plan.mode == .create ? .skipped : try update(id, row)
        }
        if trial?.isMade == true { return try again(row, key) }
        if plan.mode == .update || plan.mode == .fill || (key != nil && plan.match.map(\.key) == ["id"]) {
            throw RowProblem.noMatch
        }
        return try create(row, key)
    }

    /// In a trial, a row about a record that an earlier batch would have made: that a record can be made of it tells
    /// that its values are in order, unless it lacks some that the other has.
    private mutating func again(_ row: ReadRow, _ key: [SQLValue]?) throws -> RowResult {
        if plan.mode == .create || trial?.isSame == true { return .skipped }
        do {
            let record = try make(row.withoutPast(plan))
            return .created(record.id, record.version, key)
        } catch let problem as Problem
            where !problem.fields.isEmpty && problem.fields.allSatisfy({ $0.code == "required" })
        {
            trial?.changedEarlier(row.members)
            return .updatedEarlier
        }
    }

    private mutating func create(_ given: ReadRow, _ key: [SQLValue]?) throws -> RowResult {
        var row = given
        if !plan.defaults.isEmpty {
            let present = Set(row.members.map(\.key))
            row.members += plan.defaults.filter { !present.contains($0.key) }
        }
        if let handling = batch.status.mapping.duplicates {
            let alike = try session.alike(object, .object(row.members))
            if let first = alike.first { return try handle(first, alike, handling, row, key) }
        }
        let record = try make(row)
        return .created(record.id, record.version, key)
    }

    /// Makes the record of a row, with its past where the file tells it.
    private mutating func make(_ row: ReadRow) throws -> AnyRecord {
        var row = row
        row.settlePast(plan)
        if !row.pastProblems.isEmpty { throw Problem.invalid(row.pastProblems) }
        let members = row.members
        try trial?.check(members, of: nil)
        let record = try session.create(
            object,
            .object(members),
            withPast: !plan.past.isEmpty,
            numbers: row.numbers
        )
        try trial?.check(record, numbers: row.numbers)
        _ = try attach(row.row, to: record.id)
        if trial != nil {
            let isFound = try session.actor.rights.on(object.key).read == .all || session.may(.read, object, record.id)
            trial?.made(record, numbers: row.numbers, isFound: isFound)
        }
        return record
    }

    /// Hangs the files that a row names on its record; true when there were any that did not hang there already.
    private func attach(_ row: ImportRow, to record: RecordID) throws -> Bool {
        guard !plan.files.attachments.isEmpty, case .cells(let cells) = row.content else { return false }
        let ids = try plan.files.attachments.filter(cells.indices.contains).flatMap { column in
            try CellItems.listed(cells[column]).map { text in
                guard let id = RecordID(text) else { throw RowProblem.noFile(text) }
                return id
            }
        }
        // The person on a card is worth more than the picture, which may not be hung on a record of somebody else.
        if !ids.isEmpty, case .cards = batch.status.format, try !session.may(.update, object, record) { return false }
        return ids.isEmpty ? false : try Files.attachNew(ids, to: object, record, session)
    }

    /// A row that is likely the same as a record.
    private mutating func handle(
        _ first: LikeRecord,
        _ alike: [LikeRecord],
        _ handling: DuplicateHandling,
        _ row: ReadRow,
        _ key: [SQLValue]?
    ) throws -> RowResult {
        let own = alike.filter { $0.object == object.key }
        if handling == .update, let best = own.first {
            guard let id = best.id else { throw RowProblem.hidden(best) }
            if own.count > 1, own[1].points == best.points { throw RowProblem.several(own) }
            let result = try update(id, row)
            note(best, .updated, id, row.row.number)
            return result
        }
        if handling == .skip {
            note(first, .skipped, nil, row.row.number)
            return .skipped
        }
        let record = try make(row)
        note(first, .created, record.id, row.row.number)
        return .created(record.id, record.version, key)
    }

    private mutating func note(_ like: LikeRecord, _ outcome: LikelyRow.Outcome, _ record: RecordID?, _ row: Int) {
        likely.append(
            LikelyRow(
                row: row,
                outcome: outcome,
                record: batch.status.isDryRun ? nil : record,
                object: like.object,
                like: like.id,
                owner: like.owner,
                points: like.points,
                reasons: like.reasons.map { $0.text(session.actor.language) }.joined(separator: " · ")
            )
        )
    }

    /// Counts a row that was written; rows below find the record that it made.
    private mutating func remember(_ result: RowResult) {
        switch result {
        case .updated(let id, let version, let before):
            counts.updated += 1
            touched.append(TouchedRecord(id: id, version: version, isNew: false, before: before))
        case .skipped: counts.skipped += 1
        case .updatedEarlier: counts.updated += 1
        case .created(let id, let version, let key):
            touched.append(TouchedRecord(id: id, version: version, isNew: true))
            if let key { matches[key] = [id] }
            // In a trial the records of earlier batches are gone: what is made then stands for one of them.
            if trial?.isMade == true { counts.updated += 1 } else { counts.created += 1 }
        }
    }

    private mutating func update(_ id: RecordID, _ row: ReadRow) throws -> RowResult {
        let before = try session.find(object, id)
        var given = plan.past.isEmpty ? row.members : row.members.filter { !plan.tellsPast($0.key) }
        if plan.mode == .fill {
            given = Filling.members(try plan.phones.filling(given, row.phoneCells, before), object, before)
        } else {
            try RowPhones.check(row.phoneCells, given, before)
        }
        let members = given.map { member -> JSONValue.Member in
            guard let field = object.field(member.key), field.kind == .address else { return member }
            return .init(key: member.key, value: keepingParts(member.value, field, before))
        }
        try trial?.check(members, of: id)
        let after = try session.update(object, id, .object(members))
        let hasFiles = try attach(row.row, to: id)
        trial?.changed(members, of: id)
        if after.version == before.version, !hasFiles { return .skipped }
        return .updated(id, after.version, kept(before, after))
    }

    /// What fields had that the audit log does not hold.
    private func kept(_ before: AnyRecord, _ after: AnyRecord) -> [JSONValue.Member] {
        plan.unaudited.compactMap { field in
            let old = before.columns(of: field)
            guard old != after.columns(of: field) else { return nil }
            var json = JSONWriter()
            field.write(old[...], to: &json)
            return (try? JSONReader.parse(json.text)).map { .init(key: field.key, value: $0) }
        }
    }

    /// An address of which the file has only some parts keeps the others.
    private func keepingParts(_ value: JSONValue, _ field: FieldDefinition, _ before: AnyRecord) -> JSONValue {
        guard let given = value.members else { return value }
        // A whole address in one column says all itself.
        if given.count == 1, let line = given[0].value.string, given[0].key == "street",
            ChineseAddress.split(line) != nil
        {
            return value
        }
        let stored = zip(FieldPart.parts(of: field), before.columns(of: field)).compactMap { part, value in
            value.text.map { JSONValue.Member(key: part.key, value: .string($0)) }
        }
        return .object(stored.filter { old in !given.contains { $0.key == old.key } } + given)
    }

    /// A row with the records that its references mean; one that is left empty leads nowhere.
    private mutating func resolved(_ input: RowInput) throws -> ReadRow {
        var resolved: [RecordID?] = []
        var problems = input.problems
        for reference in input.references {
            if let id = input.sources[reference].flatMap({ came(from: $0) }) {
                resolved.append(id)
                continue
            }
            // A record that an earlier batch of a trial would have made is there no more: its link is left out.
            if let trial, trial.knowsSource(input.sources[reference]) || trial.knowsSource(reference) {
                resolved.append(nil)
                continue
            }
            var outcome = found[reference] ?? Found.none
            if case .none = outcome, reference.mayBeAbove(object) {
                // The record may have been made by a row above.
                if reference.by == "id", let id = came(from: reference) {
                    resolved.append(id)
                    continue
                }
                outcome = try lookup.resolve([reference], object)[reference] ?? Found.none
                found[reference] = outcome
            }
            if let trial {
                guard let meaning = trial.meaning(of: reference, outcome) else {
                    resolved.append(nil)
                    continue
                }
                outcome = meaning
            }
            switch outcome {
            // Whoever made a record where it comes from may never have been here: then nobody has.
            case .none where plan.tellsPast(reference.field), .several where plan.tellsPast(reference.field): break
            case .one(let id):
                resolved.append(id)
                continue
            case .none where plan.emptiesUnknown: break
            case .none:
                // The record may have that link already, to what the person cannot see: the write decides.
                if reference.object != nil, let id = RecordID(reference.text) {
                    resolved.append(id)
                    continue
                }
                problems.append(RowProblem.notFound(reference))
            case .several: problems.append(RowProblem.ambiguous(reference))
            }
            resolved.append(nil)
        }
        // What is wrong with its past matters only if a record is made of it.
        if problems.contains(where: { !plan.tellsPast($0.field) }) { throw Problem.invalid(problems) }
        return ReadRow(
            row: input.row,
            members: input.members(resolved),
            numbers: input.numbers.filter { plan.numbered.contains($0.key) },
            pastProblems: problems,
            phoneCells: input.phoneCells
        )
    }
}

extension BatchWork {
    /// The record that a reference by the id of another system means, where a row with that id was imported.
    private func came(from reference: RowInput.Reference) -> RecordID? {
        if case .one(let id)? = found[reference] { return id }
        return reference.mayBeAbove(object) ? sources[reference.text] : nil
    }
}
