import Database
import Operations
import Values

/// What `kehu doctor` says of the disk of a PostgreSQL server.
enum DatabaseDiskDiagnosis {
    /// Bytes of the log that may be kept for a reader that is away.
    private static let keptForNobody: Int64 = 64_000_000
    /// And for one that is there.
    private static let keptForReader: Int64 = 4_000_000_000

    static func of(_ server: PostgresServer) async -> [Finding] {
        findings(await DatabaseDisk.look(Database(postgres: server, schema: "public")))
    }

    static func findings(_ disk: DatabaseDisk) -> [Finding] {
        let tightest = disk.places.min { $0.free < $1.free }
        return [tightest.map { free($0, disk) } ?? unseen(disk)] + disk.slots.compactMap(slot)
    }

    private static func free(_ place: DatabaseDisk.Place, _ disk: DatabaseDisk) -> Finding {
        let megabytes = place.free / 1_000_000
        guard place.free < DiskState.least * 64 else {
            return Finding(
                .good,
                "database_disk",
                Label(
                    "\(megabytes) MB are free on the disk of the database (\(place.folder)).",
                    zh: "数据库所在磁盘（\(place.folder)）剩余 \(megabytes) MB。"
                )
            )
        }
        return Finding(
            place.free < DiskState.least ? .bad : .notice,
            "database_disk",
            Label(
                "Only \(megabytes) MB are free on the disk of the database (\(place.folder)); \(sizes(disk).en). Free some space or make the disk larger: without room for its log PostgreSQL stops.",
                zh:
                    "数据库所在磁盘（\(place.folder)）仅剩 \(megabytes) MB；\(sizes(disk).zh)。请清理空间或扩容：日志无处可写时 PostgreSQL 会停止运行。"
            )
        )
    }

    /// Said plainly: nobody is to believe that the disk was looked at.
    private static func unseen(_ disk: DatabaseDisk) -> Finding {
        let folder = disk.folder ?? "$(psql -Atc 'SHOW data_directory')"
        let rights = Label(
            " With the right pg_monitor its user learns more.",
            zh: "授予该用户 pg_monitor 权限后可显示更多信息。"
        )
        let isTold = disk.folder != nil && disk.logBytes != nil
        return Finding(
            .notice,
            "database_disk",
            Label(
                "How much is free on the disk of the database cannot be seen from here; \(sizes(disk).en). Look on its machine: df -h \(folder)\(isTold ? "" : rights.en)",
                zh: "无法从本机查看数据库所在磁盘的剩余空间；\(sizes(disk).zh)。请在数据库服务器上执行 df -h \(folder) 查看。\(isTold ? "" : rights.zh)"
            )
        )
    }

    private static func sizes(_ disk: DatabaseDisk) -> Label {
        func size(_ bytes: Int64?, _ unknown: String) -> String {
            bytes.map { "\($0 / 1_000_000) MB" } ?? unknown
        }
        let (tables, log) = (size(disk.bytes, "unknown"), size(disk.logBytes, "unknown"))
        return Label(
            "size of the database: \(tables), of its log (pg_wal): \(log)",
            zh: "数据库大小 \(size(disk.bytes, "未知"))，日志（pg_wal）大小 \(size(disk.logBytes, "未知"))"
        )
    }

    private static func slot(_ slot: DatabaseDisk.Slot) -> Finding? {
        guard slot.held > (slot.isRead ? keptForReader : keptForNobody) else { return nil }
        let megabytes = slot.held / 1_000_000
        let text =
            slot.isRead
            ? Label(
                "The reader of the replication slot «\(slot.name)» lags: \(megabytes) MB of log are kept for it. Look at its disk and the network before the disk of the database is full.",
                zh: "复制槽 \(slot.name) 的读取端落后，已为其保留 \(megabytes) MB 日志。请检查其磁盘和网络，以免数据库磁盘写满。"
            )
            : Label(
                "Nobody reads the replication slot «\(slot.name)», for which \(megabytes) MB of log are kept, more each day until the disk of the database is full. Start its reader again, or remove it: SELECT pg_drop_replication_slot('\(slot.name)')",
                zh:
                    "复制槽 \(slot.name) 无人读取，已为其保留 \(megabytes) MB 日志，且会不断增加直至写满数据库磁盘。请重新启动其读取端，或删除它：SELECT pg_drop_replication_slot('\(slot.name)')"
            )
        return Finding(.notice, "slot_holds_log", text)
    }
}
