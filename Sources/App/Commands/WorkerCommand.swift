import ArgumentParser
import Logging
import Operations
import ServiceLifecycle
import UnixSignals
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

    func run() async throws {
        let settings = try data.settings()
        let directory = try await WorkspaceDirectory.chosen(settings)
        if let hosts = try Hosts(settings) {
            let text = Label(
                "Background jobs of all workspaces are run here — Ctrl-C stops it.",
                zh: "正在运行所有工作区的后台任务，按 Ctrl-C 停止。"
            )
            Console.now(text.text(Console.language))
            return try await ManyWorkspaces(directory, hosts, settings).work()
        }
        let name = try directory.choose(settings.text("workspace"))
        // A file belongs to one process, which runs its jobs itself.
        let lock = try directory.lock(name)
        let workspace = try await OpenWorkspace(name, in: directory, upkeep: Upkeep(settings), holdsLock: true)
        let logger = try Serving.logger(settings)
        try ServerSettings(settings).watchStatements(of: workspace.served, logger)
        var quiet = logger
        if logger.logLevel == .info { quiet.logLevel = .warning }
        var configuration = ServiceGroupConfiguration(
            services: try SpanExport.begun(ServerSettings(settings), logger)
                + [BackgroundWork(workspace: workspace, logger: logger)],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: quiet
        )
        configuration.maximumGracefulShutdownDuration = Server.patience
        let text = Label(
            "Background jobs of «\(name)» are run here — Ctrl-C stops it.",
            zh: "正在运行工作区“\(name)”的后台任务，按 Ctrl-C 停止。"
        )
        Console.now(text.text(Console.language))
        try await ServiceGroup(configuration: configuration).run()
        workspace.close()
        withExtendedLifetime(lock) {}
    }
}
