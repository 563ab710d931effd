public import Database
import Foundation
import SQLText
import Values

/// What can be known of the disk of a PostgreSQL server, with whatever rights the user has there: PostgreSQL itself
/// tells nobody how much is free.
public struct DatabaseDisk: Sendable {
    /// A folder of the server, where it is on this machine.
    public struct Place: Sendable, Equatable {
        /// The path.
        public let folder: String
        /// The free bytes of its disk.
        public let free: Int64

        /// A folder whose disk has so many free bytes.
        public init(_ folder: String, free: Int64) { (self.folder, self.free) = (folder, free) }
    }

    /// A replication slot: for its reader the server keeps the log from there on, however long that gets.
    public struct Slot: Sendable, Equatable {
        /// The name.
        public let name: String
        /// Whether somebody reads it now.
        public let isRead: Bool
        /// The bytes of the log that are kept for it.
        public let held: Int64

        /// A slot of that name.
        public init(_ name: String, isRead: Bool, held: Int64) {
            (self.name, self.isRead, self.held) = (name, isRead, held)
        }
    }

    /// Where tables and log lie and how much is free there; empty when that cannot be seen from here.
    public var places: [Place] = []
    /// The data folder on the server's machine; nil when this user may not know it.
    public var folder: String?
    /// The size of the database; nil when this user may not know it.
    public var bytes: Int64?
    /// The size of the log, `pg_wal`; nil when this user may not know it.
    public var logBytes: Int64?
    /// The replication slots, those that keep the most first.
    public var slots: [Slot] = []

    /// Nothing is known.
    public init() {}

    /// Looks at it. What this user may not ask for is left out: each question is a read of its own, since one that is
    /// refused ends its transaction.
    public static func look(_ database: Database) async -> DatabaseDisk {
        var disk = DatabaseDisk()
        guard database.dialect == .postgres else { return disk }
        disk.bytes = await number("SELECT pg_database_size(current_database())", database)
        disk.logBytes = await number("SELECT CAST(sum(size) AS BIGINT) FROM pg_ls_waldir()", database)
        disk.slots = (try? await database.read { try DatabaseDisk.slots(on: $0) }) ?? []
        if let found = try? await database.read({ try DatabaseDisk.places(on: $0) }) {
            disk.folder = found.folder.isEmpty ? nil : found.folder
            disk.places = found.places
        }
        return disk
    }

    private static func number(_ question: SQLFragment, _ database: Database) async -> Int64? {
        try? await database.read { try $0.value(question).integer }
    }

    private static func slots(on connection: Connection) throws -> [Slot] {
        try connection.rows(
            """
            SELECT CAST(slot_name AS TEXT), active, CAST(pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery()
                THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, restart_lsn) AS BIGINT) AS held
            FROM pg_replication_slots WHERE restart_lsn IS NOT NULL ORDER BY held DESC
            """
        ).map { Slot($0.text(0), isRead: $0.integer(1) == 1, held: $0.integer(2)) }
    }

    /// The data folder, and what can be seen of the disks from here.
    private static func places(on connection: Connection) throws -> (folder: String, places: [Place]) {
        // What this user may not know, this view leaves out, where `current_setting` would be refused.
        let row = try connection.row(
            """
            SELECT COALESCE((SELECT setting FROM pg_settings WHERE name = 'data_directory'), ''),
            COALESCE(pg_tablespace_location(dattablespace), ''), COALESCE(inet_server_addr() <<= '127.0.0.0/8'
                OR inet_server_addr() = '::1', true), CAST(pg_backend_pid() AS BIGINT)
            FROM pg_database WHERE datname = current_database()
            """
        )
        guard let row else { return ("", []) }
        let (folder, tables) = (row.text(0), row.text(1))
        guard row.integer(2) == 1, isHere(process: row.integer(3)) else { return (folder, []) }
        // The log may have a disk of its own behind a link, which only who may enter the folder can see.
        let wanted = [tables.hasPrefix("/") ? tables : folder, folder.isEmpty ? "" : folder + "/pg_wal"]
        let places = wanted.filter { !$0.isEmpty }.compactMap { path in
            DiskState.free(at: path).map { Place(path, free: $0) }
        }
        return (folder, places)
    }

    /// Whether the process that answers is one of this machine: a tunnel to another one ends on the loopback address too.
    private static func isHere(process: Int64) -> Bool {
        guard let words = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") else { return false }
        return String(decoding: words, as: UTF8.self).contains("postgres")
    }
}
