import Database
import Exchange
import Identity
import Jobs
import Records
import SQLText
import Schema
import Values
import Webhooks

/// The recurring jobs that clear away what has had its time, in small portions so that nobody waits.
enum Maintenance {
    private static let day: Int64 = 86_400_000
    private static let portion = 100

    /// Jobs, as SQL, that find nothing new to do each hour where nobody works: a closed workspace is not opened for them.
    static let patient = "'maintenance.sweep', 'maintenance.bin', 'files.clear', 'duplicates.keys'"

    /// The jobs of a workspace.
    static func kinds(
        _ engine: RecordEngine,
        _ identities: Identities,
        _ imports: Imports,
        _ webhooks: Webhooks
    ) -> [JobKind] {
        [sweep(engine, identities, webhooks), bin(engine), definitions(engine), uploads(imports), undos(engine)]
            + [search(engine)] + DuplicateJobs.kinds(engine) + CostingJobs.kinds(engine, identities)
    }

    private static func ago(_ days: Int64, _ engine: RecordEngine) -> Instant {
        engine.clock.now().adding(milliseconds: -days * day)
    }

    private static func sweep(_ engine: RecordEngine, _ identities: Identities, _ webhooks: Webhooks) -> JobKind {
        JobKind(
            "maintenance.sweep",
            label: Label("Clear away ended sessions and old events", zh: "清理过期会话与历史事件"),
            schedule: .every(seconds: 3600)
        ) { _ in
            let (yesterday, week) = (ago(1, engine), ago(7, engine))
            let hasMore = try await engine.database.write { connection in
                try identities.sweep(on: connection)
                try connection.run("DELETE FROM sys_idempotency WHERE at < \(yesterday)")
                // An event stays until every webhook that is on has it, however long that takes.
                let floor = IDSource.floor(at: week)
                let needed = try Webhooks.needed(on: connection) ?? floor
                let events = try connection.run(
                    """
                    DELETE FROM sys_outbox WHERE id IN (SELECT id FROM sys_outbox
                    WHERE id < \(min(floor, needed)) LIMIT 1000)
                    """
                )
                let deliveries = try webhooks.sweep(on: connection)
                let jobs = try connection.run(JobTables.sweep(at: engine.clock.now()))
                return events == 1000 || jobs == 1000 || deliveries
            }
            return hasMore ? .more(.object([])) : .done()
        }
    }

    private static func uploads(_ imports: Imports) -> JobKind {
        JobKind(
            "maintenance.imports",
            label: Label("Remove the files of imports after 30 days", zh: "清除 30 天前的导入文件"),
            schedule: .daily(hour: 3, minute: 50)
        ) { _ in
            try await imports.sweep()
            return .done()
        }
    }

    private static func undos(_ engine: RecordEngine) -> JobKind {
        JobKind(
            "maintenance.bulk",
            label: Label("Forget changes of many records after 30 days", zh: "清除 30 天前的批量处理记录"),
            schedule: .daily(hour: 3, minute: 55)
        ) { _ in
            let hasMore = try await engine.forgetOldBulk()
            return hasMore ? .more(.object([])) : .done()
        }
    }

    private static func search(_ engine: RecordEngine) -> JobKind {
        JobKind(
            "maintenance.search",
            label: Label("Tidy the search index", zh: "整理搜索索引"),
            schedule: .daily(hour: 3, minute: 30)
        ) { _ in
            try await engine.tidySearch()
            return .done()
        }
    }

    private static func definitions(_ engine: RecordEngine) -> JobKind {
        JobKind(
            "maintenance.definitions",
            label: Label("Drop objects and fields removed 30 days ago", zh: "清除 30 天前移除的对象和字段"),
            schedule: .daily(hour: 3, minute: 40)
        ) { _ in
            try await engine.dropRemovedDefinitions(before: ago(30, engine))
            return .done()
        }
    }

    /// Deletes for ever what has been in the recycle bin for thirty days.
    private static func bin(_ engine: RecordEngine) -> JobKind {
        JobKind(
            "maintenance.bin",
            label: Label("Empty the recycle bin after 30 days", zh: "清空回收站中超过 30 天的记录"),
            schedule: .every(seconds: 3600)
        ) { _ in
            for object in engine.schema.objects where try await purge(object.key, engine) == portion {
                return .more(.object([]))
            }
            return .done()
        }
    }

    private static func purge(_ key: String, _ engine: RecordEngine) async throws -> Int {
        let old = ago(30, engine)
        return try await engine.write(as: .system("recycle bin")) { session in
            guard let object = session.schema.object(key) else { return 0 }
            // A rule of the workspace may keep what was deleted for longer.
            let kept = try session.connection.value(
                "SELECT max(days) FROM sys_retention WHERE object = \(key) AND action = 'purge' AND active = 1"
            )
            let old = min(old, session.now.adding(milliseconds: -(kept.integer ?? 0) * day))
            let rows = try session.connection.rows(
                """
                SELECT "id" FROM \(name: key) WHERE "deleted_at" IS NOT NULL AND "deleted_at" < \(old)
                LIMIT \(portion)
                """
            )
            for row in rows { if let id = row.id(0) { try session.purge(object, id) } }
            return rows.count
        }
    }
}
