import Database
import FieldKinds
import Files
import Foundation
public import Identity
import Records
import SQLText
import Schema
public import Values

extension Imports {
    /// For how many days an import can be taken back.
    public static let undoDays = 30
    /// Records per transaction of an undo.
    private static let undoSize = 250

    /// How far taking back is; nil while nobody has asked for it.
    public func undoStatus(_ id: RecordID, as actor: Actor) async throws -> UndoStatus? {
        _ = try await status(id, as: actor)
        return try await engine.database.read { try UndoTables.find(id, on: $0) }
    }

    /// Whether an import has ended and wrote something that can be taken back, by somebody who may import.
    public func canUndo(_ id: RecordID, as actor: Actor) async throws -> Bool {
        let status = try await status(id, as: actor)
        guard actor.rights.on(status.object).importing, !status.isDryRun,
            [.done, .stopped, .cancelled].contains(status.state)
        else { return false }
        return try await engine.database.read {
            if try UndoTables.progress(id, on: $0)?.state == .done { return false }
            return try UndoTables.hasAny(id, on: $0)
        }
    }

    /// The records that an undo left as they are, and why.
    public func spared(_ id: RecordID, as actor: Actor, limit: Int = 50) async throws -> [SparedRecord] {
        _ = try await status(id, as: actor)
        return try await engine.database.read { try UndoTables.spared(id, limit: limit, on: $0) }
    }

    /// Registers that an import is to be taken back; `runUndo` then does it.
    public func startUndo(_ id: RecordID, as actor: Actor) async throws {
        let object = try await status(id, as: actor).object
        guard actor.rights.on(object).importing else {
            throw Problem.forbidden(
                Label("Who takes an import back needs the right to import.", zh: "撤销导入需要导入权限。")
            )
        }
        guard try await canUndo(id, as: actor) else {
            throw Problem(
                .conflict,
                "nothing_to_undo",
                Label(
                    "There is nothing to take back: the import is still running, was a trial, was taken back already, or is older than \(Imports.undoDays) days.",
                    zh: "没有可撤销的内容：导入仍在进行、只是试运行、已经撤销，或已超过 \(Imports.undoDays) 天。"
                )
            )
        }
        let now = engine.clock.now()
        try await engine.database.write {
            try UndoTables.begin(id, by: actor.userID, name: actor.name, at: now, on: $0)
        }
    }

    /// Takes an import back: records that it made go to the recycle bin, changed ones get their earlier values. What
    /// somebody has edited since, or what other records hang on by now, is left as it is and reported.
    ///
    /// At most 250 records go into one transaction; after a crash it goes on behind the last of them.
    @discardableResult
    public func runUndo(_ id: RecordID, as actor: Actor) async throws -> UndoStatus {
        let status = try await status(id, as: actor)
        guard claim(id) else { throw ImportBatch.movedOn }
        defer { release(id) }
        let acting = actor.acting(from: .importRun(id))
        var last: RecordID?
        while true {
            let (undo, seen) = try await engine.write(as: acting, patient: true) {
                [last] session -> (UndoStatus, RecordID?) in
                guard var undo = try UndoTables.progress(id, on: session.connection), undo.state == .running else {
                    throw ImportBatch.movedOn
                }
                guard let object = session.schema.object(status.object) else { throw Problem.notFound }
                let records = try UndoTables.next(id, before: last, limit: Imports.undoSize, on: session.connection)
                let step = UndoStep(
                    session: session,
                    id: id,
                    object: object,
                    bringsFiles: status.mapping.columns.contains { $0.field == ArchiveWriter.attachments }
                )
                let pace = Pace(atMost: Pace.usual, on: session.connection)
                var seen = last
                for (index, record) in records.enumerated() {
                    if index > 0, pace.isOver(session.connection, after: index) { break }
                    try step.take(record, &undo)
                    seen = record.id
                }
                if records.isEmpty {
                    undo.state = .done
                    try Audit.add(
                        AuditEntry("import_undo", object: object.key, changes: undo.auditText(id)),
                        by: acting,
                        at: session.now,
                        on: session.connection
                    )
                }
                try UndoTables.put(id, undo, at: records.isEmpty ? session.now : nil, on: session.connection)
                return (undo, seen)
            }
            if undo.state == .done { return undo }
            last = seen
            await Task.yield()
        }
    }

    /// Goes on with the undos that a crash interrupted. Where several servers share the database, `pause` is how long one
    /// must have stood still to have been left behind.
    public func resumeUndos(
        leftFor pause: Duration? = nil,
        sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        actor: @Sendable (RecordID) async throws -> Actor?
    ) async throws {
        let before = try await undosUnderWay()
        if pause != nil, before.isEmpty { return }
        if let pause { try await sleep(pause) }
        let now = pause == nil ? before : try await undosUnderWay()
        for undo in try await engine.database.read({ try UndoTables.unfinished(on: $0) })
        where now[undo.id] == before[undo.id] {
            var acting: Actor? = .system(undo.name)
            if let user = undo.actor { acting = try await actor(user) }
            if let acting { try await runUndo(undo.id, as: acting) }
        }
    }

    private func undosUnderWay() async throws -> [RecordID: UndoStatus] {
        try await engine.database.read { connection in
            var found: [RecordID: UndoStatus] = [:]
            for undo in try UndoTables.unfinished(on: connection) {
                found[undo.id] = try UndoTables.progress(undo.id, on: connection)
            }
            return found
        }
    }

    /// Removes the files of imports older than thirty days and forgets what they wrote.
    public func sweep() async throws {
        let end = engine.clock.now().adding(milliseconds: -Int64(Imports.undoDays) * 86_400_000)
        let old = IDSource.floor(at: end)
        while try await engine.database.write({ try UndoTables.forget(before: old, limit: 500, on: $0) }) == 500 {}
        let folder = directory
        try await apart {
            for file in try FileManager.default.contentsOfDirectory(atPath: folder) {
                let path = folder + "/" + file
                let date = try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
                guard let date, Int64(date.timeIntervalSince1970 * 1000) < end.milliseconds else { continue }
                try FileManager.default.removeItem(atPath: path)
            }
        }
    }
}

/// Takes records back within one transaction.
private struct UndoStep {
    let session: WriteSession
    let id: RecordID
    let object: ObjectDefinition
    /// Whether rows of the import named attachments.
    let bringsFiles: Bool

    func take(_ record: TouchedRecord, _ undo: inout UndoStatus) throws {
        do {
            let isGone = try session.connection.savepoint { try back(record) }
            if isGone {
                undo.deleted += 1
            } else {
                undo.restored += 1
            }
            try UndoTables.done(record.id, of: id, on: session.connection)
        } catch {
            let problem = try RowProblem.problem(error)
            undo.spared += 1
            let why = RowProblem.text(problem, object, session.actor.language)
            try UndoTables.spare(record.id, of: id, why: why, on: session.connection)
        }
    }

    /// True when the record was deleted, false when its values were restored.
    private func back(_ record: TouchedRecord) throws -> Bool {
        let now = try session.find(object, record.id)
        guard now.version == record.version else {
            throw Problem(.conflict, "edited", Label("Edited since the import.", zh: "导入后已被修改。"))
        }
        guard record.isNew else {
            for file in bringsFiles ? try attached(record.id) : [] { try Files.delete(file, session) }
            let members = try earlier(record.id)
            if !members.isEmpty { try session.update(object, record.id, .object(members), version: record.version) }
            return false
        }
        for (child, field) in session.schema.children(of: object.key) where try hangsOn(now, child, field) {
            throw Problem(
                .conflict,
                "has_children",
                Label(
                    "\(child.pluralLabel.en) have been added to it since.",
                    zh: "导入后已有\(child.label.zh)与之关联。"
                )
            )
        }
        try session.delete(object, record.id, version: record.version)
        return true
    }

    /// Whether a record of another import or by somebody's hand belongs to it. What hooks made in the same transaction
    /// came with it; when that was the audit log knows, since the record may have brought its own time of creation.
    private func hangsOn(_ record: AnyRecord, _ child: ObjectDefinition, _ field: FieldDefinition) throws -> Bool {
        let came: SQLFragment =
            "(SELECT at FROM sys_audit WHERE record = \(record.id) AND action = 'create' ORDER BY seq LIMIT 1)"
        return try session.connection.row(
            """
            SELECT 1 FROM \(name: child.key) c WHERE c.\(name: field.key) = \(record.id) AND c."deleted_at" IS NULL \
            AND c."created_at" <> coalesce(\(came), \(record["created_at"])) AND NOT EXISTS (SELECT 1 \
            FROM sys_import_record r WHERE r.import = \(id) AND r.record = c."id") LIMIT 1
            """
        ) != nil
    }

    /// The files that the import hung on the record and that still hang there.
    private func attached(_ record: RecordID) throws -> [RecordID] {
        let entries = try session.connection.rows(
            """
            SELECT changes FROM sys_audit WHERE record = \(record) AND origin = \(Origin.importRun(id).name) \
            AND action = 'attach' ORDER BY seq
            """
        )
        let present = Set(try Files.list(object, record, session, limit: 1000).map(\.id))
        return entries.compactMap { row in
            let told = (try? JSONReader.parse(row.text(0)))?["file"]?.array?.last
            return told?["id"]?.string.flatMap { RecordID($0) }
        }.filter(present.contains)
    }

    /// The values before the import changed them: from the audit log, and what was kept beside it.
    private func earlier(_ record: RecordID) throws -> [JSONValue.Member] {
        var members = try UndoTables.before(record, of: id, on: session.connection).filter { member in
            object.field(member.key)?.isWritable ?? false
        }
        try session.connection.each(
            """
            SELECT changes FROM sys_audit WHERE record = \(record) AND origin = \(Origin.importRun(id).name) \
            AND action = 'update' ORDER BY seq
            """
        ) { cursor in
            let changes = (try? JSONReader.parse(cursor.text(0)))?.members ?? []
            for change in changes where !members.contains(where: { $0.key == change.key }) {
                guard let field = object.field(change.key), field.isWritable, let before = change.value.array?.first
                else { continue }
                members.append(.init(key: change.key, value: before))
            }
            return true
        }
        return members
    }
}

extension UndoStatus {
    /// What the audit log says about an import that was taken back.
    fileprivate func auditText(_ id: RecordID) -> String {
        var json = JSONWriter()
        json.object { json in
            json.key("import")
            json.id(id)
            json.member("deleted", deleted)
            json.member("restored", restored)
            json.member("spared", spared)
        }
        return json.text
    }
}
