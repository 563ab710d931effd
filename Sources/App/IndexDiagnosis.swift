import Database
import Records
import SQLText
import Values

/// What `kehu doctor` says of indexes that a workspace lacks. It looks before the workspace is opened, since opening it
/// makes them.
struct IndexDiagnosis {
    private let name: String
    private let missing: [DemandedIndex]

    /// Looks, and changes nothing. A workspace that cannot be looked at says why when it is opened.
    init(_ name: String, in directory: WorkspaceDirectory) async {
        self.name = name
        missing = (try? await IndexDiagnosis.look(name, directory)) ?? []
    }

    /// What was missing, once the workspace is open.
    func findings(in database: Database) async -> [Finding] {
        if missing.isEmpty { return [] }
        let still = Set((try? await database.read { try IndexDiagnosis.missing(on: $0) }) ?? missing)
        return told(missing.filter { !still.contains($0) }, made) + told(missing.filter(still.contains), absent)
    }

    /// What is missing in a workspace that does not open.
    var findings: [Finding] { told(missing, absent) }

    private static func look(_ name: String, _ directory: WorkspaceDirectory) async throws -> [DemandedIndex] {
        let database: Database
        if let server = directory.server {
            guard let schema = directory.schema(name) else { return [] }
            // Not by the directory: that would bring the functions of this program along.
            database = Database(postgres: server, schema: schema)
        } else {
            database = try await WorkspaceFile(directory, name).open()
        }
        defer { database.close() }
        return try await database.read { try IndexDiagnosis.missing(on: $0) }
    }

    private static func missing(on connection: Connection) throws -> [DemandedIndex] {
        guard try connection.hasTable("sys_setting") else { return [] }
        let program = try connection.value("SELECT value FROM sys_setting WHERE key = 'program'").text
        // What a new version wants beside what there was is no fault: the upgrade makes it.
        guard program == WorkspaceFile.edition(Modules.all, Migrations.all).mark else { return [] }
        return try RecordEngine.missingIndexes(of: Modules.all, on: connection)
    }

    /// One finding for each table: of one that was made anew by hand all may be missing.
    private func told(_ indexes: [DemandedIndex], _ finding: (String, String) -> Finding) -> [Finding] {
        Dictionary(grouping: indexes, by: \.table).sorted { $0.key < $1.key }.map { table, indexes in
            finding(table, indexes.map(\.name).sorted().joined(separator: ", "))
        }
    }

    private func made(_ table: String, _ indexes: String) -> Finding {
        Finding(
            .notice,
            "missing_index",
            Label(
                "The table «\(table)» of «\(name)» had no index \(indexes): reading it took long. It has been made just now. If it is missing again, find out who or what removes it.",
                zh: "“\(name)”的表 \(table) 缺少索引 \(indexes)，查询会变慢；现已自动补建。若再次缺失，请查明是谁或什么程序删除了它。"
            )
        )
    }

    private func absent(_ table: String, _ indexes: String) -> Finding {
        Finding(
            .bad,
            "missing_index",
            Label(
                "The table «\(table)» of «\(name)» has no index \(indexes): reading it takes long. It is made when the workspace opens: put right what keeps it from that, then run «kehu migrate».",
                zh: "“\(name)”的表 \(table) 缺少索引 \(indexes)，查询会变慢。打开工作区时会自动补建：请先排除无法打开的原因，再执行 kehu migrate。"
            )
        )
    }
}
