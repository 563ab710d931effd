import ArgumentParser
import Bench
import Records
import Values

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: Label("Measures how fast this machine is with a large workspace.", zh: "用大型测试工作区测量本机性能。")
            .text(Console.language)
    )

    @Option(
        help: ArgumentHelp(
            Label("Customers; 3 opportunities and 1 contact each.", zh: "客户数量，每个客户 3 个商机、1 个联系人。").text(
                Console.language
            )
        )
    )
    var customers = 100_000

    @Option(
        help: ArgumentHelp(Label("Folder for test data; it is used again.", zh: "测试数据目录，可重复使用。").text(Console.language))
    )
    var data = "./bench"

    @Option(help: ArgumentHelp(Label("Passes; the median counts.", zh: "测量轮数，取中位数。").text(Console.language)))
    var passes = 3

    @Option(help: ArgumentHelp(Label("Seconds per measurement.", zh: "每次测量的秒数。").text(Console.language)))
    var seconds = 3.0

    @Option(help: ArgumentHelp(Label("Workloads, such as W1,W2.", zh: "只测量指定项目，例如 W1,W2。").text(Console.language)))
    var only: String?

    @Option(help: ArgumentHelp(Label("Port of the server under test.", zh: "被测服务的端口。").text(Console.language)))
    var port: UInt16 = 0

    @Option(
        help: ArgumentHelp(
            Label("Above 1: only the record engine, so many times as long.", zh: "大于 1 时只测记录引擎，并按倍数加长。").text(
                Console.language
            )
        )
    )
    var engineRounds = 1

    @Flag(help: ArgumentHelp(Label("Print JSON.", zh: "输出 JSON。").text(Console.language)))
    var json = false

    func run() async throws {
        var options = BenchOptions()
        options.customers = min(max(customers, 1000), 10_000_000)
        options.directory = data
        options.passes = min(max(passes, 1), 20)
        options.seconds = min(max(seconds, 0.1), 60)
        options.only = Set((only ?? "").split(separator: ",").map(String.init))
        options.engineRounds = min(max(engineRounds, 1), 1000)
        options.port = port
        let bench = Bench(
            options: options,
            open: { path in
                let workspace = try await OpenWorkspace("bench", in: WorkspaceDirectory(path))
                return Bench.Opened(engine: workspace.engine, identities: workspace.identities)
            },
            say: { Console.complain($0) }
        )
        let result = try await bench.run()
        Console.line(json ? result.json : result.text(in: Console.language))
        if !result.isRight { throw ExitCode.failure }
    }
}
