import ArgumentParser
import Database
import Identity
import Values

/// Lets a workspace begin with a new key when that of its secrets is lost.
struct ForgetKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget-key",
        abstract: Label(
            "The key file of a workspace is lost: the next start brings a new one.",
            zh: "工作区密钥文件已丢失：下次启动时改用新的密钥。"
        ).text(Console.language)
    )
    @OptionGroup var data: DataOptions
    @Argument(help: ArgumentHelp(Label("Name of the workspace.", zh: "工作区名称。").text(Console.language)))
    var name: String
    @Flag(help: ArgumentHelp(Label("Really.", zh: "确认执行。").text(Console.language)))
    var yes = false

    func run() async throws {
        let directory = try await data.directory()
        let chosen = try directory.choose(name)
        guard yes else {
            throw Problem(
                .invalid,
                "not_confirmed",
                Label(
                    "Second factors and webhooks of «\(chosen)» have to be set up anew afterwards. Repeat with --yes.",
                    zh: "执行后，“\(chosen)”的两步验证和 Webhook 需重新设置，确认请加 --yes。"
                )
            )
        }
        let database = try await directory.database(chosen)
        defer { database.close() }
        try await database.write { try Identities.forgetKey(on: $0) }
        if data.json { return }
        Console.say(
            Label(
                "The next start of «\(chosen)» decides which key is used.",
                zh: "“\(chosen)”将使用下次启动时的密钥。"
            )
        )
    }
}
