import Database
import Identity
public import Records
import SQLText
public import Values

/// Persons who were erased while an import runs: its file may still hold them, and must not bring them back.
///
/// What is kept is a salted hash of each name, number and address, until the import has ended.
public struct ErasedRows: Sendable {
    private let salt: [UInt8]
    /// Hashes of what belongs to one person only: numbers, addresses, ids.
    private let own: Set<[UInt8]>
    /// Hashes of names, which others may have too.
    private let names: Set<[UInt8]>

    static let table = """
        CREATE TABLE IF NOT EXISTS sys_import_erased (
            import BIGINT NOT NULL, hash BLOB NOT NULL, is_name BIGINT NOT NULL, PRIMARY KEY (import, hash)
        )
        """

    /// Tells the imports that have begun and not ended of a person that is being erased, in the same transaction; which
    /// record of another system the person was is forgotten.
    public static func add(_ texts: [String], id: RecordID, _ session: WriteSession) throws {
        try session.connection.run("DELETE FROM sys_import_source WHERE record = \(id)")
        for status in try ImportTables.unfinished(on: session.connection) {
            let salt = Array(status.id.description.utf8)
            for text in texts + [id.description] {
                let isOwn = text == id.description || isNumber(text) || text.contains("@")
                try session.connection.run(
                    """
                    INSERT INTO sys_import_erased (import, hash, is_name) VALUES (\(status.id), \
                    \(SQLValue.blob(hash(text, salt))), \(isOwn ? 0 : 1)) ON CONFLICT (import, hash) DO NOTHING
                    """
                )
            }
        }
    }

    /// Forgets what records held before imports changed them, in the transaction that erases their texts. The audit
    /// log, from which imports are taken back too, has lost it as well.
    public static func forgetFormer(_ records: [RecordID], _ session: WriteSession) throws {
        let ids = records.map { SQLValue.integer($0.raw) }
        try session.connection.run("DELETE FROM sys_import_before WHERE record IN \(list: ids)")
    }

    /// What an import has to leave out; nil for nothing.
    init?(of id: RecordID, _ connection: Connection) throws {
        let rows = try connection.rows("SELECT hash, is_name FROM sys_import_erased WHERE import = \(id)")
        if rows.isEmpty { return nil }
        salt = Array(id.description.utf8)
        func hashes(_ isName: Int64) -> Set<[UInt8]> {
            Set(
                rows.filter { $0.integer(1) == isName }.compactMap {
                    if case .blob(let hash) = $0[0] { hash } else { nil }
                }
            )
        }
        (own, names) = (hashes(0), hashes(1))
    }

    /// Forgets what an import that has ended had to leave out; true when there was something.
    static func forget(_ id: RecordID, _ connection: Connection) throws -> Bool {
        guard try connection.row("SELECT 1 FROM sys_import_erased WHERE import = \(id) LIMIT 1") != nil else {
            return false
        }
        try connection.run("DELETE FROM sys_import_erased WHERE import = \(id)")
        return true
    }

    /// Whether a row is that of an erased person: it has a number or address of theirs, or their name and no number or
    /// address at all. Somebody else of the same name is not left out.
    func holds(_ row: ImportRow) -> Bool {
        let texts: [String] =
            switch row.content {
            case .cells(let cells): cells
            case .object(let members, _): members.flatMap { ErasedRows.texts($0.value) }
            }
        var (isNamed, hasOwn) = (false, false)
        for text in texts where !text.isEmpty {
            let hash = ErasedRows.hash(text, salt)
            if own.contains(hash) { return true }
            if names.contains(hash) { isNamed = true }
            if ErasedRows.isNumber(text) || text.contains("@") { hasOwn = true }
        }
        return isNamed && !hasOwn
    }

    private static func texts(_ value: JSONValue) -> [String] {
        if let text = value.string { return [text] }
        if let items = value.array { return items.flatMap(texts) }
        return (value.members ?? []).flatMap { texts($0.value) }
    }

    private static func isNumber(_ text: String) -> Bool {
        let digits = text.utf8.count { (0x30...0x39).contains($0) }
        return digits >= 7
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || [0x20, 0x28, 0x29, 0x2B, 0x2D, 0x2E].contains($0) }
    }

    /// Numbers count by their last eleven digits, so that the code of the country makes no difference.
    private static func hash(_ text: String, _ salt: [UInt8]) -> [UInt8] {
        let plain = isNumber(text) ? String(text.filter(\.isNumber).suffix(11)) : Fold.fold(text)
        return Array(ContentHash.sha256(salt + Array(plain.utf8)).prefix(16))
    }
}
