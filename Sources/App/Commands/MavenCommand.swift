import ArgumentParser
import Demo
import Values

struct MavenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import-maven",
        abstract: Label(
            "Loads the Maven Analytics CRM data set into an empty workspace.",
            zh: "将 Maven Analytics CRM 示例数据导入空工作区。"
        ).text(Console.language)
    )
    @OptionGroup var data: DataOptions
    @Argument(
        help: ArgumentHelp(
            Label(
                "Folder with accounts.csv, products.csv, sales_teams.csv and sales_pipeline.csv.gz.",
                zh: "包含 accounts.csv、products.csv、sales_teams.csv 和 sales_pipeline.csv.gz 的目录。"
            ).text(Console.language)
        )
    )
    var folder: String

    func run() async throws {
        try await data.withWorkspace { workspace in
            let summary = try await MavenImport(workspace.engine, workspace.identities).run(folder: folder)
            Console.table([
                ["customers", String(summary.customers)], ["products", String(summary.products)],
                ["agents", String(summary.agents)], ["opportunities", String(summary.opportunities)],
            ])
        }
    }
}
