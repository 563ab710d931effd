import ArgumentParser
import Database
import Identity
import Records
import Values

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: Label("People: add, password, disable, list.", zh: "管理用户：add、password、disable、list。")
            .text(Console.language),
        subcommands: [Add.self, Password.self, Disable.self, List.self]
    )

    /// The person with this address.
    static func find(_ email: String, in workspace: OpenWorkspace) async throws -> User {
        let identities = workspace.identities
        let user = try await workspace.engine.database.read { try identities.user(email: email, on: $0) }
        guard let user else {
            throw Problem(
                .notFound,
                "no_user",
                Label("There is no user «\(email)».", zh: "没有用户“\(email)”。")
            )
        }
        return user
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Adds a person.", zh: "添加用户。").text(Console.language)
        )
        @OptionGroup var data: DataOptions
        @Argument(help: ArgumentHelp(Label("E-mail address.", zh: "邮箱。").text(Console.language)))
        var email: String
        @Option(help: ArgumentHelp(Label("Key of the role.", zh: "角色标识。").text(Console.language)))
        var role: String
        @Option(help: ArgumentHelp(Label("Name.", zh: "姓名。").text(Console.language)))
        var name: String?
        @Flag(help: ArgumentHelp(Label("Read the password from stdin.", zh: "从标准输入读取密码。").text(Console.language)))
        var passwordStdin = false

        func run() async throws {
            let password = passwordStdin ? try Console.readSecret() : nil
            let settings = try data.settings()
            let port = try settings.number("port", 0...65_535)
            try await data.withWorkspace { workspace in
                let made = try await workspace.addPerson(email: email, name: name, role: role, password: password)
                let link = try made.token.map {
                    try Serving.link("/invite/\($0)", settings, port: port, workspace: workspace.name)
                }
                if data.json {
                    Console.json { json in
                        json.object { json in
                            json.key("id")
                            json.id(made.user.id)
                            json.member("email", made.user.email)
                            json.member("link", link)
                            json.member("token", made.token)
                        }
                    }
                } else {
                    Console.say(Label("Added \(made.user.email).", zh: "已添加 \(made.user.email)。"))
                    if let link {
                        Console.say(
                            Label("Link to set the password, 72 hours: \(link)", zh: "设置密码链接（72 小时内有效）：\(link)")
                        )
                    }
                }
            }
        }
    }

    struct Password: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("A link to set a new password, or sets it.", zh: "生成重置密码链接，或直接设置密码。")
                .text(Console.language)
        )
        @OptionGroup var data: DataOptions
        @Argument(help: ArgumentHelp(Label("E-mail address.", zh: "邮箱。").text(Console.language)))
        var email: String
        @Flag(help: ArgumentHelp(Label("Read the password from stdin.", zh: "从标准输入读取密码。").text(Console.language)))
        var passwordStdin = false

        func run() async throws {
            let password = passwordStdin ? try Console.readSecret() : nil
            let settings = try data.settings()
            let port = try settings.number("port", 0...65_535)
            try await data.withWorkspace { workspace in
                let user = try await UserCommand.find(email, in: workspace)
                if let password {
                    try await workspace.logIn.setPassword(
                        password,
                        of: user.id,
                        by: OpenWorkspace.operatorActor
                    )
                    if !data.json { Console.say(Label("The password is set.", zh: "密码已设置。")) }
                    return
                }
                let identities = workspace.identities
                let kind: LinkKind = user.state == .invited ? .invite : .reset
                let token = try await workspace.engine.database.write { connection in
                    try identities.makeLink(kind, for: user.id, by: OpenWorkspace.operatorActor, on: connection)
                }
                let link = try Serving.link(
                    "/\(kind.rawValue)/\(token)",
                    settings,
                    port: port,
                    workspace: workspace.name
                )
                if data.json {
                    Console.json { json in json.object { $0.member("link", link) } }
                } else {
                    Console.line(link)
                }
            }
        }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Takes the log-in from a person.", zh: "停用用户。").text(Console.language)
        )
        @OptionGroup var data: DataOptions
        @Argument(help: ArgumentHelp(Label("E-mail address.", zh: "邮箱。").text(Console.language)))
        var email: String

        func run() async throws {
            try await data.withWorkspace { workspace in
                let user = try await UserCommand.find(email, in: workspace)
                let identities = workspace.identities
                _ = try await workspace.engine.database.write { connection in
                    try identities.disableUser(user.id, by: OpenWorkspace.operatorActor, on: connection)
                }
                if !data.json {
                    Console.say(
                        Label(
                            "\(user.email) is disabled. Give away what they own: kehu hand-over.",
                            zh: "\(user.email) 已停用，其名下数据可用 kehu hand-over 交接。"
                        )
                    )
                }
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Lists the people.", zh: "列出用户。").text(Console.language)
        )
        @OptionGroup var data: DataOptions

        func run() async throws {
            try await data.withWorkspace { workspace in
                let identities = workspace.identities
                let (users, roles) = try await workspace.engine.database.read { connection in
                    var users: [User] = []
                    var query = UserQuery(limit: 200)
                    repeat {
                        let page = try identities.users(query, on: connection)
                        users += page.users
                        query.cursor = page.next
                    } while query.cursor != nil
                    return (users, try identities.roles(on: connection))
                }
                let keys = Dictionary(roles.map { ($0.id, $0.key) }) { first, _ in first }
                if data.json {
                    Console.json { json in
                        json.array { json in for user in users { write(user, keys, to: &json) } }
                    }
                } else {
                    Console.table(
                        users.map { user in
                            let names = user.roles.compactMap { keys[$0] }.joined(separator: ",")
                            return [user.email, user.name, user.state.label.text(Console.language), names]
                        }
                    )
                }
            }
        }

        private func write(_ user: User, _ keys: [RecordID: String], to json: inout JSONWriter) {
            json.object { json in
                json.key("id")
                json.id(user.id)
                json.member("email", user.email)
                json.member("name", user.name)
                json.member("state", user.state.rawValue)
                json.key("roles")
                json.array { json in for id in user.roles { json.string(keys[id] ?? "") } }
            }
        }
    }
}
