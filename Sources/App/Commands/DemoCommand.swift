import ArgumentParser
import Values

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: Label("Makes the demo workspace if it is missing, and serves it.", zh: "创建演示工作区（如不存在）并启动服务。")
            .text(Console.language)
    )
    @OptionGroup var data: DataOptions
    @OptionGroup var serve: ServeOptions
    @Option(help: ArgumentHelp(Label("small or full.", zh: "数据规模：small 或 full。").text(Console.language)))
    var size = "full"

    func run() async throws {
        let settings = try data.settings(serve.flags)
        let directory = try WorkspaceDirectory(settings.text("data"))
        let name = settings.text("workspace").isEmpty ? "demo" : settings.text("workspace")
        let (email, password) = ("admin@demo.example", "long-river-2026")
        let lock = try directory.lock(name)
        let isNew = !directory.has(name)
        let workspace = try await OpenWorkspace(name, in: directory, node: 0)
        if isNew {
            _ = try await workspace.addPerson(
                email: email,
                name: "管理员",
                role: "administrator",
                language: .zh,
                password: password
            )
        }
        let wantsJSON = data.json
        try await Serving.run(workspace, settings) { address in
            if wantsJSON {
                Console.json { json in
                    json.object { json in
                        json.member("address", address)
                        json.member("email", email)
                        json.member("password", password)
                    }
                }
            } else {
                Console.now(
                    Label(
                        "The demo is served at \(address) — log in as \(email), password \(password). Ctrl-C stops it.",
                        zh: "演示系统已启动：\(address)，账号 \(email)，密码 \(password)。按 Ctrl-C 停止。"
                    ).text(Console.language)
                )
            }
        }
        withExtendedLifetime(lock) {}
    }
}
