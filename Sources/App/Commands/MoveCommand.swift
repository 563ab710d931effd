import ArgumentParser
import Database
import Operations
import Records
import Values

struct MoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move",
        abstract: Label(
            "Moves a workspace from SQLite to PostgreSQL or back, and compares every row.",
            zh: "在 SQLite 与 PostgreSQL 之间迁移工作区，并逐行核对。"
        ).text(Console.language),
        discussion: Label(
            "Meanwhile the workspace can only be read. A move that was broken off goes on where it was when the command is repeated.",
            zh: "迁移期间工作区只能查看。迁移中断后，重新执行该命令即可从中断处继续。"
        ).text(Console.language)
    )
    @OptionGroup var data: DataOptions
    @Argument(help: ArgumentHelp(Label("Name of the workspace.", zh: "工作区名称。").text(Console.language)))
    var name: String
    @Option(
        help: ArgumentHelp(Label("Where to: postgres or sqlite.", zh: "目标：postgres 或 sqlite。").text(Console.language))
    )
    var to: String?
    @Flag(
        help: ArgumentHelp(
            Label(
                "End a move that was broken off: the workspace stays where it was and can be written to again.",
                zh: "放弃中断的迁移：工作区留在原处，恢复写入。"
            ).text(Console.language)
        )
    )
    var giveUp = false

    func validate() throws {
        if giveUp, to == nil { return }
        guard !giveUp, to == "postgres" || to == "sqlite" else {
            throw ValidationError(
                Label("Say --to postgres, --to sqlite or --give-up.", zh: "请指定 --to postgres、--to sqlite 或 --give-up。")
                    .text(Console.language)
            )
        }
    }

    private func sayGivenUp() {
        if data.json { return Console.json { json in json.object { $0.member("workspace", name) } } }
        Console.say(
            Label(
                "The move of «\(name)» is given up; it can be written to again.",
                zh: "已放弃迁移工作区“\(name)”，写入已恢复。"
            )
        )
    }

    func run() async throws {
        let settings = try data.settings()
        if giveUp, settings.text("database").isEmpty {
            try await WorkspaceMove.giveUp(name, in: WorkspaceDirectory(settings.text("data")))
            return sayGivenUp()
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
        if giveUp {
            try await move.giveUp()
            return sayGivenUp()
        }
        let outcome = to == "postgres" ? try await move.toPostgres() : try await move.toSQLite()
        if data.json { write(outcome) } else { say(outcome) }
    }

    private func write(_ outcome: WorkspaceMove.Outcome) {
        Console.json { json in
            json.object { json in
                json.member("workspace", name)
                json.member("to", to)
                json.member("rows", outcome.rows.values.reduce(0, +))
                json.member("audit_entries", outcome.rows["sys_audit"] ?? 0)
                json.member("left", outcome.left)
                json.member("file_served", outcome.isFileServed)
                json.key("servers")
                json.array { json in for server in outcome.servers { json.string(server.place) } }
            }
        }
    }

    private func say(_ outcome: WorkspaceMove.Outcome) {
        let engine = to == "postgres" ? "PostgreSQL" : "SQLite"
        let (rows, tables) = (outcome.rows.values.reduce(0, +), outcome.rows.count)
        Console.say(
            Label(
                "«\(name)» is in \(engine) now: \(rows) rows in \(tables) tables, counts and hashes agree.",
                zh: "工作区“\(name)”已迁移到 \(engine)：\(tables) 张表共 \(rows) 行，行数与哈希均一致。"
            )
        )
        if outcome.isFileServed {
            return Console.say(
                Label(
                    "A server still has \(outcome.left), which it can only read. Stop it and repeat this command, which sets the file aside. Then start «kehu serve» with --database (or KEHU_DATABASE).",
                    zh: "仍有服务在使用 \(outcome.left)（只读）。请停止该服务并重新执行本命令以移开原文件，然后以 --database 启动 kehu serve。"
                )
            )
        }
        Console.say(
            to == "postgres"
                ? Label(
                    "Start «kehu serve» with --database (or KEHU_DATABASE). The old file is kept as \(outcome.left), until you remove it.",
                    zh: "请以 --database（或 KEHU_DATABASE）启动 kehu serve。原文件保留为 \(outcome.left)，确认后可自行删除。"
                )
                : Label(
                    "Start «kehu serve» without --database. The old rows stay in the schema \(outcome.left), until you remove it: DROP SCHEMA \(outcome.left) CASCADE.",
                    zh: "请不带 --database 启动 kehu serve。原数据保留在 schema \(outcome.left) 中，确认后可用 DROP SCHEMA 删除。"
                )
        )
        guard !outcome.servers.isEmpty else { return }
        Console.say(
            Label(
                "Still running, with the old rows, which they can only read: \(outcome.servers.places("; ")). Stop these.",
                zh: "以下进程仍在使用旧数据（只读），请停止：\(outcome.servers.places("；"))。"
            )
        )
    }
}
