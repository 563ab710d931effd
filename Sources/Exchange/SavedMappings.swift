import Database
import Identity
import Records
import SQLText
import Schema
public import Values

/// How columns were matched the last time that a file had the same headings.
public struct SavedMapping: Sendable {
    /// The columns and what belongs to them.
    public let mapping: ImportMapping
    /// What was done with the rows.
    public let mode: ImportMode
    /// The fields by which records were found.
    public let match: [String]
    /// When it was used.
    public let usedAt: Instant
    /// By whom.
    public let actorName: String
}

/// The mappings of earlier imports, by object and headings.
enum SavedMappings {
    static let ddl = """
        CREATE TABLE IF NOT EXISTS sys_import_mapping (
            object TEXT NOT NULL, headers TEXT NOT NULL, mapping TEXT NOT NULL, mode TEXT NOT NULL, match_keys TEXT NOT NULL,
            used_at BIGINT NOT NULL, actor_name TEXT NOT NULL, PRIMARY KEY (object, headers)
        )
        """

    /// Headings in any order and with any case are the same set.
    private static func key(_ headers: [String]) -> String {
        let text = headers.map { Fold.fold($0.trimmed) }.sorted().joined(separator: "\u{1F}")
        return ContentHash.sha256(Array(text.utf8)).map { byte in
            let hex = String(byte, radix: 16)
            return byte < 16 ? "0" + hex : hex
        }.joined()
    }

    static func save(_ status: ImportStatus, _ headers: [String], on connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO sys_import_mapping (object, headers, mapping, mode, match_keys, used_at, actor_name)
            VALUES (\(status.object), \(key(headers)), \(status.mapping.text), \(status.mode.rawValue),
            \(status.match.joined(separator: ",")), \(status.startedAt), \(status.actorName))
            ON CONFLICT (object, headers) DO UPDATE SET mapping = excluded.mapping, mode = excluded.mode,
            match_keys = excluded.match_keys, used_at = excluded.used_at, actor_name = excluded.actor_name
            """
        )
    }

    /// The last mapping for these headings, in the order of this file. Fields that are gone or that the person may not
    /// see are left out.
    static func find(_ headers: [String], _ visible: ObjectDefinition, on connection: Connection) throws
        -> SavedMapping?
    {
        guard
            let row = try connection.row(
                """
                SELECT mapping, mode, match_keys, used_at, actor_name FROM sys_import_mapping \
                WHERE object = \(visible.key) AND headers = \(key(headers))
                """
            ), let json = try? JSONReader.parse(row.text(0)), let stored = try? ImportMapping(json)
        else { return nil }
        var mapping = stored
        var rest = stored.columns
        mapping.columns = headers.map { header in
            let folded = Fold.fold(header.trimmed)
            guard let index = rest.firstIndex(where: { Fold.fold($0.header.trimmed) == folded }) else {
                return .init(header, nil)
            }
            var column = rest.remove(at: index)
            column.header = header
            if let target = column.field, target != ArchiveWriter.attachments,
                visible.field(target.leading).map({ visible.visibleFields.contains($0) }) != true
            {
                column = .init(header, nil)
            }
            return column
        }
        mapping.defaults = stored.defaults.filter { visible.field($0.key) != nil }
        return SavedMapping(
            mapping: mapping,
            mode: ImportMode(rawValue: row.text(1)) ?? .create,
            match: row.text(2).split(separator: ",").map(String.init).filter { visible.field($0) != nil },
            usedAt: Instant(milliseconds: row.integer(3)),
            actorName: row.text(4)
        )
    }
}

extension ImportMapping {
    /// The same columns in the order of a file; those that the mapping does not name are left out of the import.
    public func ordered(by headers: [String]) -> ImportMapping {
        var (result, rest) = (self, columns)
        result.columns = headers.map { header in
            let index =
                rest.firstIndex { $0.header == header }
                ?? rest.firstIndex { Fold.fold($0.header.trimmed) == Fold.fold(header.trimmed) }
            return index.map { rest.remove(at: $0) } ?? .init(header, nil)
        }
        // What the file does not have stays, so that it is complained about.
        result.columns += rest
        return result
    }
}
