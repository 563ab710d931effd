import Database
import Records
import SQLText
import Values

/// What `kehu doctor` says of a PostgreSQL server and of a workspace in it.
enum DatabaseDiagnosis {
    /// Seconds by which clocks or replicas may differ before somebody should look.
    private static let tolerance: Int64 = 10

    /// With `replicas` that the settings name, which are asked themselves.
    static func of(_ workspace: OpenWorkspace, replicas named: Int) async throws -> [Finding] {
        let database = workspace.engine.database
        guard database.dialect == .postgres else { return [] }
        // Of the machine: the workspace goes by the clock of the database.
        let (now, pool) = (Clock.system.now(), database.readers)
        return try await database.read { connection in
            try clock(now, connection) + connections(pool, connection) + replicas(named, connection)
                + indexes(workspace.name, connection) + statistics(workspace.name, connection)
        }
    }

    private static func clock(_ now: Instant, _ connection: Connection) throws -> [Finding] {
        let theirs = try connection.value("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)")
        let seconds = ((theirs.integer ?? now.milliseconds) - now.milliseconds) / 1000
        guard abs(seconds) > tolerance else { return [] }
        let (size, isAhead) = (abs(seconds), seconds > 0)
        return [
            Finding(
                .notice,
                "clock_skew",
                Label(
                    "The clock of the database is \(size) s \(isAhead ? "ahead of" : "behind") this machine's. Let both follow the same time server.",
                    zh: "数据库服务器时钟比本机\(isAhead ? "快" : "慢") \(size) 秒，请让两台机器同步到同一时间服务器。"
                )
            )
        ]
    }

    private static func connections(_ pool: Int, _ connection: Connection) throws -> [Finding] {
        let row = try connection.row(
            """
            SELECT CAST(current_setting('max_connections') AS BIGINT), count(*) FROM pg_stat_activity
            WHERE backend_type = 'client backend'
            """
        )
        guard let row, row.integer(1) + Int64(pool) + 1 > row.integer(0) else { return [] }
        return [
            Finding(
                .notice,
                "few_connections",
                Label(
                    "\(row.integer(1)) of \(row.integer(0)) connections are in use; one more process may need \(pool + 1). Raise max_connections, or lower «pool» in the address.",
                    zh:
                        "已使用 \(row.integer(1)) 个连接，上限 \(row.integer(0)) 个；再启动一个进程最多还需 \(pool + 1) 个。请调大 max_connections 或减小地址中的 pool。"
                )
            )
        ]
    }

    /// The servers of the settings that are to be read from.
    static func replicas(of server: PostgresServer) async -> [Finding] {
        await server.replicaStates().compactMap { place, state in
            let (english, chinese) =
                switch state {
                case .follows(let behind) where behind < tolerance: ("", "")
                case .follows(let behind): ("is \(behind) s behind", "落后 \(behind) 秒")
                case .leads: ("follows no other server", "不是只读副本")
                case .silent(let words): ("does not answer: \(words)", "无法连接：\(words)")
                }
            if english.isEmpty { return nil }
            return Finding(
                .notice,
                "replica_unused",
                Label(
                    "The replica \(place) \(english). Lists and reports are read from the leading server meanwhile.",
                    zh: "副本 \(place) \(chinese)，列表和报表暂由主库提供。"
                )
            )
        }
    }

    /// Only who may see them hears of lags, by the right `pg_monitor`; the others hear that they do not.
    private static func replicas(_ named: Int, _ connection: Connection) throws -> [Finding] {
        let rows = try connection.rows(
            """
            SELECT CAST(application_name AS TEXT), CAST(state AS TEXT),
            CAST(COALESCE(extract(epoch FROM replay_lag), 0) AS BIGINT) FROM pg_stat_replication
            """
        )
        let hidden = rows.filter { $0[1].isNull }.count
        return (hidden > named ? [unseen(hidden)] : []) + rows.compactMap(lag)
    }

    private static func lag(_ row: Row) -> Finding? {
        let (name, state, lag) = (row.text(0), row.text(1), row.integer(2))
        guard lag > tolerance || !["", "streaming"].contains(state) else { return nil }
        return Finding(
            .notice,
            "replica_lags",
            Label(
                "The replica «\(name)» is \(lag) s behind (\(state)). Look at its disk and the network.",
                zh: "副本 \(name) 落后 \(lag) 秒（\(state)），请检查其磁盘和网络。"
            )
        )
    }

    /// Said plainly: nobody is to believe that they were looked at.
    private static func unseen(_ count: Int) -> Finding {
        Finding(
            .notice,
            "replica_unseen",
            Label(
                "How far the servers that follow the database (\(count)) are behind cannot be seen from here. Give its user the right to (GRANT pg_monitor TO …), or name those that are to be read from in database_replicas.",
                zh: "无法查看数据库副本（共 \(count) 个）的延迟。请授予该用户 pg_monitor 权限，或在 database_replicas 中指定用于读取的副本。"
            )
        )
    }

    /// An index whose building was broken off is written and never read.
    private static func indexes(_ name: String, _ connection: Connection) throws -> [Finding] {
        try connection.rows(
            """
            SELECT CAST(c.relname AS TEXT) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND NOT i.indisvalid
            """
        ).map { row in
            Finding(
                .bad,
                "broken_index",
                Label(
                    "The index «\(row.text(0))» of «\(name)» is not whole. In its schema: REINDEX INDEX \"\(row.text(0))\"",
                    zh: "“\(name)”的索引 \(row.text(0)) 不完整，请在对应 schema 中执行 REINDEX INDEX \"\(row.text(0))\"。"
                )
            )
        }
    }

    /// Without statistics searches for frequent words are slow.
    private static func statistics(_ name: String, _ connection: Connection) throws -> [Finding] {
        let tables = try connection.rows(
            """
            SELECT CAST(relname AS TEXT) FROM pg_stat_user_tables WHERE schemaname = current_schema()
            AND n_live_tup > 5000 AND last_analyze IS NULL AND last_autoanalyze IS NULL ORDER BY relname LIMIT 3
            """
        ).map { $0.text(0) }
        guard !tables.isEmpty else { return [] }
        let list = tables.joined(separator: ", ")
        return [
            Finding(
                .notice,
                "no_statistics",
                Label(
                    "PostgreSQL has no statistics of large tables of «\(name)» (\(list)): run ANALYZE, and see that autovacuum is on.",
                    zh: "PostgreSQL 缺少“\(name)”大表的统计信息（\(list)）：请执行 ANALYZE，并确认已启用 autovacuum。"
                )
            )
        ]
    }
}
