import ArgumentParser
import Logging
import Operations
import Values
import WebServer

/// What the commands that serve have in common.
struct ServeOptions: ParsableArguments {
    @Option(help: ArgumentHelp(Label("Address to listen on.", zh: "监听地址。").text(Console.language)))
    var host: String?

    @Option(
        help: ArgumentHelp(Label("Port to listen on; 0 takes a free one.", zh: "监听端口，0 表示自动选择。").text(Console.language))
    )
    var port: Int?

    @Option(help: ArgumentHelp(Label("Public address, for links.", zh: "对外访问地址，用于生成链接。").text(Console.language)))
    var address: String?

    @Option(
        help: ArgumentHelp(Label("Form of the log: plain or json.", zh: "日志格式：plain 或 json。").text(Console.language))
    )
    var log: String?

    @Option(help: ArgumentHelp(Label("debug, info, warning or error.", zh: "日志级别。").text(Console.language)))
    var logLevel: String?

    @Option(
        help: ArgumentHelp(
            Label("Requests per second and caller; 0: no limit.", zh: "每个调用方每秒请求上限，0 为不限。").text(Console.language)
        )
    )
    var rateLimit: Int?

    @Flag(help: ArgumentHelp(Label("A line in the log for each request.", zh: "每个请求记录一行日志。").text(Console.language)))
    var logRequests = false

    @Option(
        help: ArgumentHelp(
            Label("Token for /metrics from other machines.", zh: "从其他主机访问 /metrics 的令牌。").text(Console.language)
        )
    )
    var metricsToken: String?

    @Option(
        help: ArgumentHelp(
            Label("PEM file with the certificate chain: serves over TLS.", zh: "证书链 PEM 文件，启用 TLS。").text(
                Console.language
            )
        )
    )
    var tlsCert: String?

    @Option(help: ArgumentHelp(Label("PEM file with the private key.", zh: "私钥 PEM 文件。").text(Console.language)))
    var tlsKey: String?

    @Flag(
        help: ArgumentHelp(Label("A proxy in front tells the client's address.", zh: "前方有反向代理。").text(Console.language))
    )
    var behindProxy = false

    func validate() throws {
        let words = ["trace", "debug", "info", "warning", "error"]
        let wrong: [(String, Bool)] = [
            ("--port", port.map { !(0...65_535).contains($0) } ?? false),
            ("--rate-limit", rateLimit.map { !(0...1_000_000).contains($0) } ?? false),
            ("--log", log.map { LineLog.Form(rawValue: $0) == nil } ?? false),
            ("--log-level", logLevel.map { !words.contains($0) } ?? false),
        ]
        guard let option = wrong.first(where: \.1)?.0 else { return }
        throw ValidationError(
            Label("The value of \(option) is not one that it takes.", zh: "\(option) 的值无效。").text(Console.language)
        )
    }

    /// The flags by the names of settings.
    var flags: [String: String?] {
        [
            "host": host, "port": port.map { String($0) }, "address": address,
            "log": log, "log_level": logLevel,
            "rate_limit": rateLimit.map { String($0) }, "behind_proxy": behindProxy ? "true" : nil,
            "log_requests": logRequests ? "true" : nil, "metrics_token": metricsToken,
            "tls_cert": tlsCert, "tls_key": tlsKey,
        ]
    }
}

/// Serves a workspace until it is told to stop.
enum Serving {
    /// The log as the settings want it.
    static func logger(_ settings: Settings) throws -> Logger {
        let form = LineLog.Form(rawValue: try settings.word("log", ["plain", "json"])) ?? .plain
        let name = try settings.word("log_level", ["trace", "debug", "info", "warning", "error"])
        let level = Logger.Level(rawValue: name) ?? .info
        return Logger(label: "kehu") { _ in LineLog(logLevel: level, form: form, clock: .system) }
    }

    /// The address to type into a browser; that of a workspace, where each has a host name.
    static func address(_ settings: Settings, port: Int, workspace: String = "") throws -> String {
        let address = plainAddress(settings, port)
        return try Hosts(settings)?.address(of: workspace, in: address) ?? address
    }

    /// The whole address of a page of a workspace, to be sent to somebody. It names the workspace where its host name
    /// does not.
    static func link(_ path: String, _ settings: Settings, port: Int, workspace: String) throws -> String {
        let name = try Hosts(settings)?.mustBeNamed(workspace) == true ? "?workspace=" + workspace : ""
        return try address(settings, port: port, workspace: workspace) + path + name
    }

    private static func plainAddress(_ settings: Settings, _ port: Int) -> String {
        let given = settings.text("address")
        if !given.isEmpty { return given.hasSuffix("/") ? String(given.dropLast()) : given }
        let host = settings.text("host")
        let shown = ["0.0.0.0", "::", ""].contains(host) ? "127.0.0.1" : host.contains(":") ? "[\(host)]" : host
        let scheme = settings.text("tls_cert").isEmpty ? "http" : "https"
        return "\(scheme)://\(shown):\(port)"
    }

    /// Serves; `announce` says so, once requests are answered.
    static func run(
        _ workspace: OpenWorkspace,
        _ settings: Settings,
        announce: @escaping @Sendable (_ address: String) async -> Void
    ) async throws {
        let server = Server(workspace: workspace, settings: try ServerSettings(settings), logger: try logger(settings))
        let name = workspace.name
        try await server.run { port in
            await announce((try? address(settings, port: port, workspace: name)) ?? "")
        }
    }
}

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: Label("Serves a workspace.", zh: "启动服务。").text(Console.language)
    )
    @OptionGroup var data: DataOptions
    @OptionGroup var serve: ServeOptions
    // No option of the demo, which is one workspace under whatever host name.
    @Option(
        help: ArgumentHelp(
            Label(
                "Host name at which people name their workspace when they log in; several with commas.",
                zh: "登录时填写工作区名称的共用主机名，多个用逗号分隔。"
            ).text(Console.language)
        )
    )
    var loginHost: String?

    @Option(
        help: ArgumentHelp(
            Label(
                "Where figures of the whole process are answered, where it serves many workspaces: HOST:PORT, or a port of this machine alone.",
                zh: "服务多个工作区时，提供整个进程指标的地址：主机:端口，仅写端口则只限本机访问。"
            ).text(Console.language)
        )
    )
    var metrics: String?

    func validate() throws { try FigureAddress.check(metrics) }

    func run() async throws {
        var flags = serve.flags
        flags["login_host"] = loginHost
        let settings = try data.settings(flags)
        let directory = try await WorkspaceDirectory.chosen(settings)
        if let hosts = try Hosts(settings) { return try await serveMany(directory, hosts, settings) }
        guard metrics == nil else { throw Problem.figuresOfOne }
        let name = try directory.choose(settings.text("workspace"))
        let lock = try directory.lock(name)
        let workspace = try await OpenWorkspace(
            name,
            in: directory,
            node: 0,
            upkeep: Upkeep(settings),
            holdsLock: true
        )
        let wantsJSON = data.json
        try await Serving.run(workspace, settings) { address in
            if wantsJSON {
                Console.json { json in
                    json.object { json in
                        json.member("address", address)
                        json.member("workspace", name)
                    }
                }
            } else {
                let text = Label(
                    "Workspace «\(name)» is served at \(address) — Ctrl-C stops it.",
                    zh: "工作区“\(name)”已启动：\(address)，按 Ctrl-C 停止。"
                )
                Console.now(text.text(Console.language))
            }
        }
        withExtendedLifetime(lock) {}
    }

    private func serveMany(_ directory: WorkspaceDirectory, _ hosts: Hosts, _ settings: Settings) async throws {
        let wantsJSON = data.json
        let figures = metrics.flatMap { FigureAddress($0) }
        try await ManyWorkspaces(directory, hosts, settings, figures: figures).serve { address in
            if wantsJSON {
                Console.json { json in json.object { $0.member("address", address) } }
            } else {
                let text = Label(
                    "All workspaces are served at \(address) — Ctrl-C stops it.",
                    zh: "已启动所有工作区的服务：\(address)，按 Ctrl-C 停止。"
                )
                Console.now(text.text(Console.language))
            }
        }
    }
}
