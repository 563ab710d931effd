import ArgumentParser
import Database
import Identity
import Records
import Values

struct WorkspaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workspace",
        abstract: Label(
            "Workspaces: new, prepare, list, delete, move, export, forget-key.",
            zh: "管理工作区：new、prepare、list、delete、move、export、forget-key。"
        )
        .text(
            Console.language
        ),
        subcommands: [
            New.self, Prepare.self, List.self, Delete.self, MoveCommand.self, WorkspaceExportCommand.self,
            ForgetKeyCommand.self,
        ]
    )

    struct New: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Makes a workspace and its owner.", zh: "新建工作区及其所有者。").text(Console.language)
        )
        @OptionGroup var data: DataOptions
        @Argument(help: ArgumentHelp(Label("Name of the workspace.", zh: "工作区名称。").text(Console.language)))
        var name: String
        @Option(help: ArgumentHelp(Label("E-mail address of the owner.", zh: "所有者邮箱。").text(Console.language)))
        var owner: String
        @Option(help: ArgumentHelp(Label("Name of the owner.", zh: "所有者姓名。").text(Console.language)))
        var ownerName: String?
        @Flag(
            help: ArgumentHelp(Label("Read the owner's password from stdin.", zh: "从标准输入读取密码。").text(Console.language))
        )
        var passwordStdin = false

        func run() async throws {
            let settings = try data.settings()
            let directory = try await WorkspaceDirectory.chosen(settings)
            try directory.checkNew(name)
            try directory.checkNobodyUsesFiles(name)
            let password = passwordStdin ? try Console.readSecret() : nil
            // Whoever types takes their time: only now it is made, if nobody else has done so.
            let made = try await NewWorkspace(name, in: directory).fill { workspace in
                let person = try await workspace.addPerson(
                    email: owner,
                    name: ownerName,
                    role: "administrator",
                    language: Console.language,
                    password: password
                )
                return (email: person.user.email, token: person.token)
            }
            let port = try settings.number("port", 0...65_535)
            let link = try made.token.map {
                try Serving.link("/invite/\($0)", settings, port: port, workspace: name)
            }
            report(made.email, made.token, link)
        }

        private func report(_ email: String, _ token: String?, _ link: String?) {
            if data.json {
                Console.json { json in
                    json.object { json in
                        json.member("workspace", name)
                        json.member("owner", email)
                        json.member("link", link)
                        json.member("token", token)
                    }
                }
                return
            }
            Console.say(
                Label("Workspace «\(name)» is ready; its owner is \(email).", zh: "工作区“\(name)”已创建，所有者为 \(email)。")
            )
            if let link {
                Console.say(
                    Label(
                        "Set the password within 72 hours, once «kehu serve» runs: \(link)",
                        zh: "启动 kehu serve 后，请在 72 小时内设置密码：\(link)"
                    )
                )
            }
        }
    }

    struct Prepare: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label(
                "Makes empty workspaces in PostgreSQL beforehand, so that new ones are there at once.",
                zh: "在 PostgreSQL 中预建空工作区，之后新建工作区可立即完成。"
            ).text(Console.language)
        )
        @OptionGroup var data: DataOptions
        @Option(help: ArgumentHelp(Label("How many there are to be.", zh: "预建数量。").text(Console.language)))
        var count = 1

        func validate() throws {
            if (1...100).contains(count) { return }
            throw ValidationError(Label("--count is 1 to 100.", zh: "--count 应为 1 到 100。").text(Console.language))
        }

        func run() async throws {
            let directory = try await data.directory()
            guard directory.server != nil else {
                throw Problem(
                    .invalid,
                    "no_server",
                    Label("Only in PostgreSQL: --database postgres://…", zh: "仅适用于 PostgreSQL：--database postgres://…")
                )
            }
            let made = try await SpareWorkspaces(directory).keep(count)
            if data.json { return Console.json { json in json.object { $0.member("made", Int64(made)) } } }
            Console.say(Label("\(made) made, \(count) are ready.", zh: "新建 \(made) 个，现有 \(count) 个可用。"))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Lists the workspaces.", zh: "列出工作区。").text(Console.language)
        )
        @OptionGroup var data: DataOptions

        func run() async throws {
            let names = try await data.directory().names()
            if data.json {
                Console.json { json in json.array { json in for name in names { json.string(name) } } }
            } else {
                for name in names { Console.line(name) }
            }
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Deletes a workspace for ever.", zh: "彻底删除工作区。").text(Console.language)
        )
        @OptionGroup var data: DataOptions
        @Argument(help: ArgumentHelp(Label("Name of the workspace.", zh: "工作区名称。").text(Console.language)))
        var name: String
        @Flag(help: ArgumentHelp(Label("Really.", zh: "确认删除。").text(Console.language)))
        var yes = false
        @Flag(
            help: ArgumentHelp(
                Label(
                    "Although servers or workers still run that serve it from PostgreSQL.",
                    zh: "即使仍有服务或 worker 在使用该 PostgreSQL 工作区也删除。"
                ).text(Console.language)
            )
        )
        var force = false

        func run() async throws {
            let directory = try await data.directory()
            let chosen = try directory.choose(name)
            guard yes else {
                throw Problem(
                    .invalid,
                    "not_confirmed",
                    Label(
                        "This deletes «\(chosen)» with all data for ever. Repeat with --yes.",
                        zh: "该操作将彻底删除“\(chosen)”及全部数据，确认请加 --yes。"
                    )
                )
            }
            let locks = (try await directory.lockForMaking(chosen), try directory.lock(chosen))
            // One that is damaged says nothing, and can be deleted.
            if let stop = try? await directory.writeStop(of: chosen), stop == .moved {
                throw directory.stillUsed(chosen)
            }
            if !force, case let servers = try await directory.servers(of: chosen), !servers.isEmpty {
                throw Problem.served(chosen, by: servers)
            }
            try await directory.checkFilesAreItsOwn(chosen)
            try await directory.delete(chosen)
            withExtendedLifetime(locks) {}
            if !data.json { Console.say(Label("«\(chosen)» is deleted.", zh: "“\(chosen)”已删除。")) }
        }
    }
}
