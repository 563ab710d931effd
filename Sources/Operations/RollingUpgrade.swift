public import Database
public import Records
import SQLText
import Values

/// Which migrations were run: a row of `sys_upgrade` each.
enum MigrationSteps {
    /// True when nothing of a migration is left to do.
    static func isSettled(_ migration: Migration, on connection: Connection) throws -> Bool {
        // Of older workspaces only the number is known; what was taken away is not asked for again.
        if migration.contract != nil, try connection.storedFormat() >= migration.format { return true }
        return try state(migration.format, on: connection) == 1
    }

    /// True when what a migration adds is there.
    static func isExpanded(_ migration: Migration, on connection: Connection) throws -> Bool {
        try isSettled(migration, on: connection) || state(migration.format, on: connection) != nil
    }

    static func settle(_ format: Int64, on connection: Connection) throws { try note(format, 1, on: connection) }
    static func expanded(_ format: Int64, on connection: Connection) throws { try note(format, 0, on: connection) }

    private static func state(_ format: Int64, on connection: Connection) throws -> Int64? {
        guard try connection.hasTable("sys_upgrade") else { return nil }
        return try connection.value("SELECT settled FROM sys_upgrade WHERE format = \(format)").integer
    }

    private static func note(_ format: Int64, _ settled: Int64, on connection: Connection) throws {
        try connection.create([UpgradeTable.definition])
        try connection.run(
            """
            INSERT INTO sys_upgrade (format, settled) VALUES (\(format), \(settled))
            ON CONFLICT (format) DO UPDATE SET settled = excluded.settled
            """
        )
    }
}

/// The upgrade of a workspace in PostgreSQL while programs of the version before go on serving it: what the new version
/// needs is added at once, what only they need goes when the last of them has gone.
public struct RollingUpgrade: Sendable {
    private let database: Database
    private let migrations: [Migration]
    /// The program that this process runs.
    public let program: Edition

    /// An upgrade to what a program knows.
    public init(_ database: Database, _ migrations: [Migration], program: Edition) {
        self.database = database
        self.migrations = migrations.sorted { $0.format < $1.format }
        self.program = program
    }

    /// The form of stored data that a program must know to open a new workspace.
    public static func needed(_ migrations: [Migration]) -> Int64 {
        migrations.filter { $0.contract != nil }.map(\.format).max() ?? 1
    }

    /// Notes that a new workspace is as all migrations make it.
    public static func noteNew(_ migrations: [Migration], on connection: Connection) throws {
        for migration in migrations { try MigrationSteps.settle(migration.format, on: connection) }
        try connection.setStoredFormat(needed(migrations))
    }

    /// Adds what this version needs. Others read and write meanwhile.
    public func expand() async throws {
        for migration in migrations {
            try await database.define { connection in
                guard try !MigrationSteps.isExpanded(migration, on: connection) else { return }
                try migration.expand?(connection)
                try MigrationSteps.expanded(migration.format, on: connection)
            }
        }
    }

    /// Fills what was added, and takes away what only older programs need, unless some still run: those are the answer.
    /// `visitors` are processes of other programs that may open the workspace again, though they do not have it open.
    public func settle(visitors: () async throws -> [NodeNumbers.Other] = { [] }) async throws -> [NodeNumbers.Other] {
        let program = program
        for migration in migrations {
            if try await database.read({ try MigrationSteps.isSettled(migration, on: $0) }) { continue }
            if let fill = migration.fill {
                while try await database.write(patient: true, fill) { try Task.checkCancellation() }
            }
            // Any that begins after this look finds, as after the commit, that the data is too new for it.
            let resting = try await visitors().filter { $0.program.format < migration.format }
            guard resting.isEmpty else { return resting }
            let older = try await database.define { connection -> [NodeNumbers.Other] in
                // Whoever begins to run says so in a write of its own: not between this look and the commit.
                let older = try NodeNumbers.others(than: program, on: connection).filter {
                    $0.program.format < migration.format
                }
                guard older.isEmpty else { return older }
                try migration.finish(on: connection)
                // A process that was silent for so long that it was taken to be gone notices by this number.
                try connection.run(
                    """
                    INSERT INTO sys_counter (name, value) VALUES ('schema_version', 1)
                    ON CONFLICT (name) DO UPDATE SET value = sys_counter.value + 1
                    """
                )
                return []
            }
            if !older.isEmpty { return older }
        }
        return []
    }
}
