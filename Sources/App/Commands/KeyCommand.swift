import ArgumentParser
import Database
import Identity
import Records
import Values

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: Label("API keys.", zh: "管理 API 密钥。").text(Console.language),
        subcommands: [New.self]
    )

    struct New: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Makes an API key; it is shown this once.", zh: "新建 API 密钥，仅显示一次。")
                .text(Console.language)
        )
        @OptionGroup var data: DataOptions
        @Option(help: ArgumentHelp(Label("E-mail address of whom it acts for.", zh: "所属用户邮箱。").text(Console.language)))
        var user: String
        @Option(help: ArgumentHelp(Label("What it is for.", zh: "用途名称。").text(Console.language)))
        var name: String
        @Option(help: ArgumentHelp(Label("read, write or full.", zh: "权限范围：read、write 或 full。").text(Console.language)))
        var scopes = "full"

        func validate() throws { try Usage.check { _ = try KeyScopes(json: .string(scopes)) } }

        func run() async throws {
            let scopes = try KeyScopes(json: .string(scopes))
            try await data.withWorkspace { workspace in
                let owner = try await UserCommand.find(user, in: workspace)
                let (identities, name) = (workspace.identities, name)
                let made = try await workspace.engine.database.write { connection in
                    try identities.addKey(
                        for: owner.id,
                        name: name,
                        scopes: scopes,
                        by: OpenWorkspace.operatorActor,
                        on: connection
                    )
                }
                if data.json {
                    Console.json { json in
                        json.object { json in
                            json.key("id")
                            json.id(made.key.id)
                            json.member("name", made.key.name)
                            json.member("token", made.token)
                        }
                    }
                } else {
                    Console.line(made.token)
                }
            }
        }
    }
}
