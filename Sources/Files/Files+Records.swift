import Database
import Identity
public import Records
public import SQLText
public import Schema
public import Values

/// Files on records: who may read the record reads its files, who may change it adds and deletes them.
extension Files {
    /// The files of a record that the actor may read, newest first: attachments, and those of file fields. Throws
    /// `notFound` when the record may not be read.
    public static func list(
        _ object: ObjectDefinition,
        _ id: RecordID,
        _ session: ReadSession,
        limit: Int = 200
    ) throws -> [StoredFile] {
        _ = try session.findAnywhere(object, id)
        return try session.connection.rows(
            """
            SELECT \(StoredFile.columns) FROM sys_file f WHERE f.record = \(id) AND f.object = \(object.key) \
            AND f.deleted_at IS NULL ORDER BY f.id DESC LIMIT \(max(1, min(limit, 1000)))
            """
        ).compactMap { StoredFile($0) }.filter { isReadable($0, of: object, session) }
    }

    /// The files of some records that the actor may read, in the order of the records and the oldest first. That the
    /// records themselves may be read is for the caller to know.
    public static func list(
        _ object: ObjectDefinition,
        of records: [RecordID],
        _ session: ReadSession
    ) throws -> [StoredFile] {
        try session.connection.rows(
            """
            SELECT \(StoredFile.columns) FROM sys_file f WHERE f.record IN \(list: records.map { SQLValue($0) }) \
            AND f.object = \(object.key) AND f.deleted_at IS NULL ORDER BY f.record, f.id
            """
        ).compactMap { StoredFile($0) }.filter { isReadable($0, of: object, session) }
    }

    /// The files of the records that `records` asks for, deleted ones too as long as they are kept, in the order of their
    /// ids behind one of them. For giving out all that is held; who may read that is for the caller to know.
    public static func held(
        _ object: ObjectDefinition,
        of records: SQLFragment,
        after last: Int64,
        limit: Int,
        _ session: ReadSession
    ) throws -> [StoredFile] {
        try session.connection.rows(
            """
            SELECT \(StoredFile.columns) FROM sys_file f WHERE f.record IN (\(records)) AND f.object = \(object.key) \
            AND f.id > \(last) ORDER BY f.id LIMIT \(limit)
            """
        ).compactMap { StoredFile($0) }
    }

    /// A file that the actor may see; else throws `notFound`.
    public static func find(_ id: RecordID, _ session: ReadSession) throws -> StoredFile {
        guard let file = try row(id, session), file.deletedAt == nil else { throw Problem.notFound }
        try checkReadable(file, session)
        return file
    }

    static func row(_ id: RecordID, _ session: ReadSession) throws -> StoredFile? {
        try session.connection.row("SELECT \(StoredFile.columns) FROM sys_file f WHERE f.id = \(id)").flatMap {
            StoredFile($0)
        }
    }

    private static func checkReadable(_ file: StoredFile, _ session: ReadSession) throws {
        guard let key = file.object, let record = file.record else {
            guard file.createdBy == session.actor.userID else { throw Problem.notFound }
            return
        }
        guard let object = session.schema.object(key), isReadable(file, of: object, session) else {
            throw Problem.notFound
        }
        _ = try session.findAnywhere(object, record)
    }

    private static func isReadable(_ file: StoredFile, of object: ObjectDefinition, _ session: ReadSession) -> Bool {
        guard let key = file.field, let field = object.field(key) else { return true }
        return session.right(on: field, of: object) != .hidden
    }

    // MARK: Changing

    static func mayAttach(_ object: ObjectDefinition, _ id: RecordID, _ session: ReadSession) throws {
        _ = try session.find(object, id)
        guard try session.may(.update, object, id) else {
            throw Problem.forbidden(
                Label("You may read this record but not change its files.", zh: "您只能查看这条记录，不能添加或删除附件。")
            )
        }
    }

    /// Attaches an uploaded file of the actor to a record.
    public static func attach(
        _ file: RecordID,
        to object: ObjectDefinition,
        _ id: RecordID,
        _ session: WriteSession
    ) throws {
        try mayAttach(object, id, session)
        guard let present = try row(file, session), present.deletedAt == nil, present.record == nil,
            present.createdBy == session.actor.userID
        else {
            throw Problem.invalid(
                "file",
                "unknown_link",
                Label("There is no such uploaded file of yours.", zh: "没有您上传的这个文件。")
            )
        }
        try session.connection.run(
            "UPDATE sys_file SET object = \(object.key), record = \(id) WHERE id = \(file)"
        )
        try note("attach", present, before: false, object, id, session)
    }

    /// Attaches uploaded files of the actor whose name and content do not hang on the record yet; true when there were
    /// any. So what is brought twice hangs there once.
    public static func attachNew(
        _ files: [RecordID],
        to object: ObjectDefinition,
        _ id: RecordID,
        _ session: WriteSession
    ) throws -> Bool {
        func content(_ file: StoredFile) -> [String] { [file.name, file.hash] }
        var present = Set(try list(object, id, session, limit: 1000).filter { $0.field == nil }.map(content))
        var isAny = false
        for file in files {
            if let row = try row(file, session), row.record == nil, row.createdBy == session.actor.userID,
                !present.insert(content(row)).inserted
            {
                continue
            }
            try attach(file, to: object, id, session)
            isAny = true
        }
        return isAny
    }

    /// Deletes a file. One of a file field is taken out by changing the field. It can be restored for thirty days.
    public static func delete(_ id: RecordID, _ session: WriteSession) throws {
        let file = try find(id, session)
        if let key = file.object, let record = file.record, let object = session.schema.object(key) {
            try mayAttach(object, record, session)
            if let key = file.field, let field = object.field(key) {
                try session.update(object, record, .object([.init(key: field.key, value: .null)]))
                return
            }
            try note("detach", file, before: true, object, record, session)
        }
        try session.connection.run("UPDATE sys_file SET deleted_at = \(session.now) WHERE id = \(id)")
    }

    /// Takes the deletion of an attachment back.
    public static func restore(_ id: RecordID, _ session: WriteSession) throws -> StoredFile {
        guard let file = try row(id, session), file.deletedAt != nil, file.field == nil else { throw Problem.notFound }
        try checkReadable(file, session)
        if let key = file.object, let record = file.record, let object = session.schema.object(key) {
            try mayAttach(object, record, session)
            try note("attach", file, before: false, object, record, session)
        }
        try session.connection.run("UPDATE sys_file SET deleted_at = NULL WHERE id = \(id)")
        return try find(id, session)
    }

    private static func note(
        _ action: String,
        _ file: StoredFile,
        before: Bool,
        _ object: ObjectDefinition,
        _ id: RecordID,
        _ session: WriteSession
    ) throws {
        let told = JSONValue.object([
            .init(key: "id", value: .string(file.id.description)), .init(key: "name", value: .string(file.name)),
        ])
        let pair = JSONValue.array(before ? [told, .null] : [.null, told])
        try Audit.add(
            AuditEntry(
                action,
                object: object.key,
                record: id,
                changes: JSONValue.object([.init(key: "file", value: pair)]).text
            ),
            by: session.actor,
            at: session.now,
            on: session.connection
        )
    }
}
