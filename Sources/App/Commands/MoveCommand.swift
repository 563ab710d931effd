import ArgumentParser
import Database
import Operations
import Values

struct MoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move",
        abstract: Label(
            "Moves a workspace from SQLite to PostgreSQL or back, and compares every row.",
            zh: "在 SQLite 与 PostgreSQL 之间迁移工作区，并逐行核对。"
        ).text(Console.language)
    )
    @OptionGroup var data: DataOptions
    @Argument(help: ArgumentHelp(Label("Name of the workspace.", zh: "工作区名称。").text(Console.language)))
    var name: String
    @Option(
        help: ArgumentHelp(Label("Where to: postgres or sqlite.", zh: "目标：postgres 或 sqlite。").text(Console.language))
    )
    var to: String

    func run() async throws {
        let settings = try data.settings()
        guard to == "postgres" || to == "sqlite" else {
            throw ValidationError(
                Label("--to is postgres or sqlite.", zh: "--to 只能是 postgres 或 sqlite。").text(Console.language)
            )
        }
        guard !settings.text("database").isEmpty else {
            throw ValidationError(
                Label("Say which PostgreSQL database: --database postgres://…", zh: "请用 --database 指定 PostgreSQL 地址。")
                    .text(
                        Console.language
                    )
            )
        }
        let files = try WorkspaceDirectory(settings.text("data"))
        let database = try await WorkspaceDirectory.chosen(settings)
        let move = WorkspaceMove(name: name, files: files, database: database)
        let sent = to == "postgres" ? try await move.toPostgres() : try await move.toSQLite()
        let rows = sent.rows.values.reduce(0, +)
        if data.json {
            return Console.json { json in
                json.object { json in
                    json.member("workspace", name)
                    json.member("to", to)
                    json.member("rows", rows)
                    json.member("audit_entries", sent.rows["sys_audit"] ?? 0)
                }
            }
        }
        let engine = to == "postgres" ? "PostgreSQL" : "SQLite"
        Console.say(
            Label(
                "«\(name)» is in \(engine) now: \(rows) rows in \(sent.rows.count) tables, counts and hashes agree.",
                zh: "工作区“\(name)”已迁移到 \(engine)：\(sent.rows.count) 张表共 \(rows) 行，行数与哈希均一致。"
            )
        )
    }
}
