import ArgumentParser
import Database
import Records
import SQLText
import Schema
import Values
import WebServer

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: Label("Checks the database and walks the audit chain.", zh: "检查数据库并核对审计链。")
            .text(Console.language)
    )
    @OptionGroup var data: DataOptions

    func run() async throws {
        try await data.withWorkspace { workspace in
            let (entries, faults, damage) = try await workspace.engine.database.read { connection in
                let damage = try connection.rows("PRAGMA quick_check").map { $0.text(0) }.filter { $0 != "ok" }
                let (entries, faults) = try Audit.verify(on: connection)
                return (entries, faults, damage)
            }
            if data.json {
                Console.json { json in
                    json.object { json in
                        json.member("ok", faults.isEmpty && damage.isEmpty)
                        json.member("audit_entries", entries)
                        json.key("faults")
                        json.array { json in
                            for fault in faults { json.string(fault.text(Console.language)) }
                            for text in damage { json.string(text) }
                        }
                    }
                }
            } else {
                for fault in faults { Console.say(fault) }
                for text in damage { Console.line(text) }
                if faults.isEmpty, damage.isEmpty {
                    Console.say(
                        Label("All is well: \(entries) audit entries, unbroken.", zh: "检查通过：\(entries) 条审计记录完整无误。")
                    )
                }
            }
            guard faults.isEmpty, damage.isEmpty else { throw ExitCode.failure }
        }
    }
}

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: Label("Shows the settings with their origin, and what is wrong.", zh: "显示各设置及来源，并诊断问题。")
            .text(Console.language)
    )
    @OptionGroup var data: DataOptions

    func run() async throws {
        let settings = try data.settings()
        var findings: [(ok: Bool, text: Label)] = []
        do {
            let directory = try WorkspaceDirectory(settings.text("data"))
            findings.append(
                (true, Label("The folder \(directory.path) can be used.", zh: "数据目录 \(directory.path) 可用。"))
            )
            for name in directory.names() { findings.append(await look(name, directory)) }
        } catch let problem as Problem {
            findings.append((false, problem.message))
        }
        if data.json {
            show(settings, findings)
        } else {
            Console.table(
                Settings.entries.map { entry in
                    let value = settings.text(entry.name)
                    return [
                        entry.name, value.isEmpty ? "-" : value, settings.source(entry.name).rawValue,
                        entry.help.text(Console.language),
                    ]
                }
            )
            for finding in findings { Console.line((finding.ok ? "✓ " : "✗ ") + finding.text.text(Console.language)) }
        }
        if findings.contains(where: { !$0.ok }) { throw ExitCode.failure }
    }

    private func look(_ name: String, _ directory: WorkspaceDirectory) async -> (ok: Bool, text: Label) {
        do {
            let workspace = try await OpenWorkspace(name, in: directory)
            defer { workspace.close() }
            let count = workspace.engine.schema.objects.count
            return (true, Label("«\(name)» opens: \(count) objects.", zh: "工作区“\(name)”可打开，共 \(count) 个对象。"))
        } catch let problem as Problem {
            return (false, problem.message)
        } catch {
            return (false, Label("«\(name)» does not open: \(error)", zh: "工作区“\(name)”无法打开：\(error)"))
        }
    }

    private func show(_ settings: Settings, _ findings: [(ok: Bool, text: Label)]) {
        Console.json { json in
            json.object { json in
                json.key("settings")
                json.object { json in
                    for entry in Settings.entries {
                        json.key(entry.name)
                        json.object { json in
                            json.member("value", settings.text(entry.name))
                            json.member("origin", settings.source(entry.name).rawValue)
                        }
                    }
                }
                json.key("findings")
                json.array { json in
                    for finding in findings {
                        json.object { json in
                            json.member("ok", finding.ok)
                            json.member("text", finding.text.text(Console.language))
                        }
                    }
                }
            }
        }
    }
}

struct OpenAPICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi",
        abstract: Label("Prints the description of the API.", zh: "输出 API 描述文档。").text(Console.language)
    )
    @OptionGroup var data: DataOptions

    func run() async throws {
        try await data.withWorkspace { workspace in
            let bytes = WebServer.describe(workspace.served, version: Version.text)
            Console.now(String(decoding: bytes, as: UTF8.self))
        }
    }
}
