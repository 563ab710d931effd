import Database
public import FieldKinds
import Identity
import SQLText
public import Schema
import Search
public import Values

/// One write in one transaction, by one actor: the only way into an object's table.
///
/// The recipe: permission, values, hooks, validation, row, permission on what was written, audit, search, event.
public final class WriteSession: ReadSession {
    /// The engine, for ids and hooks.
    let engine: RecordEngine
    override var isSteady: Bool { false }
    /// Rows are written by a hook or by the system on behalf of the actor: rights on objects are not asked again.
    private(set) var isTrusted = false
    /// How values are read.
    public var style: InputStyle
    /// Search entries and keys of new records may follow later, by `RecordEngine.followTrail`: for imports.
    public var leavesTrail = false
    /// The audit log names new records without their values, which the records themselves show: for imports.
    public var auditsBriefly = false
    /// What is written once, at the end of the transaction or before it is read in it.
    var pending = PendingWrites()
    /// Links that were already found to be visible in this session.
    var knownLinks: [String: Set<RecordID>] = [:]
    /// Whether new records of an object may be followed later: asked once, for it depends on the schema alone.
    var knownTrails: [String: Bool] = [:]
    private var reservedIDs: Range<Int64> = 0..<0
    private static let reserve: Int64 = 64
    /// People who were already found to be active in this session.
    private var knownOwners: Set<Int64> = []
    /// People who were already found to be there, whether active or not.
    var knownMakers: Set<Int64> = []

    init(engine: RecordEngine, read: ReadSession) {
        self.engine = engine
        style = InputStyle(baseCurrency: read.schema.baseCurrency, country: read.schema.country)
        super.init(connection: read.connection, state: read.state, actor: read.actor, now: read.now)
    }

    /// Runs `body` with the rights of the system, the actor still being the one who is named: for hooks and verbs
    /// that write what the actor may cause but not do.
    public func asSystem<Result>(_ body: () throws -> Result) rethrows -> Result {
        let before = isTrusted
        isTrusted = true
        defer { isTrusted = before }
        return try body()
    }

    // MARK: Create

    /// Makes a record from input in the API's form. One that is brought from elsewhere may bring its past along: when
    /// and by whom it was made (see `mayBring`), and by field the running `numbers` that it has there (`mayNumber`). The
    /// audit log and the fields of the last change tell who brought it.
    @discardableResult
    public func create(
        _ object: ObjectDefinition,
        _ input: JSONValue,
        withPast: Bool = false,
        numbers: [String: String] = [:]
    ) throws -> AnyRecord {
        try mayCreate(object)
        var draft = AnyDraft(shape: try shape(object), before: nil)
        try read(input, of: object, into: &draft, withPast: withPast)
        if !numbers.isEmpty { try bring(numbers, of: object, into: &draft) }
        return try insert(object, &draft, withPast: withPast)
    }

    /// Makes a record of a declared object.
    @discardableResult
    public func create<Object: ObjectType>(
        _ type: Object.Type,
        owner: RecordID? = nil,
        _ fill: (inout Draft<Object>) throws -> Void
    ) throws -> Record<Object> {
        guard let object = schema.object(Object.key) else { throw Problem.notFound }
        try mayCreate(object)
        var draft = Draft<Object>(AnyDraft(shape: try shape(object), before: nil))
        try fill(&draft)
        if let owner { draft.row["owner"] = .integer(owner.raw) }
        return Record(try insert(object, &draft.row))
    }

    private func mayCreate(_ object: ObjectDefinition) throws {
        guard isTrusted || actor.rights.on(object.key).create else {
            throw Problem.forbidden(
                Label("You may not make \(object.pluralLabel.en).", zh: "您没有新建\(object.label.zh)的权限。")
            )
        }
    }

    private func insert(_ object: ObjectDefinition, _ draft: inout AnyDraft, withPast: Bool = false) throws -> AnyRecord
    {
        let id = idForNew()
        draft["id"] = .integer(id.raw)
        try setPast(&draft, isBrought: withPast)
        try setDefaults(object, &draft)
        if draft["owner"].isNull, !draft.wasGiven("owner") { draft["owner"] = SQLValue(actor.userID) }
        try mayGive(to: draft["owner"], before: nil, object)
        try runHooks(object, &draft)
        draft["version"] = .integer(1)
        draft["updated_at"] = SQLValue(now)
        draft["updated_by"] = SQLValue(actor.userID)
        try complete(object, &draft)
        try askObservers(object, draft)
        let shape = draft.shape
        let values = draft.values
        try storing(object) {
            try connection.run(SQLFragment(text: shape.insertText, values: values))
        }
        let record = AnyRecord(shape: shape, values: values)
        try checkRules(object, record)
        try follow(object, SavedRecord(before: nil, record: record), draft, action: "create")
        return record
    }

    /// Ids of records whose search entries are made together follow one another.
    private func idForNew() -> RecordID {
        guard leavesTrail else { return engine.ids.next() }
        if reservedIDs.isEmpty {
            let first = engine.ids.next(WriteSession.reserve).raw
            reservedIDs = first..<(first + WriteSession.reserve)
        }
        return RecordID(reservedIDs.removeFirst())
    }

    // MARK: Update

    /// Changes a record from input in the API's form. `version` is what the caller read; another one is `stale`.
    @discardableResult
    public func update(
        _ object: ObjectDefinition,
        _ id: RecordID,
        _ input: JSONValue,
        version: Int64? = nil
    ) throws -> AnyRecord {
        let before = try changeable(object, id, version: version)
        var draft = AnyDraft(shape: before.shape, before: before)
        try read(input, of: object, into: &draft)
        return try save(object, before, draft)
    }

    /// Changes a record of a declared object.
    @discardableResult
    public func update<Object: ObjectType>(
        _ type: Object.Type,
        _ id: RecordID,
        _ fill: (inout Draft<Object>) throws -> Void
    ) throws -> Record<Object> {
        guard let object = schema.object(Object.key) else { throw Problem.notFound }
        let before = try changeable(object, id, version: nil)
        var draft = Draft<Object>(AnyDraft(shape: before.shape, before: before))
        try fill(&draft)
        return Record(try save(object, before, draft.row))
    }

    private func changeable(_ object: ObjectDefinition, _ id: RecordID, version: Int64?) throws -> AnyRecord {
        guard let before = try row(object, id, for: .read) ?? trustedRow(object, id) else { throw Problem.notFound }
        if let version, version != before.version { throw Problem.stale }
        return before
    }

    func trustedRow(_ object: ObjectDefinition, _ id: RecordID) throws -> AnyRecord? {
        guard isTrusted else { return nil }
        return try ReadSession(connection: connection, state: state, actor: .system("engine"), now: now)
            .row(object, id, for: .read)
    }

    private func save(_ object: ObjectDefinition, _ before: AnyRecord, _ draft: AnyDraft) throws -> AnyRecord {
        var draft = draft
        let givesAway = draft.changes("owner")
        let onlyOwner = draft.given == ["owner"]
        if !isTrusted, !(givesAway && onlyOwner), try row(object, before.id, for: .update) == nil {
            throw Problem.forbidden(
                Label("You may read this record but not change it.", zh: "您只能查看这条记录，不能修改。")
            )
        }
        if givesAway { try mayGive(to: draft["owner"], before: before, object) }
        try runHooks(object, &draft)
        try complete(object, &draft)
        try askObservers(object, draft)
        let positions = draft.values.indices
        let changed = positions.filter { draft.changes(at: $0) }.map { draft.shape.columns[$0] }
        if changed.isEmpty { return before }
        draft["version"] = .integer(before.version + 1)
        draft["updated_at"] = SQLValue(now)
        draft["updated_by"] = SQLValue(actor.userID)
        let written = positions.filter { draft.changes(at: $0) }.map { draft.shape.columns[$0] }
        let sets = written.map { "\(name: $0) = \(draft[$0])" as SQLFragment }.joined(", ")
        try storing(object) {
            let count = try connection.run(
                "UPDATE \(name: object.key) SET " + sets
                    + " WHERE \"id\" = \(before.id) AND \"version\" = \(before.version)"
            )
            if count == 0 { throw Problem.stale }
        }
        let record = AnyRecord(shape: draft.shape, values: draft.values)
        try checkRules(object, record)
        if !isTrusted, !givesAway, changed.contains(object.parentLink ?? ""),
            try row(object, record.id, for: .update) == nil
        {
            throw Problem.forbidden(
                Label("After this change you could not change the record any more.", zh: "修改后您将无权编辑这条记录，已取消保存。")
            )
        }
        try follow(object, SavedRecord(before: before, record: record), draft, action: "update")
        return record
    }

    /// Giving a record to somebody else is a right of its own.
    func mayGive(to owner: SQLValue, before: AnyRecord?, _ object: ObjectDefinition) throws {
        if isTrusted { return }
        if let id = owner.integer, !knownOwners.contains(id) {
            let active = try connection.value("SELECT count(*) FROM sys_user WHERE id = \(id) AND state <> 'disabled'")
            guard active.integer == 1 else {
                throw Problem.invalid(
                    "owner",
                    "unknown_link",
                    Label("There is no such active user.", zh: "没有这位用户，或该用户已停用。")
                )
            }
            knownOwners.insert(id)
        }
        if before == nil, owner.integer == actor.userID?.raw { return }
        let allowed =
            try before.map { try row(object, $0.id, for: .assign) != nil }
            ?? (access.scope(.assign, on: object.key) != .none)
        guard allowed else {
            throw Problem.forbidden(
                Label("You may not give this record to another owner.", zh: "您没有变更负责人的权限。")
            )
        }
    }

    // MARK: The shared steps

    func shape(_ object: ObjectDefinition) throws -> Shape {
        guard let shape = state.shapes[object.key] else { throw Problem.notFound }
        return shape
    }

    /// Reads input into a draft: unknown, read-only and wrong values are all named at once.
    private func read(
        _ input: JSONValue,
        of object: ObjectDefinition,
        into draft: inout AnyDraft,
        withPast: Bool = false
    ) throws {
        guard case .object(let members) = input else {
            throw Problem.malformed("not_an_object", Label("The body must be a JSON object.", zh: "请求内容必须是 JSON 对象。"))
        }
        var problems: [FieldProblem] = []
        let rights = rights(onFieldsOf: object)
        for member in members {
            guard let index = draft.shape.index(ofField: member.key) else {
                problems.append(unknown(member.key, object))
                continue
            }
            let field = draft.shape.places[index].field
            var right = isTrusted ? FieldRight.full : rights[index]
            if !isTrusted, !actor.rights.parts.isEmpty { right = try self.right(on: field, of: object, in: draft) }
            if withPast, mayBring(field, of: object) { right = .full }
            guard right != .hidden else {
                problems.append(unknown(member.key, object))
                continue
            }
            guard right == .full else {
                problems.append(
                    FieldProblem(
                        field.key,
                        "read_only",
                        Label("You may not write this field.", zh: "该字段不可填写。")
                    )
                )
                continue
            }
            do throws(FieldProblem) {
                draft.set(draft.shape.places[index], try field.read(member.value, style: style))
                draft.give(index)
            } catch {
                problems.append(error)
            }
        }
        if !problems.isEmpty { throw Problem.invalid(problems) }
    }

    private func unknown(_ key: String, _ object: ObjectDefinition) -> FieldProblem {
        FieldProblem(
            String(key.prefix(60)),
            "unknown_field",
            Label("«\(object.label.en)» has no such field.", zh: "“\(object.label.zh)”没有这个字段。")
        )
    }

    private func runHooks(_ object: ObjectDefinition, _ draft: inout AnyDraft) throws {
        guard let hooks = engine.hooks[object.key] else { return }
        for hook in hooks.before { try hook.run(&draft, self) }
        let problems = try hooks.validations.flatMap { try $0.run(draft, self) }
        if !problems.isEmpty { throw Problem.invalid(problems) }
    }

    /// Fills what is derived and asks for what is missing.
    private func complete(_ object: ObjectDefinition, _ draft: inout AnyDraft) throws {
        var problems: [FieldProblem] = []
        for place in draft.shape.required {
            let (field, first) = (place.field, place.columns.lowerBound)
            // Only what is made or emptied now: a record that lacks an older value must stay editable.
            if !place.columns.isEmpty, draft[first].isNull, draft.before == nil || draft.changes(at: first),
                isShown(field, draft)
            {
                problems.append(
                    FieldProblem(
                        field.key,
                        "required",
                        Label("«\(field.label.en)» must have a value.", zh: "请填写“\(field.label.zh)”。")
                    )
                )
            }
        }
        for place in draft.shape.amounts where draft.changes(in: place.columns.prefix(2)) || draft.changes("day") {
            do { try setBase(place.field, &draft) } catch let problem as FieldProblem { problems.append(problem) }
        }
        problems += try missingLinks(object, draft)
        if !problems.isEmpty { throw Problem.invalid(problems) }
        if draft.before == nil || draft.changes(object.nameField) {
            draft[ObjectDefinition.nameSortColumn] = .text(SortKey.of(draft[object.nameField].text ?? ""))
        }
    }

    /// What follows a saved row, in the same transaction.
    private func follow(
        _ object: ObjectDefinition,
        _ saved: SavedRecord,
        _ draft: AnyDraft,
        action: String
    ) throws {
        pending.journal?.append((object.key, saved))
        let isBrief = auditsBriefly && saved.before == nil
        let changed = isBrief ? [] : saved.record.shape.tracked.filter { saved.changed(in: $0.columns) }
        if isBrief {
            pending.audit.append(AuditEntry(action, object: object.key, record: saved.record.id))
            event(action, object, saved.record.id, names: pending.filled.names(saved.record))
        } else {
            audit(action, object, saved, changed)
            event(action, object, saved.record.id, changed.map(\.field.key))
        }
        pending.kept.note(saved.record.shape, before: saved.before, after: saved.record)
        try keepFiles(object, saved)
        let follows = try leave(saved, object)
        if follows {
            // What is kept beside the record comes later.
        } else if saved.before == nil {
            try SearchFeed.add(saved.record, object, on: connection)
        } else if changed.contains(where: \.field.isSearched) || saved.changed(object.nameField) {
            try SearchFeed.put(saved.record, object, on: connection)
        }
        for hook in engine.hooks[object.key]?.after ?? [] { try hook.run(saved, self) }
        if !follows { try tellObservers(object, saved.before == nil ? .created : .updated, saved) }
    }

    func audit(
        _ action: String,
        _ object: ObjectDefinition,
        _ saved: SavedRecord,
        _ changed: [Shape.Place]
    ) {
        var json = JSONWriter(capacity: 256)
        json.object { json in
            for place in changed where place.field.audited {
                json.key(place.field.key)
                json.array { json in
                    if let before = saved.before {
                        place.field.write(before.values[place.columns], to: &json)
                    } else {
                        json.null()
                    }
                    place.field.write(saved.record.values[place.columns], to: &json)
                }
            }
        }
        pending.audit.append(AuditEntry(action, object: object.key, record: saved.record.id, changes: json.text))
    }
}

extension FieldDefinition {
    /// True when the search index holds its value.
    var isSearched: Bool { searchable && !hidden }
}
