import ArgumentParser
import Costing
import Identity
import Records
import Schema
import Values

/// Months of customer costs on the command line.
struct CostingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "costing",
        abstract: Label("Reckons what customers cost in a month.", zh: "核算某月的客户成本。").text(Console.language)
    )

    @OptionGroup var data: DataOptions

    @Argument(help: ArgumentHelp(Label("The month, as 2026-06.", zh: "月份，例如 2026-06。").text(Console.language)))
    var month: String

    @Flag(help: ArgumentHelp(Label("Close it, too.", zh: "核算后结账。").text(Console.language)))
    var close = false

    @Option(help: ArgumentHelp(Label("Why, where it is restated.", zh: "重述原因。").text(Console.language)))
    var reason = ""

    @Flag(
        help: ArgumentHelp(
            Label("Restate later closed months with it, where they count a part of it.", zh: "连同受影响的后续已结账月份依次重述。")
                .text(Console.language)
        )
    )
    var following = false

    func run() async throws {
        let (month, close, reason, following) = (month, close, reason, following)
        try await data.withWorkspace { workspace in
            let (runs, actor) = (CostRuns(workspace.engine), OpenWorkspace.operatorActor)
            let id = try await runs.reckon(month, by: actor)
            if close { try await runs.close(id, reason: reason, following: following, by: actor) }
            let run = try await workspace.engine.read(as: actor) { try RunList.one(id, $0) }
            let result = CostingJSON.run(run, workspace.engine.schema.baseCurrency)
            if data.json {
                Console.json { $0.value(result) }
            } else {
                Console.table(
                    (result.members ?? []).map { member in
                        [member.key, member.value["value"]?.string ?? member.value.string ?? member.value.text]
                    }
                )
            }
        }
    }
}
