import ArgumentParser
import Logging
import Operations
import ServiceLifecycle
import Values
import WebServer

/// Does what servers do beside answering: jobs, webhooks and what a crash interrupted. More of them share the work.
struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: Label(
            "Runs background jobs of a workspace in PostgreSQL, beside its servers.",
            zh: "为 PostgreSQL 中的工作区运行后台任务，可与服务进程并行。"
        ).text(Console.language)
    )
    @OptionGroup var data: DataOptions

    @Option(
        help: ArgumentHelp(
            Label(
                "Where /healthz and /metrics are answered: HOST:PORT, or a port of this machine alone; else nowhere.",
                zh: "提供 /healthz 和 /metrics 的地址：主机:端口，仅写端口则只限本机访问；不设置则不监听。"
            ).text(Console.language)
        )
    )
    var metrics: String?

    func validate() throws { try FigureAddress.check(metrics) }

    func run() async throws {
        let settings = try data.settings()
        let figures = metrics.flatMap { FigureAddress($0) }
        let directory = try await WorkspaceDirectory.chosen(settings)
        if let hosts = try Hosts(settings) {
            let text = Label(
                "Background jobs of all workspaces are run here — Ctrl-C stops it.",
                zh: "正在运行所有工作区的后台任务，按 Ctrl-C 停止。"
            )
            Console.now(text.text(Console.language))
            return try await ManyWorkspaces(directory, hosts, settings, figures: figures).work()
        }
        let name = try directory.choose(settings.text("workspace"))
        // A file belongs to one process, which runs its jobs itself.
        let lock = try directory.lock(name)
        let workspace = try await OpenWorkspace(name, in: directory, upkeep: Upkeep(settings), holdsLock: true)
        defer { workspace.close() }
        let logger = try Serving.logger(settings)
        let served = try figures?.settings(settings) ?? ServerSettings(settings)
        let text = Label(
            "Background jobs of «\(name)» are run here — Ctrl-C stops it.",
            zh: "正在运行工作区“\(name)”的后台任务，按 Ctrl-C 停止。"
        )
        Console.now(text.text(Console.language))
        let services = try watching(workspace, served, logger) + [BackgroundWork(workspace: workspace, logger: logger)]
        try await Server.run(services, served, logger)
        withExtendedLifetime(lock) {}
    }

    /// What tells the figures, where that is wanted. A log of slow statements there is anyway.
    private func watching(_ workspace: OpenWorkspace, _ served: ServerSettings, _ logger: Logger) throws
        -> [any Service]
    {
        guard served.onlyFigures else {
            served.watchStatements(of: workspace.served, logger)
            return []
        }
        let requests = served.logsRequests ? logger : Server.quiet(logger)
        let web = WebServer(workspace: workspace.served, settings: served, logger: requests)
        return [try web.application { FigureAddress.announce(served, $0) }]
    }
}
