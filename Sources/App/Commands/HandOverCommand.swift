import ArgumentParser
import Identity
import Records
import Values

struct HandOverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hand-over",
        abstract: Label("Gives all that a leaver owns to somebody else.", zh: "离职交接：转移名下全部数据。")
            .text(Console.language)
    )
    @OptionGroup var data: DataOptions
    @Option(help: ArgumentHelp(Label("E-mail address of the leaver.", zh: "离职人员邮箱。").text(Console.language)))
    var from: String
    @Option(help: ArgumentHelp(Label("E-mail address of who takes over.", zh: "接收人员邮箱。").text(Console.language)))
    var to: String

    func run() async throws {
        try await data.withWorkspace { workspace in
            let leaver = try await UserCommand.find(from, in: workspace)
            let heir = try await UserCommand.find(to, in: workspace)
            let actor = OpenWorkspace.operatorActor
            let report = try await workspace.engine.handOver(from: leaver.id, to: heir.id, as: actor)
            if data.json {
                Console.json { json in
                    json.object { json in
                        json.member("total", Int64(report.total))
                        for (object, _, count) in report.moved { json.member(object, Int64(count)) }
                    }
                }
            } else {
                Console.table(report.moved.map { [$0.label.text(Console.language), String($0.count)] })
            }
        }
    }
}
