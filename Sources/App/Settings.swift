import Foundation
public import Values

/// What can be set, where each value comes from, and what it is when nobody says anything: flags win over the
/// environment, which wins over `kehu.toml` in the folder one stands in or, where that is missing, in `/etc/kehu`.
public struct Settings: Sendable {
    /// Where a value comes from.
    public enum Source: String, Sendable { case flag, environment, file, preset }

    /// One thing that can be set.
    public struct Entry: Sendable {
        /// The name in `kehu.toml`; the flag has dashes, the variable is `KEHU_` and capitals.
        public let name: String
        /// The value when nobody says anything.
        public let preset: String
        /// What it does.
        public let help: Label
    }

    /// All that can be set.
    public static let entries: [Entry] = [
        Entry(name: "data", preset: "./data", help: Label("Folder of the workspaces", zh: "工作区数据目录")),
        Entry(
            name: "database",
            preset: "",
            help: Label(
                "PostgreSQL database; else SQLite in the data folder",
                zh: "PostgreSQL 数据库地址，留空则使用数据目录中的 SQLite"
            )
        ),
        Entry(
            name: "database_direct",
            preset: "",
            help: Label(
                "PostgreSQL past a pooler, to hear of changes at once",
                zh: "绕过连接池的 PostgreSQL 地址，用于即时感知变更"
            )
        ),
        Entry(
            name: "database_replicas",
            preset: "",
            help: Label(
                "PostgreSQL servers that follow it, for lists and reports, apart by blanks",
                zh: "用于列表和报表的 PostgreSQL 只读副本，多个地址以空格分隔"
            )
        ),
        Entry(name: "workspace", preset: "", help: Label("Workspace, where there are several", zh: "工作区名称（有多个时必填）")),
        Entry(
            name: "hosts",
            preset: "",
            help: Label("Host names of workspaces: NAME=WORKSPACE or *.DOMAIN", zh: "主机名与工作区：主机名=工作区 或 *.域名")
        ),
        Entry(
            name: "login_host",
            preset: "",
            help: Label(
                "Host names at which people name their workspace when they log in",
                zh: "登录时填写工作区名称的共用主机名"
            )
        ),
        Entry(
            name: "open_workspaces",
            preset: "50",
            help: Label("Workspaces open at once, where there are many", zh: "同时打开的工作区数量上限")
        ),
        Entry(
            name: "idle_seconds",
            preset: "300",
            help: Label("Seconds until an unused one is closed", zh: "闲置多少秒后关闭工作区")
        ),
        Entry(
            name: "spare_workspaces",
            preset: "1",
            help: Label(
                "Empty workspaces kept ready in PostgreSQL, where there are many",
                zh: "在 PostgreSQL 中预建的空工作区数量"
            )
        ),
        Entry(name: "host", preset: "127.0.0.1", help: Label("Address to listen on", zh: "监听地址")),
        Entry(name: "port", preset: "8080", help: Label("Port to listen on", zh: "监听端口")),
        Entry(name: "address", preset: "", help: Label("Public address, for links in messages", zh: "对外访问地址，用于生成链接")),
        Entry(name: "tls_cert", preset: "", help: Label("PEM file with the certificate chain", zh: "证书链（PEM 文件）")),
        Entry(name: "tls_key", preset: "", help: Label("PEM file with the private key", zh: "私钥（PEM 文件）")),
        Entry(
            name: "behind_proxy",
            preset: "false",
            help: Label("A proxy in front tells the client's address", zh: "前方有反向代理")
        ),
        Entry(
            name: "rate_limit",
            preset: "1000",
            help: Label("Requests per second and caller; 0: no limit", zh: "每个调用方每秒请求上限，0 为不限")
        ),
        Entry(name: "log", preset: "plain", help: Label("Form of the log: plain or json", zh: "日志格式：plain 或 json")),
        Entry(
            name: "log_level",
            preset: "info",
            help: Label("debug, info, warning or error", zh: "日志级别：debug、info、warning、error")
        ),
        Entry(
            name: "log_requests",
            preset: "false",
            help: Label("A line in the log for each request", zh: "每个请求记录一行日志")
        ),
        Entry(
            name: "slow_ms",
            preset: "0",
            help: Label(
                "Statements of so many milliseconds go into the log; 0: none",
                zh: "耗时达到多少毫秒的 SQL 语句写入日志，0 为不记录"
            )
        ),
        Entry(
            name: "trace_address",
            preset: "",
            help: Label("Collector of traces (OTLP over HTTP); else none are sent", zh: "链路追踪接收地址（OTLP/HTTP），留空不发送")
        ),
        Entry(
            name: "trace_percent",
            preset: "10",
            help: Label("Of how many in a hundred requests", zh: "采样的请求百分比")
        ),
        Entry(
            name: "metrics_token",
            preset: "",
            help: Label("Token for /metrics from other machines", zh: "从其他主机访问 /metrics 的令牌")
        ),
        Entry(
            name: "backup_folder",
            preset: "",
            help: Label("Folder of the backups; else «backups» in the data folder", zh: "备份目录，默认为数据目录下的 backups")
        ),
        Entry(
            name: "backup_at",
            preset: "02:30",
            help: Label("When a backup is made each day, or off", zh: "每日自动备份时间，off 为关闭")
        ),
        Entry(name: "backup_keep_daily", preset: "7", help: Label("Days that keep a backup", zh: "保留最近几天的备份")),
        Entry(name: "backup_keep_weekly", preset: "4", help: Label("Weeks that keep a backup", zh: "保留最近几周的备份")),
        Entry(
            name: "backup_passphrase_file",
            preset: "",
            help: Label("File with the passphrase of the backups", zh: "备份加密口令文件")
        ),
        Entry(
            name: "restore_drill",
            preset: "weekly",
            help: Label("Try to restore the newest backup: weekly, daily or off", zh: "恢复演练：weekly、daily 或 off")
        ),
    ]

    private var values: [String: (value: String, source: Source)] = [:]

    /// Reads flags (by name, nil where not given), environment and file.
    public init(
        flags: [String: String?] = [:],
        environment given: [String: String]? = nil,
        file: String? = nil
    ) throws {
        let environment = given ?? ProcessInfo.processInfo.environment
        let usual = FileManager.default.fileExists(atPath: "kehu.toml") ? "kehu.toml" : "/etc/kehu/kehu.toml"
        let path = file ?? environment["KEHU_CONFIG"] ?? usual
        let stored = try Settings.read(path, mustExist: file != nil || environment["KEHU_CONFIG"] != nil)
        for entry in Settings.entries {
            if let flag = flags[entry.name] ?? nil {
                values[entry.name] = (flag, .flag)
            } else if let variable = environment["KEHU_" + entry.name.uppercased()], !variable.isEmpty {
                values[entry.name] = (variable, .environment)
            } else if let line = stored[entry.name] {
                values[entry.name] = (line, .file)
            } else {
                values[entry.name] = (entry.preset, .preset)
            }
        }
    }

    /// The value of a name.
    public func text(_ name: String) -> String { values[name]?.value ?? "" }

    /// Where the value comes from.
    public func source(_ name: String) -> Source { values[name]?.source ?? .preset }

    /// The value as true or false.
    public func flag(_ name: String) throws -> Bool {
        switch text(name).lowercased() {
        case "true", "1", "yes", "on": return true
        case "false", "0", "no", "off", "": return false
        default: throw wrong(name, Label("true or false", zh: "true 或 false"))
        }
    }

    /// The value as a number within a range.
    public func number(_ name: String, _ range: ClosedRange<Int>) throws -> Int {
        guard let number = Int(text(name)), range.contains(number) else {
            let (low, high) = (range.lowerBound, range.upperBound)
            throw wrong(name, Label("a number from \(low) to \(high)", zh: "\(low) 到 \(high) 之间的整数"))
        }
        return number
    }

    /// The value as one of some words.
    public func word(_ name: String, _ words: [String]) throws -> String {
        guard words.contains(text(name)) else {
            let list = words.joined(separator: ", ")
            throw wrong(name, Label("one of \(list)", zh: "以下之一：\(list)"))
        }
        return text(name)
    }

    private func wrong(_ name: String, _ wanted: Label) -> Problem {
        Problem(
            .invalid,
            "wrong_setting",
            Label(
                "The setting «\(name)» (\(source(name).rawValue)) is «\(text(name))»; it must be \(wanted.en).",
                zh: "设置项 \(name)（来源 \(source(name).rawValue)）的值“\(text(name))”无效，应为\(wanted.zh)。"
            )
        )
    }

    /// Reads lines of `name = value`; `#` begins a comment, quotes around a value may be left out.
    private static func read(_ path: String, mustExist: Bool) throws -> [String: String] {
        guard let data = FileManager.default.contents(atPath: path) else {
            guard mustExist else { return [:] }
            throw Problem(
                .notFound,
                "no_settings_file",
                Label("The settings file \(path) cannot be read.", zh: "无法读取配置文件 \(path)。")
            )
        }
        var result: [String: String] = [:]
        let known = Set(entries.map(\.name))
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let text = line.trimmingCharacters(in: .whitespaces)
            if text.isEmpty || text.hasPrefix("#") { continue }
            let parts = text.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2, known.contains(parts[0]) else {
                throw Problem(
                    .invalid,
                    "wrong_settings_file",
                    Label(
                        "\(path), line \(index + 1): «\(text.prefix(60))» is no setting. See «kehu doctor».",
                        zh: "\(path) 第 \(index + 1) 行“\(text.prefix(60))”不是有效的设置项，可用 kehu doctor 查看全部设置。"
                    )
                )
            }
            result[parts[0]] = value(parts[1])
        }
        return result
    }

    private static func value(_ text: String) -> String {
        if let quote = text.first, quote == "\"" || quote == "'" {
            let rest = text.dropFirst()
            return String(rest[..<(rest.firstIndex(of: quote) ?? rest.endIndex)])
        }
        let end = text.firstIndex(of: "#") ?? text.endIndex
        return text[..<end].trimmingCharacters(in: .whitespaces)
    }
}
