import ArgumentParser
import Bench
import Database
import Foundation
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
            Label(
                "Customers, several sizes as 10000,100000.",
                zh: "客户数量，可用逗号列出多个规模。"
            ).text(Console.language)
        )
    )
    var customers = "100000"

    @Option(
        help: ArgumentHelp(Label("Contacts of each customer, 0 or 1.", zh: "每个客户的联系人数，0 或 1。").text(Console.language))
    )
    var contacts = 1

    @Option(
        help: ArgumentHelp(
            Label("Opportunities of each customer, 0 to 3.", zh: "每个客户的商机数，0 至 3。").text(Console.language)
        )
    )
    var opportunities = 3

    @Option(
        help: ArgumentHelp(
            Label("Activities of each customer, 0 to 20.", zh: "每个客户的跟进记录数，0 至 20。").text(Console.language)
        )
    )
    var activities = 0

    @Flag(
        help: ArgumentHelp(
            Label(
                "Serve and change the data set itself instead of a copy, where the disk holds only one.",
                zh: "直接使用并修改测试数据本身而非其副本，适合磁盘放不下两份的规模。"
            ).text(Console.language)
        )
    )
    var inPlace = false

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

    @Option(help: ArgumentHelp(Label("Rows of each import.", zh: "每次导入的行数。").text(Console.language)))
    var importRows = 100_000

    @Option(
        help: ArgumentHelp(
            Label(
                "Milliseconds that each of the eight people rests between two requests during an import.",
                zh: "导入期间八名用户两次请求之间的间隔（毫秒）。"
            ).text(Console.language)
        )
    )
    var pause = 100

    @Option(
        help: ArgumentHelp(
            Label(
                "Measure this running server: http://HOST:PORT; several of the same data with commas.",
                zh: "测量已运行的服务：http://主机:端口；同一数据的多个服务以逗号分隔。"
            ).text(Console.language)
        )
    )
    var url: String?

    @Option(help: ArgumentHelp(Label("API key for --url.", zh: "--url 使用的 API 密钥。").text(Console.language)))
    var key: String?

    @Flag(
        help: ArgumentHelp(
            Label(
                "With --url and a workspace of your own: measure writing, too; what is made goes to the recycle bin.",
                zh: "与 --url 同用，测量自己的工作区时也测写入；新建的记录结束后移入回收站。"
            ).text(Console.language)
        )
    )
    var writes = false

    @Option(
        help: ArgumentHelp(
            Label("Process of the server of --url, on this machine.", zh: "--url 所指服务在本机的进程号。").text(
                Console.language
            )
        )
    )
    var pid: Int32?

    @Option(
        help: ArgumentHelp(
            Label(
                "Measure customer costs instead, with so many events of a month.",
                zh: "改为测量客户成本核算，指定当月业务记录数。"
            ).text(Console.language)
        )
    )
    var costs: Int?

    @Option(
        help: ArgumentHelp(
            Label(
                "Measure the fit of BG/NBD instead, on so many customers.",
                zh: "改为测量 BG/NBD 拟合耗时，指定客户数。"
            ).text(Console.language)
        )
    )
    var fit: Int?

    @Option(
        help: ArgumentHelp(
            Label(
                "With --costs: a PostgreSQL database. Alone: measure reads from its workspace «bench», without HTTP.",
                zh: "与 --costs 同用：PostgreSQL 数据库地址。单独使用：不经 HTTP，测量其中 bench 工作区的读取速度。"
            ).text(Console.language)
        )
    )
    var database: String?

    @Option(
        help: ArgumentHelp(
            Label("Commit to write beside the figures.", zh: "记录在结果中的提交编号。").text(Console.language)
        )
    )
    var commit: String?

    @Flag(help: ArgumentHelp(Label("Print JSON.", zh: "输出 JSON。").text(Console.language)))
    var json = false

    func validate() throws {
        let (imports, needsURL) = (Set(["W7", "W7b", "W7u"]), key != nil || pid != nil || writes)
        if url == nil, needsURL {
            throw BenchCommand.wrong("--key, --pid and --writes need --url.", zh: "--key、--pid 与 --writes 须与 --url 同用。")
        }
        guard url != nil else { return }
        if key == nil { throw BenchCommand.wrong("--url needs --key.", zh: "--url 需要 --key。") }
        if try sizes().count > 1 {
            throw BenchCommand.wrong("With --url give one size.", zh: "使用 --url 时只能指定一个规模。")
        }
        if !wanted.isDisjoint(with: imports), pid == nil {
            throw BenchCommand.wrong(
                "Imports are measured by the server's processor time: with --url they need --pid.",
                zh: "导入按服务进程的 CPU 时间计量：与 --url 同用时须指定 --pid。"
            )
        }
        if engineRounds > 1 {
            throw BenchCommand.wrong(
                "--engine-rounds cannot be used with --url.",
                zh: "--engine-rounds 不能与 --url 同用。"
            )
        }
    }

    func run() async throws {
        if let costs { return try await measure(costs) }
        if let fit { return try measureFit(fit) }
        if let database { return try await measureReads(of: database) }
        let bench = Bench(
            options: try options(),
            open: { path in
                let workspace = try await OpenWorkspace("bench", in: WorkspaceDirectory(path))
                return Bench.Opened(engine: workspace.engine, identities: workspace.identities)
            },
            say: { Console.complain($0) }
        )
        let report = try await bench.run(
            Circumstances.here(
                commit: commit ?? "",
                version: Version.text,
                command: Circumstances.command(CommandLine.arguments),
                at: Clock.system.now()
            )
        )
        Console.line(json ? report.json : report.text(in: Console.language))
        if !report.isRight { throw ExitCode.failure }
    }

    private func measureReads(of address: String) async throws {
        let server = PostgresServer(try PostgresAddress(address))
        let workspace = try await OpenWorkspace("bench", in: WorkspaceDirectory(data, server))
        defer { server.close() }
        let figures = try await EngineRate(workspace.engine).measure(
            customers: try sizes().first ?? 0,
            seconds: min(max(seconds, 0.1), 60),
            only: wanted
        )
        guard !json else {
            return Console.json { json in
                json.array { json in
                    for figure in figures {
                        json.object { json in
                            json.member("workload", figure.workload)
                            json.member("readers", Int64(figure.readers))
                            json.key("per_second")
                            json.raw(String(figure.perSecond))
                            json.key("cpu_ms")
                            json.raw(String(figure.milliseconds))
                        }
                    }
                }
            }
        }
        Console.table(
            figures.map { figure in
                let (rate, time) = (
                    String(format: "%.0f/s", figure.perSecond), String(format: "%.3f ms", figure.milliseconds)
                )
                return [figure.workload, String(figure.readers), rate, time]
            }
        )
    }

    private func measureFit(_ customers: Int) throws {
        guard (1000...10_000_000).contains(customers) else {
            throw BenchCommand.wrong(
                "--fit is a number from 1000 to 10000000.",
                zh: "--fit 须为 1000 至 10000000 的数字。"
            )
        }
        var bench = FitBench(customers: customers)
        EstimateOutput.show(try bench.run(), json: json)
    }

    private func measure(_ events: Int) async throws {
        guard let size = try sizes().first, (1000...100_000_000).contains(events) else {
            throw BenchCommand.wrong(
                "--costs is a number from 1000 to 100000000.",
                zh: "--costs 须为 1000 至 100000000 的数字。"
            )
        }
        let engine = try await CostBench.open(data + "/costs", database)
        let bench = CostBench(engine: engine, customers: size, events: events)
        let figures = try await bench.run { Console.complain($0) }
        engine.database.close()
        guard !json else {
            return Console.json { json in
                json.object { json in
                    for figure in figures {
                        json.key(figure.name)
                        json.raw(String(figure.value))
                    }
                }
            }
        }
        Console.table(
            figures.map { figure in
                let mark = figure.goal.map { figure.value <= $0 ? "✓ ≤ \(Int($0))" : "✗ ≤ \(Int($0))" } ?? ""
                return [figure.name, String(format: "%.1f", figure.value), figure.unit, mark]
            }
        )
    }

    private func options() throws -> BenchOptions {
        var options = BenchOptions()
        options.customers = try sizes()
        options.each.contacts = min(max(contacts, 0), 1)
        options.each.opportunities = min(max(opportunities, 0), Companions.mostOpportunities)
        options.each.activities = min(max(activities, 0), Companions.mostActivities)
        options.inPlace = inPlace
        options.directory = data
        options.passes = min(max(passes, 1), 20)
        options.seconds = min(max(seconds, 0.1), 60)
        options.only = wanted
        options.engineRounds = min(max(engineRounds, 1), 1000)
        options.port = port
        options.importRows = min(max(importRows, 1), 10_000_000)
        options.pause = Double(min(max(pause, 0), 60_000)) / 1000
        options.url = url
        options.writes = writes
        options.key = key ?? ""
        options.pid = pid
        options.language = Console.language
        return options
    }

    private var wanted: Set<String> { Set((only ?? "").split(separator: ",").map(String.init)) }

    private func sizes() throws -> [Int] {
        let sizes = customers.split(separator: ",").compactMap { Int($0) }.filter { (1000...10_000_000).contains($0) }
        guard !sizes.isEmpty, sizes.count == customers.split(separator: ",").count else {
            throw BenchCommand.wrong(
                "--customers are numbers from 1000 to 10000000, such as 10000,100000.",
                zh: "--customers 须为 1000 至 10000000 的数字，例如 10000,100000。"
            )
        }
        return sizes
    }

    private static func wrong(_ text: String, zh: String) -> ValidationError {
        ValidationError(Label(text, zh: zh).text(Console.language))
    }
}
