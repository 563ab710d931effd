import Database
import Duplicates
import Exchange
import Identity
import Logging
import Records
import SQLText
import Schema
import ServiceLifecycle
import Values

/// Clears away what has had its time, once an hour, in small portions so that nobody waits.
struct Maintenance: Service {
    let workspace: OpenWorkspace
    let logger: Logger

    private static let day: Int64 = 86_400_000

    func run() async throws {
        await resumeImports()
        await resumeDuplicates()
        // Not at once: whoever starts the program wants to use it.
        await wait(seconds: 60)
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            do {
                try await once()
            } catch {
                logger.error("maintenance failed", metadata: ["error": "\(error)"])
            }
            await wait(seconds: 3600)
        }
    }

    /// Goes on with the imports that a crash interrupted.
    private func resumeImports() async {
        let (identities, imports) = (workspace.identities, workspace.imports)
        do {
            try await imports.resumeUnfinished { try await identities.actor(for: $0) }
        } catch {
            logger.error("an import could not go on", metadata: ["error": "\(error)"])
        }
    }

    /// Makes the keys of duplicates that are missing, and goes on with the searches that a crash interrupted.
    private func resumeDuplicates() async {
        for object in workspace.engine.schema.objects where !object.hidden {
            do {
                try await workspace.engine.continueDuplicateRun(of: object.key)
            } catch {
                logger.error("keys of duplicates could not be made", metadata: ["error": "\(error)"])
            }
        }
    }

    private func wait(seconds: Int) async {
        try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(seconds)) }
    }

    /// One round.
    func once() async throws {
        let (engine, identities) = (workspace.engine, workspace.identities)
        let now = engine.clock.now()
        let (old, week, yesterday) = (
            now.adding(milliseconds: -30 * Maintenance.day), now.adding(milliseconds: -7 * Maintenance.day),
            now.adding(milliseconds: -Maintenance.day)
        )
        try await engine.database.write { connection in
            try identities.sweep(on: connection)
            try connection.run("DELETE FROM sys_idempotency WHERE at < \(yesterday)")
        }
        while try await engine.database.write({ connection in
            try connection.run(
                "DELETE FROM sys_outbox WHERE id IN (SELECT id FROM sys_outbox WHERE id < \(IDSource.floor(at: week)) LIMIT 1000)"
            )
        }) == 1000 {}
        try await engine.dropRemovedDefinitions(before: old)
        for object in engine.schema.objects { try await purge(object.key, before: old) }
    }

    /// Deletes for ever what has been in the recycle bin for thirty days. What was merged stays: a merge can be undone.
    private func purge(_ key: String, before old: Instant) async throws {
        while true {
            let count = try await workspace.engine.write(as: .system("recycle bin")) { session in
                guard let object = session.schema.object(key) else { return 0 }
                let rows = try session.connection.rows(
                    """
                    SELECT t."id" FROM \(name: key) t WHERE t."deleted_at" IS NOT NULL AND t."deleted_at" < \(old)
                    AND NOT EXISTS (SELECT 1 FROM sys_merge_loser l JOIN sys_merge m ON m.id = l.merge
                        WHERE l.record = t."id" AND m.undone_at IS NULL)
                    LIMIT 100
                    """
                )
                for row in rows { if let id = row.id(0) { try session.purge(object, id) } }
                return rows.count
            }
            if count < 100 { return }
        }
    }
}
